"""The rooms that build Keras objects: cells, truncated back-propagation, losses, model, schedules, callbacks."""

from toolkit.backend import require_tensorflow

require_tensorflow()
