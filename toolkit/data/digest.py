"""The digest of a data set's content, part of the identity of each run on it."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.data.examples import Examples
from toolkit.data.scaling import Scaling

PIECE = 10_000
"""So many sequences are joined at once: windows overlap, and are many times as large together as their series."""


def content_digest(
    vocabulary: Sequence[str], splits: Sequence[Examples | None], labels: Sequence[str], scaling: Scaling | None
) -> str:
    """SHA-256 in hex of all that a data set consists of, whatever machine it is made on.

    Args:
        vocabulary: The known words.
        splits: The training, development and test examples; None for one that is not there.
        labels: Those of the training part; empty where the task has its own.
        scaling: How numbers were scaled.
    """
    digest = hashlib.sha256(" ".join(vocabulary).encode())
    if labels or scaling:
        digest.update(json.dumps([list(labels), scaling and asdict(scaling)]).encode())
    for split in splits:
        for arrays in _parts(split) if split is not None else ():
            # A part's size goes before it, lest two data sets differ only in where one part ends.
            digest.update(f"\n{sum(array.size for array in arrays)}\n".encode())
            for start in range(0, len(arrays), PIECE):
                piece = np.concatenate(arrays[start : start + PIECE])
                digest.update(piece.astype("<f8" if piece.dtype.kind == "f" else "<i4").tobytes())
        digest.update(b"\n")
    return digest.hexdigest()


def _parts(split: Examples) -> Iterator[Sequence[NDArray[Any]]]:
    yield [np.array([len(words) for words in split.inputs], np.int32)]
    yield split.inputs
    yield split.targets
    yield from ([group] for group in split.groups.values())
