"""Searches: keras-tuner's oracles say what to try, the runner tries it."""
