"""Reading data files: their characters, encodings and lines, and all that is wrong with them told at once."""
