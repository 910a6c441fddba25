"""Pages of papers as small pictures: made once for each paper, for whoever may read it."""
