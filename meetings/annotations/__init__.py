"""What a person draws, highlights and writes on a paper: theirs alone, and never in the file."""
