"""The rooms that build Keras objects: cells, truncated back-propagation, losses, model, schedules, callbacks."""
