"""What a task is: what it needs, reads and predicts, how that is scored, and what is measured of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from toolkit.tasks.measure import Measure
from toolkit.tasks.sizes import Sizes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Columns: TypeAlias = Mapping[str, Any]
"""One sequence by its columns: `words`, and by its name whatever else its source delivers."""


@dataclass(frozen=True)
class Softmax:
    """One of several things is predicted; the loss is cross-entropy in nats.

    Attributes:
        over: `vocabulary`, where any unit may be predicted; None where it is a label.
        labels: What may be predicted, in the order of the outputs.
        column: The column whose values are the labels, all those that the training part has.
        loss: How predictions are scored, by its name in `toolkit.builder.model.scoring`.
        tracked: What can be measured after every epoch beside the loss.

    Raises:
        ValueError: It is not one of the three, or labels are not at least two different texts.
    """

    over: Literal["vocabulary"] | None = None
    labels: tuple[str, ...] = ()
    column: str | None = None

    loss: ClassVar = "cross_entropy"
    tracked: ClassVar = ("accuracy",)

    def __post_init__(self) -> None:
        if sum(map(bool, (self.over, self.labels, self.column))) != 1 or self.over not in (None, "vocabulary"):
            raise ValueError('Softmax takes "vocabulary", labels=(..) or column=.., one of the three')
        if self.labels and (len(set(self.labels)) != len(self.labels) or len(self.labels) < 2):
            raise ValueError(f"Softmax: labels are at least two, all different; received {self.labels!r}")

    @property
    def has_classes(self) -> bool:
        """Whether what is predicted are labels, whose shares can be evened out."""
        return self.over is None

    def outputs(self, sizes: Sizes) -> int:
        """The number of outputs."""
        return len(self.labels) or (sizes.vocabulary if self.over else sizes.outputs)


@dataclass(frozen=True)
class Linear:
    """Numbers are predicted; the loss is the mean squared error.

    Attributes:
        column: The column that has them.
        loss: How predictions are scored, by its name in `toolkit.builder.model.scoring`.
        tracked: What can be measured after every epoch beside the loss.
    """

    column: str

    loss: ClassVar = "squared_error"
    tracked: ClassVar = ()
    labels: ClassVar = ()
    has_classes: ClassVar = False

    def outputs(self, sizes: Sizes) -> int:
        """The number of outputs."""
        return sizes.outputs


@dataclass(frozen=True)
class Group:
    """A whole number that a sequence has, by which measures can be split.

    Attributes:
        name: What `evaluate.by` calls it, and figures and claims.
        unit: What it counts, as an axis says it.
        meaning: What it is, to follow "for each".
        needs: The columns that it is made from; a data set without one of them has no such group.
        value: From a sequence to its number.
    """

    name: str
    unit: str
    meaning: str
    needs: tuple[str, ...]
    value: Callable[[Columns], int]

    @property
    def label(self) -> str:
        """Name and unit, as an axis carries them."""
        return f"{self.name} ({self.unit})"


@dataclass(frozen=True)
class Predictions:
    """What was predicted, one entry a prediction; numbers are in their own unit, however they were scaled to be learnt.

    Attributes:
        targets: What was to be predicted, as the number of the output: shape `(predictions,)`; of a `Linear` head the
            numbers, `(predictions, outputs)`.
        said: What was predicted, the output with the highest score, or the numbers: shape as that of `targets`.
        losses: The loss of each, cross-entropy in nats or mean squared error: shape `(predictions,)`.
        training: What was to be predicted in the training part: as `targets`, `(training predictions, ..)`.
        beside: By column, numbers of each sequence that the task names as `beside` and the source delivers: shape
            `(sequences,)`.
    """

    targets: "NDArray[Any]"
    said: "NDArray[Any]"
    losses: "NDArray[np.float64]"
    training: "NDArray[Any]"
    beside: "Mapping[str, NDArray[np.float64]]" = field(default_factory=dict)


Encode: TypeAlias = Callable[[Columns], tuple[Any, Any]]
"""From a sequence to what is read, words or an array of vectors `(steps, features)`, and what is to be predicted, texts
or for a `Linear` head numbers: for `last` one, for `each` a sequence of them."""


@dataclass(frozen=True)
class Task:
    """What is predicted from sequences. All that the toolkit knows of a task stands here.

    Attributes:
        name: What it is called.
        meaning: What is predicted from what.
        version: Part of the identity of its runs; to be raised when what it computes changes its meaning.
        needs: The columns that a source must deliver.
        reads: Columns of which it must deliver at least one besides, where either will do: `words` and `vectors`.
        predicts: `last`: one thing a sequence, after its last step; `each`: one at each step, or at each of the last
            ones if there are fewer things to be predicted than steps.
        head: What is said, and how it is scored.
        encode: From a sequence to what is read of it and what is to be predicted: units, as the vocabulary has them,
            or labels of the head. At least one unit is read.
        beside: Columns of numbers that its measures hold predictions against, as far as a source delivers them.
        special_words: Words that `encode` adds, which a vocabulary must have beside that for unknown words.
        measures: What is reported of a run beside what every run is measured for, the most telling first.
        tracks: What is measured after every epoch, and of the test set, beside the loss: of what the head can track.
        curves: What is reported of every epoch beside what is measured of all, found in what is tracked.
        measure: From the predictions of the best weights on the dev set to the values of measures that are found
            `by_sentence`; None where there are none.
        groups: What `evaluate.by` can split loss and accuracy by; an answer speaks of the first one.
        hashed: Groups that are part of a data set's digest although nothing is split by them.
        gradients: What `model.gradient` can be.
        directions: What `model.direction` can be.

    Raises:
        ValueError: A part is not what it should be.
    """

    name: str
    meaning: str
    version: int
    needs: tuple[str, ...]
    predicts: Literal["last", "each"]
    head: Softmax | Linear
    encode: Encode
    reads: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    special_words: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    tracks: tuple[str, ...] = ()
    curves: tuple[Measure, ...] = ()
    measure: Callable[[Predictions], Mapping[str, float | None]] | None = None
    groups: tuple[Group, ...] = ()
    hashed: tuple[Group, ...] = ()
    gradients: tuple[str, ...] = ("exact",)
    directions: tuple[str, ...] = ("forward", "both")

    def __post_init__(self) -> None:
        if not isinstance(self.head, Softmax | Linear):
            raise ValueError(f"the head of a task is Softmax(..) or Linear(..); received {self.head!r}")
        if self.predicts not in ("last", "each"):
            raise ValueError(f"a task predicts `last` or `each`; received {self.predicts!r}")
        if not set(self.tracks) <= set(self.head.tracked):
            known, received = ", ".join(self.head.tracked), ", ".join(self.tracks)
            raise ValueError(f"the head of a task tracks {known} or nothing; received {received}")

    @property
    def is_measured_by_sentence(self) -> bool:
        """Whether more is measured with the best weights than loss and accuracy of a whole set."""
        return self.measure is not None or bool(self.groups)

    def measured(self, predictions: Predictions) -> dict[str, float | None]:
        """What `measure` says of predictions, as plain numbers; None where there is none.

        Raises:
            ValueError: It does not give each measure that is found `by_sentence` a number, or gives others.
        """
        given = self.measure(predictions) if self.measure else {}
        expected = [measure.name for measure in self.measures if measure.by_sentence]
        if set(given) != set(expected):
            raise ValueError(
                f"measure gives {', '.join(given) or 'nothing'}; expected {', '.join(expected) or 'nothing'}"
            )
        return {name: None if value is None else float(value) for name, value in given.items()}

    def group(self, name: str) -> Group | None:
        """A group of its own by its name; None where it has no such group."""
        return next((group for group in self.groups if group.name == name), None)
