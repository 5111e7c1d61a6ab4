"""Sentences encoded for a task: what the network reads and what it is to predict."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from operator import index
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from toolkit.data.corpus import IntArray, Sequences
from toolkit.data.encoding import Encoder
from toolkit.data.scaling import FloatArray, Scale, Scaling
from toolkit.errors import SettingError
from toolkit.tasks.task import Columns, Group, Linear, Predictions, Task

Result = TypeVar("Result")


@dataclass(frozen=True)
class Examples:
    """The sentences of one split as word indices, or sequences of vectors.

    Attributes:
        inputs: One array a sentence, of at least one step: word indices, `(steps,)`, or vectors, `(steps, features)`.
        targets: One array of targets a sentence, numbers of outputs, or for a head that says numbers these, of shape
            `(predictions, outputs)`; they belong to the last positions of its input.
        groups: By name, each sentence's number in the groups of the task that its source knows, `(sentences,)`.
        beside: By column, the numbers that the task's measures hold predictions against, `(sentences,)`.
        scale: How numbers to be predicted were scaled; None where they are in their own unit, or no numbers.
    """

    inputs: Sequence[NDArray[Any]]
    targets: Sequence[NDArray[Any]]
    groups: Mapping[str, IntArray] = field(default_factory=dict)
    beside: Mapping[str, FloatArray] = field(default_factory=dict)
    scale: Scale | None = None

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

    def predictions_of(self, said: NDArray[Any], losses: NDArray[np.float64], train: "Examples") -> Predictions:
        """What was said of them, beside what it should have been; see `Predictions`.

        Args:
            said: Outputs by their numbers, `(predictions,)`, or scaled numbers, `(predictions, outputs)`.
            losses: Of each prediction, `(predictions,)`.
            train: The training part.
        """
        own = self.scale.in_own_unit if self.scale else np.asarray
        targets, training = np.concatenate(self.targets), np.concatenate(train.targets)
        return Predictions(own(targets), own(said), losses, own(training), self.beside)


def encode(
    sentences: Sequences,
    vocabulary: Sequence[str],
    task: Task,
    labels: Sequence[str] = (),
    scaling: Scaling | None = None,
) -> Examples:
    """Encode sentences for a task.

    Args:
        sentences: One split of a corpus.
        vocabulary: The known words, `UNK` and what the task adds among them; empty where vectors are read.
        task: The task.
        labels: What is predicted, where the task takes its labels from the training part.
        scaling: How numbers were scaled.

    Returns:
        The examples, in order. Their arrays are read-only: int32, views of one array, or float64.

    Raises:
        SettingError: The sentences have not what the task needs, or it does not encode them as it should.
    """
    columns = sentences.columns
    if missing := [column for column in task.needs if column not in columns]:
        raise SettingError(
            "data.task", f"{task.name} needs {' and '.join(missing)} of each sentence, which the source does not say"
        )
    if task.reads and not columns.keys() & set(task.reads):
        told = f"{task.name} reads {' or '.join(task.reads)} of each sequence, which the source does not say"
        raise SettingError("data.task", told)
    known = [group for group in (*task.groups, *task.hashed) if columns.keys() >= set(group.needs)]
    needed = {*task.needs, *task.reads, *(column for group in known for column in group.needs)}
    rows = _rows({name: column for name, column in columns.items() if name in needed})
    encoder = Encoder(task, task.head.labels or labels)
    _of_each(rows, encoder.add, "encode", sentences, task)
    groups = {
        group.name: np.array(_of_each(rows, partial(_number, group), group.name, sentences, task), np.int32)
        for group in known
    }
    beside = {name: np.array(columns[name], np.float64) for name in task.beside if name in columns}
    scale = scaling.target if scaling and isinstance(task.head, Linear) else None
    return Examples(*encoder.arrays(vocabulary), groups, beside, scale)


def _rows(columns: Mapping[str, Sequence[Any]]) -> Sequence[Columns]:
    """Each sentence by its columns, in plain Python's values; vectors are arrays."""
    plain = [
        column.tolist() if isinstance(column, np.ndarray) and name != "vectors" else column
        for name, column in columns.items()
    ]
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
