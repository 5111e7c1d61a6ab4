"""What a text is cut into: a file a unit, and their registry; plain Python, without NumPy."""
