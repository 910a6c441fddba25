"""All papers of a sitting that a person may read, in one file."""
