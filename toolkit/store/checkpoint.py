"""A checkpoint: all that a run needs to go on as if it had never stopped."""

import io
import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from pydantic import TypeAdapter

from toolkit.store.durable import DamageError, sealed, unsealed
from toolkit.store.plain import epochs_from_plain
from toolkit.store.records import IDENTITY_KEY, Epoch, Plain, Text

Arrays: TypeAlias = Sequence[NDArray[Any]]


@dataclass(frozen=True)
class Checkpoint:
    """The state of a run after an epoch.

    What the stop rule has counted, the best loss and the place in the order of the sentences follow from the history,
    so they are not kept beside it.

    Attributes:
        identity: Identity of the run.
        history: Its epochs so far.
        sessions: What it was trained with in each session so far, where and when.
        variables: The model's variables and the optimizer's, in Keras's order: weights, sums of gradients that are
            carried over, states of random generators, the optimizer's momenta and count of updates.
        best: The model's weights after the best epoch, in Keras's order; empty where that is the last epoch.
    """

    identity: str
    history: tuple[Epoch, ...]
    sessions: tuple[Mapping[str, Any], ...]
    variables: Arrays
    best: Arrays

    def to_bytes(self) -> bytes:
        """The checkpoint behind its checksum."""
        history = [asdict(epoch) for epoch in self.history]
        about = {IDENTITY_KEY: self.identity, "history": history, "sessions": self.sessions}
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
        try:
            arrays = _unpacked(unsealed(content))
            about = json.loads(arrays["about"].tobytes())
            history = epochs_from_plain(about["history"])
            identity, sessions = (
                _IDENTITY.validate_python(about[IDENTITY_KEY]),
                _SESSIONS.validate_python(about["sessions"]),
            )
            variables, best = ([arrays[name] for name in arrays if name.startswith(f"{kind}_")] for kind in _KINDS)
            return cls(identity, history, sessions, variables, best)
        except MemoryError:
            raise
        except Exception as error:  # whatever an archive that somebody made up has its readers raise
            raise DamageError(f"it is of another version ({error})") from error


_KINDS = ("variable", "best")
_IDENTITY = TypeAdapter(Text)
_SESSIONS = TypeAdapter(tuple[Plain, ...])


def _unpacked(packed: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of what `numpy.savez` packed, by name; they take no more memory than the file.

    What says that it is more than it is, compressed, overlapping or with a larger shape, is refused before memory is
    taken for it, as `numpy.load` does not.

    Raises:
        Exception: It is something else; of which kind depends on what is wrong with it.
    """
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        members = archive.infolist()
        if any(member.compress_type != zipfile.ZIP_STORED or member.flag_bits & ENCRYPTED for member in members):
            raise ValueError("its arrays are compressed")
        if sum(member.file_size for member in members) > len(packed):
            raise ValueError("its arrays are larger than the file")
        return {member.filename.removesuffix(".npy"): _array(archive.read(member)) for member in members}


ENCRYPTED = 1
"""The bit that an archive's member has where it is."""


def _array(content: bytes) -> NDArray[Any]:
    """The array of an `.npy` file."""
    file = io.BytesIO(content)
    if npy.read_magic(file) != (1, 0):
        raise ValueError("its arrays have another form")
    shape, _, dtype = npy.read_array_header_1_0(file)
    if dtype.hasobject or math.prod(shape) * dtype.itemsize != len(content) - file.tell():
        raise ValueError("an array is not of the size that it says")
    file.seek(0)
    array: NDArray[Any] = npy.read_array(file, allow_pickle=False)
    return array


def _named(kind: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    return {f"{kind}_{index}": array for index, array in enumerate(arrays)}
