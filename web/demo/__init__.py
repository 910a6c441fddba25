"""The demonstration: a province's tree, fictional people, believable papers, three rooms that move and speak."""
