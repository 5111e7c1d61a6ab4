"""The model of a run: its network, its losses, and the randomness and precision that it is built with."""
