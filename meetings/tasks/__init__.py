"""Tasks: what conclusions ask of units, handed down the tree, acknowledged and reported at each level."""
