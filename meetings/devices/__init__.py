"""Devices that people chose to be told things on."""
