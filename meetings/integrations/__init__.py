"""Programs of others that work with this installation, each with a token of its own."""
