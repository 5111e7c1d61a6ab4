"""The labels that a task takes from a column: those of the training part, and what is odd about them."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from toolkit.data.corpus import Sequences
from toolkit.data.reading.mistakes import Mistakes
from toolkit.errors import DataError, SettingError
from toolkit.spec.words import joined, plural
from toolkit.summary import PartName
from toolkit.tasks.task import Softmax, Task

NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
MOST_NAMED = 10
"""So many labels are named in a message; of more it is said how many there are."""


def label_column(task: Task) -> str | None:
    """The column that a task takes its labels from; None where it has its own, or none."""
    return task.head.column if isinstance(task.head, Softmax) else None


def labels_of(task: Task, training: Sequences) -> Sequence[str]:
    """The labels that the training part has, in the order of the alphabet; none where the task takes none from it."""
    column = label_column(task)
    if column is None or column not in training.columns:
        return ()
    return sorted({label for labels in _listed(training, column) for label in labels})


def check_labels(task: Task, labels: Sequence[str], parts: Mapping[PartName, Sequences]) -> Sequence[str]:
    """Hold the labels of all parts against those of the training part.

    Args:
        task: The task.
        labels: The labels of the training part.
        parts: The parts by name.

    Returns:
        What is odd about them, each in a line: they may have been meant otherwise.

    Raises:
        DataError: There is one label only, or another part has one that the training part has not.
    """
    column = label_column(task)
    if column is None or not labels:
        return ()
    if len(labels) < 2:
        told = f"all of the training part has the {column} {labels[0]!r}; expected at least two different ones"
        raise SettingError("data.task", f"{task.name}: {told}")
    told_of = Mistakes()
    for part, sequences in parts.items():
        for place, label in _first_places(sequences, column):
            with told_of:
                if label not in labels:
                    mend = f"correct it, or give the training part an example of it ({_named(labels)})"
                    raise DataError(
                        f"{place}: the {part} part has the {column} `{label}`, the training part not; {mend}"
                    )
    told_of.refuse()
    counts = {
        part: Counter(label for each in _listed(sequences, column) for label in each)
        for part, sequences in parts.items()
    }
    return [*_odd_names(column, labels), *_rare(column, labels, counts, parts)]


def _odd_names(column: str, labels: Sequence[str]) -> Iterator[str]:
    if all(map(NUMBER.fullmatch, labels)):
        yield (
            f"the {column} of all sequences is a number ({_named(labels)}): each is a class of its own, none nearer to "
            "one than to another; if a number is to be predicted, take a task that does, and data.columns: {target: ..}"
        )
    folded = Counter(label.casefold().strip() for label in labels)
    alike = [label for label in labels if folded[label.casefold().strip()] > 1]
    if alike:
        yield f"the {column}s {joined([f'`{label}`' for label in alike[:2]])} differ in upper and lower case alone"


def _rare(
    column: str, labels: Sequence[str], counts: Mapping[PartName, Counter[str]], parts: Mapping[PartName, Sequences]
) -> Iterator[str]:
    once = [label for label in labels if counts["train"][label] == 1]
    if once:
        places = {label: place for place, label in _first_places(parts["train"], column)}
        told = f"{plural(len(once), column)} of {len(labels):,} {'has' if len(once) == 1 else 'have'} one example"
        yield f"{told} in the training part, such as `{once[0]}` ({places[once[0]]})"
    for part, found in counts.items():
        missing = [label for label in labels if not found[label]]
        if missing:
            yield f"the {part} part has no example of the {plural(len(missing), column)} {_named(missing)}"


def _named(labels: Sequence[str]) -> str:
    more = f", .. {len(labels):,} in all" if len(labels) > MOST_NAMED else ""
    return ", ".join(labels[:MOST_NAMED]) + more


def _listed(sequences: Sequences, column: str) -> Iterator[Sequence[str]]:
    """The labels of each sequence: one, or one for each of its steps."""
    return ([value] if isinstance(value, str) else value for value in sequences.columns[column])


def _first_places(sequences: Sequences, column: str) -> Iterator[tuple[str, str]]:
    """Each different label of a part, and where it first stands."""
    seen = set()
    for number, labels in enumerate(_listed(sequences, column)):
        for step, label in enumerate(labels, start=1):
            if label not in seen:
                seen.add(label)
                place = sequences.origin.place(number) if sequences.origin else f"sequence {number + 1}"
                yield (place if isinstance(sequences.columns[column][number], str) else f"{place}, word {step}"), label
