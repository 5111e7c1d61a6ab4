"""What is wrong with a search whose values are valid each by itself."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from toolkit.spec.conflicts import conflicts
from toolkit.spec.declaration import Declaration
from toolkit.spec.diagnosis import nearest
from toolkit.spec.document import Document, Path, Problem
from toolkit.spec.expectations import did_you_mean
from toolkit.spec.measures import known_to, lacking
from toolkit.spec.schema import Experiment, RunConfig
from toolkit.spec.searching import SearchConfig, Space
from toolkit.spec.sweep import PERTURBATION_KEY, SEED_KEY, swept_values, takes, with_settings

MOST_COMBINATIONS = 1000
"""Combinations of a search's values that are looked at for settings that do not go together."""


def searched_values(experiment: Experiment) -> Iterator[tuple[str, Any, Path]]:
    """Keys of a search with the values that must be right for all to be, and where they stand."""
    for key, space in experiment.search.space.items() if experiment.search else ():
        for index, value in enumerate(space.samples):
            yield key, value, _place(key, space, index)


def search_problems(spec: Declaration) -> Iterator[Problem]:
    """The mistakes of a search."""
    search = spec.experiment.search
    if search is None:
        return
    yield from _sweep_problems(spec)
    yield from _objective_problems(search, spec)
    yield from _tuner_problems(search, spec.document)
    for key, space in search.space.items():
        if reason := _pointless(key, search):
            yield Problem(spec.document.keys["search", "space", key], reason)
        if space.float and _takes_whole_numbers_only(spec.experiment, key, space.float):
            yield Problem(spec.document.keys["search", "space", key, "float"], f"{key} takes whole numbers; write int")
        yield from _condition_problems(key, search.space, spec.document)


def _tuner_problems(search: SearchConfig, document: Document) -> Iterator[Problem]:
    """Keys that the tuner has no use for, and a key that it lacks."""
    is_hyperband, given = search.tuner == "hyperband", search.model_fields_set
    for key, wrong, reason in (
        ("factor", not is_hyperband, f"is for search.tuner: hyperband; it is {search.tuner}"),
        ("max_trials", is_hyperband, "is not for search.tuner: hyperband, whose schedule says how many there are"),
    ):
        if wrong and key in given:
            yield Problem(nearest(document.values, ("search", key)), f"search.{key} {reason}")
    for key, space in search.space.items():
        if search.tuner == "grid" and space.float and not space.step:
            yield Problem(document.keys["search", "space", key], f"{key} needs a step, without which a grid has no end")


def trial_conflicts(spec: Declaration) -> Iterator[Problem]:
    """Values that a search may combine and that do not go together."""
    search = spec.experiment.search
    if search is None:
        return
    base = spec.experiment.model_dump(include=set(RunConfig.model_fields))
    seen = set()
    for combination in itertools.islice(_combinations(search.space), MOST_COMBINATIONS):
        settings = {key: value for key, (value, _) in combination.items()}
        for key, message in conflicts(RunConfig.model_validate(with_settings(base, settings))):
            place = combination[key][1] if key in combination else tuple(key.split("."))
            if (place, message) not in seen:
                seen.add((place, message))
                yield Problem(nearest(spec.document.values, place), message)


def data_trials(experiment: Experiment) -> Iterator[RunConfig]:
    """A run for each data set that a search may try; of a range of sizes the smallest and the largest."""
    space = experiment.search.space if experiment.search else {}
    spaces = {key: one for key, one in space.items() if key.partition(".")[0] == "data"}
    base = experiment.model_dump(include=set(RunConfig.model_fields))
    for values in itertools.islice(itertools.product(*(one.samples for one in spaces.values())), MOST_COMBINATIONS):
        yield RunConfig.model_validate(with_settings(base, dict(zip(spaces, values, strict=True))))


def _sweep_problems(spec: Declaration) -> Iterator[Problem]:
    space = spec.experiment.search.space if spec.experiment.search else {}
    swept = {swept.key: swept.key_path for swept in swept_values(spec.experiment.sweep)}
    both = [key for key in swept if key in space]
    for key in both:
        yield Problem(spec.document.keys[swept[key]], f"{key} stands in search.space too; delete one of them")
    if (swept or spec.experiment.sweep.seeds) and not both:
        yield Problem(spec.document.keys["sweep",], "a search takes the place of a sweep; delete one of them")
    if spec.experiment.sensitivity:
        message = "sensitivity repeats the runs of a sweep; a search has none, so leave it out and repeat the winner"
        yield Problem(spec.document.keys["sensitivity",], message)


def _objective_problems(search: SearchConfig, spec: Declaration) -> Iterator[Problem]:
    mark = nearest(spec.document.values, ("search", "objective"))
    known = known_to(spec.experiment)
    if search.objective not in known:
        meant = did_you_mean(search.objective, list(known))
        yield Problem(mark, f"search.objective: expected one of {', '.join(known)}{meant}")
    elif reason := lacking(search.objective, [spec.experiment]):
        yield Problem(mark, f"search.objective: {reason}")


def _pointless(key: str, search: SearchConfig) -> str:
    """Why it makes no sense to search a key; empty if it does."""
    section, _, name = key.partition(".")
    if key == PERTURBATION_KEY:
        return f"{key} changes nothing but rounding; sensitivity: N repeats the runs of a sweep with it"
    if key == SEED_KEY:
        return f"{key}: a search for a lucky seed tells nothing; search.confirm_seeds trains the winner on fresh seeds"
    if section in ("evaluate", "track"):
        return f"{key} does not change what is learnt; set it in its section"
    if key == "train.epochs" and search.tuner == "hyperband":
        return f"{key}: hyperband itself decides how long to train; set train.epochs, the most that a trial gets"
    if name and section in search.space:
        return f"{key} stands in search.space.{section} too; delete one of them"
    return ""


def _takes_whole_numbers_only(experiment: Experiment, key: str, bounds: Sequence[float]) -> bool:
    between = bounds[0] + (bounds[1] - bounds[0]) / 3
    return all(takes(experiment, key, bound) for bound in bounds) and not takes(experiment, key, between)


def _condition_problems(key: str, space: Mapping[str, Space], document: Document) -> Iterator[Problem]:
    for other, wanted in space[key].when.items():
        place = ("search", "space", key, "when", other)
        if other not in space or other == key:
            message = f"{other} is no other key of search.space; a condition names one that is tried too"
            yield Problem(document.keys[place], message)
        elif key in _depends_on(other, space):
            yield Problem(document.keys[place], f"{other} is tried only where {key} is, and the other way round")
        else:
            for index, value in enumerate(wanted) if isinstance(wanted, list) else [(0, wanted)]:
                if not space[other].may_be(value):
                    yield Problem(nearest(document.values, (*place, index)), f"the search never tries {other}: {value}")


def _depends_on(key: str, space: Mapping[str, Space]) -> set[str]:
    """The keys whose values decide, at last, whether a key is tried."""
    found: set[str] = set()
    following = [key]
    while following:
        others = [other for other in space[following.pop()].when if other in space and other not in found]
        found.update(others)
        following.extend(others)
    return found


def _combinations(space: Mapping[str, Space]) -> Iterator[dict[str, tuple[Any, Path]]]:
    """Values of one trial and where they stand: of a range its lower bound, of other spaces every value."""
    values = [
        [(value, _place(key, one, index)) for index, value in enumerate(one.samples[: 1 if one.is_range else None])]
        for key, one in space.items()
    ]
    for row in itertools.product(*values):
        trial = dict(zip(space, row, strict=True))
        yield {key: trial[key] for key in space if _is_tried(key, trial, space)}


def _is_tried(key: str, trial: Mapping[str, tuple[Any, Path]], space: Mapping[str, Space]) -> bool:
    return all(
        trial[other][0] in (wanted if isinstance(wanted, list) else [wanted]) and _is_tried(other, trial, space)
        for other, wanted in space[key].when.items()
    )


def _place(key: str, space: Space, index: int) -> Path:
    return ("search", "space", key, space.kind, *(() if space.kind in ("boolean", "fixed") else (index,)))
