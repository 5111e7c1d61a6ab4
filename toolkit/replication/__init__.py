"""The study's own way of drawing weights, batching and differentiating its GRU, and nothing else."""
