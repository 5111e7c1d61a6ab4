"""Sentences encoded for a task: what the network reads and what it is to predict."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import pairwise
from operator import index
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from toolkit.data.corpus import IntArray, Sequences
from toolkit.data.vocabulary import word_indices
from toolkit.errors import SettingError
from toolkit.tasks.task import Columns, Group, Task

Result = TypeVar("Result")


@dataclass(frozen=True)
class Examples:
    """The sentences of one split as word indices, or sequences of vectors.

    Attributes:
        inputs: One array a sentence, of at least one step: word indices, `(steps,)`, or vectors, `(steps, features)`.
        targets: One array of targets a sentence, numbers of outputs, or for a head that says numbers these, of shape
            `(predictions, outputs)`; they belong to the last positions of its input.
        groups: By name, each sentence's number in the groups of the task that its source knows, `(sentences,)`.
    """

    inputs: Sequence[NDArray[Any]]
    targets: Sequence[NDArray[Any]]
    groups: Mapping[str, IntArray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def reads(self) -> Literal["tokens", "vectors"]:
        """What `inputs` are."""
        return "tokens" if self.inputs[0].ndim == 1 else "vectors"

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Number of words that are read of each sentence."""
        return np.array([len(words) for words in self.inputs])

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Number of predictions of each sentence."""
        return np.array([len(targets) for targets in self.targets])

    @property
    def predictions(self) -> int:
        """Number of predictions over all sentences."""
        return int(self.counts.sum())


def encode(sentences: Sequences, vocabulary: Sequence[str], task: Task) -> Examples:
    """Encode sentences for a task.

    Args:
        sentences: One split of a corpus.
        vocabulary: The known words, `UNK` and what the task adds among them.
        task: The task.

    Returns:
        The examples, in order. Their int32 arrays are read-only views of one array.

    Raises:
        SettingError: The sentences have not what the task needs, or it does not encode them as it should.
    """
    columns = sentences.columns
    if missing := [column for column in task.needs if column not in columns]:
        raise SettingError(
            "data.task", f"{task.name} needs {' and '.join(missing)} of each sentence, which the source does not say"
        )
    known = [group for group in (*task.groups, *task.hashed) if columns.keys() >= set(group.needs)]
    needed = {*task.needs, *(column for group in known for column in group.needs)}
    rows = _rows({name: column for name, column in columns.items() if name in needed})
    encoder = _Encoder(task)
    _of_each(rows, encoder.add, "encode", sentences, task)
    groups = {
        group.name: np.array(_of_each(rows, partial(_number, group), group.name, sentences, task), np.int32)
        for group in known
    }
    return Examples(*encoder.arrays(vocabulary), groups)


class _Encoder:
    """Gathers what is read of all sentences, and what is to be predicted, in a row."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.labels = {label: number for number, label in enumerate(task.head.labels)}
        self.read: list[str] = []
        self.predicted: list[str] = []
        self.ends: list[tuple[int, int]] = [(0, 0)]

    def add(self, row: Columns) -> None:
        """Encode a sentence.

        Raises:
            ValueError: What is read or predicted is not what the task says.
        """
        read, predicted = self.task.encode(row)
        if isinstance(read, str) or not len(read):
            raise ValueError(f"it reads {read!r}; expected a list of at least one word")
        listed = [predicted] if isinstance(predicted, str) else predicted
        if (self.task.predicts == "last") != isinstance(predicted, str) or not 1 <= len(listed) <= len(read):
            expected = "one text" if self.task.predicts == "last" else "a list with a text for each word or the last"
            raise ValueError(f"it predicts {predicted!r}; a task that predicts `{self.task.predicts}` gives {expected}")
        if self.labels and not self.labels.keys() >= set(listed):
            wrong = next(text for text in listed if text not in self.labels)
            raise ValueError(f"it predicts {wrong!r}, which is none of its labels: {', '.join(self.labels)}")
        self.read.extend(read)
        self.predicted.extend(listed)
        self.ends.append((len(self.read), len(self.predicted)))

    def arrays(self, vocabulary: Sequence[str]) -> tuple[list[IntArray], list[IntArray]]:
        """Inputs and targets, a read-only view for each sentence."""
        targets = (
            np.fromiter(map(self.labels.__getitem__, self.predicted), np.int32)
            if self.labels
            else word_indices(self.predicted, vocabulary)
        )
        both = word_indices(self.read, vocabulary), targets
        for array in both:
            array.setflags(write=False)
        inputs, outputs = (
            [flat[a:b] for a, b in pairwise(ends)]
            for flat, ends in zip(both, zip(*self.ends, strict=True), strict=True)
        )
        return inputs, outputs


def _rows(columns: Mapping[str, Sequence[Any]]) -> Sequence[Columns]:
    """Each sentence by its columns, in plain Python's values."""
    plain = [column.tolist() if isinstance(column, np.ndarray) else column for column in columns.values()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*plain, strict=True)]


def _number(group: Group, row: Columns) -> int:
    return index(group.value(row))


def _of_each(
    rows: Sequence[Columns], act: Callable[[Columns], Result], part: str, sentences: Sequences, task: Task
) -> list[Result]:
    """What a part of a task makes of each sentence; what is wrong with one is told with its place."""
    results = []
    for number, row in enumerate(rows):
        try:
            results.append(act(row))
        except Exception as error:
            place = sentences.origin.place(number) if sentences.origin else f"sentence {number + 1}"
            told = f"{part} fails at {place} ({type(error).__name__}: {error}); mend the task or the data"
            raise SettingError("data.task", f"{task.name}: {told}") from error
    return results
