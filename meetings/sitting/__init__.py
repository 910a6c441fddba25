"""A sitting: its rules, agenda, attendance, floor, votes and minutes, decided in pure code over one event stream."""
