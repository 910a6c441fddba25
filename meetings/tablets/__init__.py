"""Tablets that hold papers for reading without a network."""
