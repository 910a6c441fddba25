"""Papers: taken in, examined, typeset, versioned, read."""
