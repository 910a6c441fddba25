"""Rooms without people, in any number: they join as browsers do, send pictures encoded beforehand, and count."""
