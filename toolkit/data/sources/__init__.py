"""Where sequences come from: a file or folder each; toolkit/spec/sources.py declares them."""
