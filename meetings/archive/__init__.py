"""Sittings handed over to the archive: as packages that can be judged without this program."""
