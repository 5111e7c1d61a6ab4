"""The study's own way of drawing weights and batching, and nothing else."""
