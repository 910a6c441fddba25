"""Documents that came in to a unit."""
