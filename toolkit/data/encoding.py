"""Encoding sequences one after another: what is read of each, and what is to be predicted."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.data.vocabulary import word_indices
from toolkit.tasks.task import Columns, Linear, Task

Arrays = list[NDArray[Any]]


class InARow:
    """Values of many sequences in a row, and where each sequence ends."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.ends = [0]

    def add(self, values: Sequence[Any]) -> None:
        """Those of one more sequence."""
        self.values.extend(values)
        self.ends.append(len(self.values))

    def views(self, flat: NDArray[Any]) -> Arrays:
        """Of each sequence a read-only view of an array that has one entry a value."""
        flat.setflags(write=False)
        return [flat[begin:end] for begin, end in pairwise(self.ends)]


class Encoder:
    """Gathers what is read of all sequences, and what is to be predicted.

    Args:
        task: The task.
        labels: What is predicted by a head that has labels, in the order of the outputs.
    """

    def __init__(self, task: Task, labels: Sequence[str]) -> None:
        self.task = task
        self.labels = {label: number for number, label in enumerate(labels)}
        self.words, self.predicted = InARow(), InARow()
        self.vectors: Arrays = []

    def add(self, row: Columns) -> None:
        """Encode a sequence.

        Raises:
            ValueError: What is read or predicted is not what the task says.
        """
        read, predicted = self.task.encode(row)
        steps = self._add_vectors(read) if isinstance(read, np.ndarray) and read.ndim > 1 else self._add_words(read)
        self.predicted.add(self._numbers(predicted, steps) if self._says_numbers else self._texts(predicted, steps))

    def arrays(self, vocabulary: Sequence[str]) -> tuple[Arrays, Arrays]:
        """Inputs and targets, a read-only view for each sequence."""
        inputs = self.vectors or self.words.views(word_indices(self.words.values, vocabulary))
        if self._says_numbers:
            targets: NDArray[Any] = np.array(self.predicted.values, np.float64)
        elif self.labels:
            targets = np.fromiter(map(self.labels.__getitem__, self.predicted.values), np.int32)
        else:
            targets = word_indices(self.predicted.values, vocabulary)
        return inputs, self.predicted.views(targets)

    @property
    def _says_numbers(self) -> bool:
        return isinstance(self.task.head, Linear)

    def _add_words(self, read: Any) -> int:
        if isinstance(read, str) or not len(read):
            raise ValueError(f"it reads {read!r}; expected a list of at least one word")
        self.words.add(read)
        return len(read)

    def _add_vectors(self, read: NDArray[Any]) -> int:
        vectors = np.asarray(read, np.float64)
        if vectors.ndim != 2 or not vectors.size or not np.isfinite(vectors).all():
            raise ValueError(f"it reads an array of shape {read.shape}; expected finite numbers, (steps, features)")
        if self.vectors and vectors.shape[1] != self.vectors[0].shape[1]:
            features = self.vectors[0].shape[1]
            raise ValueError(f"it reads vectors of {vectors.shape[1]} numbers; expected {features} as of the first one")
        view = vectors.view()
        view.setflags(write=False)
        self.vectors.append(view)
        return len(vectors)

    def _numbers(self, predicted: Any, steps: int) -> list[tuple[float, ...]]:
        """What is predicted, a tuple of numbers a prediction."""
        is_last = self.task.predicts == "last"
        expected = "one number" if is_last else "an array with a number for each step or the last"
        try:
            numbers = np.asarray(predicted, np.float64)
        except (TypeError, ValueError):
            numbers = np.empty(0)
        if numbers.ndim != 1 - is_last or not numbers.size or numbers.size > steps or not np.isfinite(numbers).all():
            told = f"a task that predicts `{self.task.predicts}` gives {expected}, all finite"
            raise ValueError(f"it predicts {predicted!r:.60}; {told}")
        return [(number,) for number in numbers.ravel().tolist()]

    def _texts(self, predicted: Any, steps: int) -> Sequence[str]:
        listed = [predicted] if isinstance(predicted, str) else predicted
        if (self.task.predicts == "last") != isinstance(predicted, str) or not 1 <= len(listed) <= steps:
            expected = "one text" if self.task.predicts == "last" else "a list with a text for each word or the last"
            raise ValueError(f"it predicts {predicted!r}; a task that predicts `{self.task.predicts}` gives {expected}")
        if self.labels and not self.labels.keys() >= set(listed):
            wrong = next(text for text in listed if text not in self.labels)
            raise ValueError(f"it predicts {wrong!r}, which is none of its labels: {', '.join(self.labels)}")
        return list(listed)
