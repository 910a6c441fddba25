"""`bacap load`: a sitting of as many sites as wanted on a node of its own, through the same doors as any browser."""
