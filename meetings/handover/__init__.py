"""Minutes handed to a program that signs whole files, and taken back."""
