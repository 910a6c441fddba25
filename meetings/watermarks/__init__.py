"""Watermarks: whose copy of a paper this is."""
