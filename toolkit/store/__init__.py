"""The store: every run ever trained, one folder a run, by the identity of its configuration."""

from toolkit.store.checkpoint import Checkpoint
from toolkit.store.records import Epoch, RunRecord
from toolkit.store.store import Store

__all__ = ["Checkpoint", "Epoch", "RunRecord", "Store"]
