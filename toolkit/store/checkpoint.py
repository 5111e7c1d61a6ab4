"""A checkpoint: all that a run needs to go on as if it had never stopped."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from toolkit.store.files import DamageError, sealed, unsealed
from toolkit.store.records import Epoch, epochs_from_plain

Arrays: TypeAlias = Sequence[NDArray[Any]]


@dataclass(frozen=True)
class Checkpoint:
    """The state of a run after an epoch.

    What the stop rule has counted, the best loss and the place in the order of the sentences follow from the history,
    so they are not kept beside it.

    Attributes:
        run: Identity of the run.
        history: Its epochs so far.
        sessions: What it was trained with in each session so far, where and when.
        variables: The model's variables and the optimizer's, in Keras's order: weights, sums of gradients that are
            carried over, states of random generators, the optimizer's momenta and count of updates.
        best: The model's weights after the best epoch, in Keras's order; empty where that is the last epoch.
    """

    run: str
    history: tuple[Epoch, ...]
    sessions: tuple[Mapping[str, Any], ...]
    variables: Arrays
    best: Arrays

    def to_bytes(self) -> bytes:
        """The checkpoint behind its checksum."""
        about = {"run": self.run, "history": [asdict(epoch) for epoch in self.history], "sessions": self.sessions}
        text = np.frombuffer(json.dumps(about, allow_nan=False).encode(), np.uint8)
        packed = io.BytesIO()
        arrays: dict[str, Any] = {"about": text, **_named("variable", self.variables), **_named("best", self.best)}
        np.savez(packed, allow_pickle=False, **arrays)
        return sealed(packed.getvalue())

    @classmethod
    def from_bytes(cls, content: bytes) -> "Checkpoint":
        """The checkpoint that `to_bytes` packed.

        Raises:
            DamageError: The content is not what `to_bytes` made, or was made by another version.
        """
        packed = unsealed(content)
        try:
            with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
                about = json.loads(arrays["about"].tobytes())
                history = epochs_from_plain(about["history"])
                parts = {kind: [arrays[name] for name in arrays if name.startswith(f"{kind}_")] for kind in _KINDS}
            return cls(about["run"], history, tuple(about["sessions"]), parts["variable"], parts["best"])
        except (ValueError, TypeError, KeyError, zipfile.BadZipFile) as error:
            raise DamageError(f"it is of another version ({error})") from error


_KINDS = ("variable", "best")


def _named(kind: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    return {f"{kind}_{index}": array for index, array in enumerate(arrays)}
