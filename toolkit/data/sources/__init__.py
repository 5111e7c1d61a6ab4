"""Where sequences come from: a file or folder each."""
