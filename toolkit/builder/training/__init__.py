"""What a model is trained by: batches, optimizer, learning-rate schedule and callbacks."""
