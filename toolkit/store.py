"""The store: every run ever trained, one folder a run, by the identity of its configuration."""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from toolkit.errors import StoreError

RECORD_FILE = "record.json"
WEIGHTS_FILE = "best.weights.h5"


@dataclass(frozen=True)
class Epoch:
    """What was measured at one epoch; epoch 0 is before training and has only dev values.

    Attributes:
        epoch: 0 before training, 1 after the first pass.
        dev_loss: Cross-entropy in nats a prediction, on the dev set.
        dev_accuracy: Share of right predictions, 0 to 1; None for `language_model`.
        train_loss: Cross-entropy in nats a prediction, averaged over the epoch while the weights changed.
        learning_rate: The learning rate of this epoch.
        seconds: Wall time of the training part, without the evaluation.
        gradient_by_lag: Mean norm of the gradient of the recurrent weights at lag 0, 1, .., on the dev set; None at a
            lag that no sentence has, and None for all where it was not measured.
    """

    epoch: int
    dev_loss: float
    dev_accuracy: float | None = None
    train_loss: float | None = None
    learning_rate: float | None = None
    seconds: float | None = None
    gradient_by_lag: Sequence[float | None] | None = None


@dataclass(frozen=True)
class RunRecord:
    """All that is known of one run.

    Attributes:
        run: Identity of the run, 16 hexadecimal digits.
        status: `done`, or `failed` with `error` set and whatever history there was.
        config: The resolved configuration as nested plain values.
        history: Epochs 0, 1, .. in order.
        epochs: Number of epochs that were asked for when it was trained; the stop rule may have ended it earlier.
        parameters: Number of trainable weights.
        test: `loss` and, for `agreement`, `accuracy` of the best weights on the test set; empty if not asked for.
        by_sentence: For `agreement`, what `measure_agreement` says of the best weights: metrics, and `groups` by
            distance and by attractors.
        error: Why the run failed.
        traceback: Where it failed.
        provenance: Versions, machine and time of the training.
    """

    run: str
    status: Literal["done", "failed"]
    config: Mapping[str, Any]
    history: Sequence[Epoch]
    epochs: int
    parameters: int | None = None
    test: Mapping[str, float] | None = None
    by_sentence: Mapping[str, Any] | None = None
    error: str | None = None
    traceback: str | None = None
    provenance: Mapping[str, Any] | None = None

    @property
    def best(self) -> Epoch | None:
        """The epoch with the lowest dev loss, the first of equals, the untrained one included."""
        return min(self.history, key=lambda epoch: epoch.dev_loss, default=None)


class Store:
    """Run records under one folder; a record is either wholly there or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, run: str) -> Path:
        """Where the run with this identity is kept."""
        return self.root / run

    def load(self, run: str) -> RunRecord | None:
        """Read a run's record; None if there is none.

        Raises:
            StoreError: The record is there but cannot be read.
        """
        path = self.folder(run) / RECORD_FILE
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            history = tuple(Epoch(**epoch) for epoch in stored.pop("history"))
            return RunRecord(history=history, **stored)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise StoreError(
                f"{path}: this stored run cannot be read ({error}). Delete the folder {path.parent} to train it again."
            ) from error

    def save(self, record: RunRecord) -> None:
        """Write a run's record; after a crash at any moment the old one or the new one is there, whole."""
        text = json.dumps(asdict(replace(record, history=list(record.history))), indent=1)
        with self._new_file(record.run, RECORD_FILE) as path:
            path.write_text(text + "\n", encoding="utf-8")

    def weights_path(self, run: str) -> Path:
        """Where the best weights of a run are."""
        return self.folder(run) / WEIGHTS_FILE

    @contextmanager
    def new_weights(self, run: str) -> Iterator[Path]:
        """A path to write a run's best weights to; they take their place when the block ends without an error."""
        with self._new_file(run, WEIGHTS_FILE) as path:
            yield path

    @contextmanager
    def _new_file(self, run: str, name: str) -> Iterator[Path]:
        folder = self.folder(run)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as scratch:
            path = Path(scratch) / name
            yield path
            _flush_to_disk(path)
            path.replace(folder / name)
            _flush_to_disk(folder)


def _flush_to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
