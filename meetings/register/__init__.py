"""The numbers a unit gives its documents."""
