"""People who meet: the tree, sittings, and the relay that links their rooms."""
