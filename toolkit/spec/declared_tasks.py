"""What a task of the user's measures, as plain values: reports know it from these, and run none of its code."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

from pydantic import Field, StringConstraints, TypeAdapter

from toolkit.received import MOST_SPEC, read_regular
from toolkit.tasks.measure import Measure, Yardstick
from toolkit.tasks.measures import by_sentence
from toolkit.tasks.reported import FIRST_COLUMNS, FIRST_CURVES
from toolkit.tasks.task import Columns, Group, Linear, Softmax, Task

CONTENTS = ".contents.json"
"""The file of a report folder that says what was in the data and the code that its runs only name."""

SHARED = {measure.name: measure for measure in FIRST_COLUMNS}
SHARED_CURVES = {curve.name: curve for curve in FIRST_CURVES}
"""What a task of the user's may report of all that the toolkit measures, by name."""

Text = Annotated[str, StringConstraints(strict=True, max_length=1000)]
Word = Annotated[str, StringConstraints(strict=True, pattern=r"^[^\W\d]\w*$", max_length=100)]


@dataclass(frozen=True)
class OwnMeasure:
    """A measure that only its task has, which `measure` gives; or, of that name, a shared one with a yardstick."""

    name: Word
    digits: Annotated[int, Field(ge=0, le=20)]
    meaning: Text
    unit: Text
    highest_is_best: bool
    is_ranked: bool
    most: float
    is_compared: bool
    is_drawn: bool
    by_guessing: float | None
    yardstick: tuple[Word, Text] | None


@dataclass(frozen=True)
class OwnGroup:
    """A group of a task, without the function that gives its numbers."""

    name: Word
    unit: Text
    meaning: Text
    needs: tuple[Word, ...]


@dataclass(frozen=True)
class OwnHead:
    """What a task says: as the fields of `Softmax`, or those of `Linear`."""

    kind: Literal["Softmax", "Linear"]
    fields: dict[Word, Text | tuple[Text, ...] | None]


_HEADS: dict[str, type[Softmax | Linear]] = {"Softmax": Softmax, "Linear": Linear}


@dataclass(frozen=True)
class DeclaredTask:
    """A task without its functions; measures and curves that are the toolkit's stand by their names."""

    name: Text
    meaning: Text
    version: int
    needs: tuple[Word, ...]
    predicts: Literal["last", "each"]
    head: OwnHead
    special_words: tuple[Text, ...]
    tracks: tuple[Word, ...]
    measures: tuple[Word | OwnMeasure, ...]
    curves: tuple[Word, ...]
    groups: tuple[OwnGroup, ...]
    reads: tuple[Word, ...]
    directions: tuple[Word, ...]


_ADAPTER = TypeAdapter(DeclaredTask)


def declaration(task: Task) -> dict[str, Any]:
    """A task of the user's as plain values."""
    own = ("name", "meaning", "version", "needs", "predicts", "special_words", "tracks", "reads", "directions")
    declared = DeclaredTask(
        **{name: getattr(task, name) for name in own},
        head=OwnHead("Linear" if isinstance(task.head, Linear) else "Softmax", asdict(task.head)),
        measures=tuple(one.name if SHARED.get(one.name) == one else _own_measure(one) for one in task.measures),
        curves=tuple(curve.name for curve in task.curves),
        groups=tuple(OwnGroup(one.name, one.unit, one.meaning, one.needs) for one in task.groups),
    )
    return asdict(declared)


def declared_task(values: Mapping[str, Any]) -> Task:
    """The task that plain values declare; it can be reported, and does not encode or measure.

    Raises:
        ValueError: They are something else.
    """
    declared = _ADAPTER.validate_python(values)
    try:
        made = _measures(declared)
        return Task(
            name=declared.name,
            meaning=declared.meaning,
            version=declared.version,
            needs=declared.needs,
            predicts=declared.predicts,
            head=_HEADS[declared.head.kind](**declared.head.fields),  # type: ignore[arg-type]  # which its own checks see to
            encode=_not_run,
            reads=declared.reads,
            directions=declared.directions,
            special_words=declared.special_words,
            measures=tuple(made[one if isinstance(one, str) else one.name] for one in declared.measures),
            tracks=declared.tracks,
            curves=tuple(SHARED_CURVES[name] for name in declared.curves),
            measure=_not_run,
            groups=tuple(Group(one.name, one.unit, one.meaning, one.needs, _not_run) for one in declared.groups),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"there is no {error}") from error


def declared_in(folder: Path) -> dict[str, Task]:
    """The tasks that a report folder declares, by their names; none where it says nothing, or something else."""
    try:
        values = json.loads(read_regular(folder / CONTENTS, MOST_SPEC))
        return {str(name): declared_task(one) for name, one in values.get("tasks", {}).items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):  # somebody may have sent the folder
        return {}


def fitted(task: Task) -> Task:
    """A task of the user's whose own measures are found where `measure`'s are kept.

    Raises:
        ValueError: One of them could not be reported without the task's code.
    """
    for curve in task.curves:
        if SHARED_CURVES.get(curve.name) != curve:
            raise ValueError(f"the curve {curve.name} is its own; a task of your own takes those of toolkit.tasks")
    measures = []
    for measure in task.measures:
        is_known = SHARED.get(measure.name) == replace(measure, yardstick=None)
        if not is_known and (measure.name in SHARED or measure.mean is not None or measure.on_test):
            raise ValueError(
                f"the measure {measure.name} is its own; give it a name of its own, which `measure` gives a number"
            )
        measures.append(measure if is_known else replace(measure, found=by_sentence(measure.name), by_sentence=True))
    return replace(task, measures=tuple(measures))


def _measures(declared: DeclaredTask) -> dict[str, Measure]:
    """The measures that a declaration may name, by name: the shared ones, and its own."""
    made = dict(SHARED)
    own = [one for one in declared.measures if isinstance(one, OwnMeasure)]
    for one in sorted(own, key=lambda one: one.yardstick is not None):  # first what others are held against
        plain = {field.name: getattr(one, field.name) for field in fields(one) if field.name != "yardstick"}
        measure = SHARED.get(one.name) or Measure(**plain, found=by_sentence(one.name), by_sentence=True)
        held = Yardstick(made[one.yardstick[0]], one.yardstick[1]) if one.yardstick else None
        made[one.name] = replace(measure, yardstick=held)
    return made


def _own_measure(measure: Measure) -> OwnMeasure:
    plain = {field.name: getattr(measure, field.name) for field in fields(OwnMeasure) if field.name != "yardstick"}
    held = measure.yardstick
    return OwnMeasure(**plain, yardstick=(held.of.name, held.meaning) if held else None)


def _not_run(_: Columns | Any) -> NoReturn:
    raise RuntimeError("a task that is only declared is reported, not run")
