"""Data sets: three sources of sentences, the vocabulary, and examples encoded for a task."""
