"""A whole sitting as a file that anybody can judge without us: exported, judged, imported."""
