"""Who has read which page of the papers, for those who prepare and chair, and for the reader."""
