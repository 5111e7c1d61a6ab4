"""A spec's search space as keras-tuner's hyperparameters, and their values as settings of runs."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import keras_tuner

from toolkit.spec.searching import Space
from toolkit.spec.words import value_text

DIGITS = 6
"""Significant digits of a float that is tried: more tell nothing, and fewer are easier to read."""
MOST_COMBINATIONS = 10_000
"""A space with more combinations counts as one without end."""


class SearchSpace:
    """The dotted keys that a search varies, with what it may give to each.

    Args:
        spaces: What may be tried, by dotted key.
    """

    def __init__(self, spaces: Mapping[str, Space]) -> None:
        self.spaces = {key: spaces[key] for key in _parents_first(spaces)}

    def declare(self, hyperparameters: keras_tuner.HyperParameters) -> None:
        """Make the space known to keras-tuner, each key under its dotted name."""
        for key, space in self.spaces.items():
            self._declare_within(hyperparameters, key, list(space.when.items()))

    def settings(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The settings of a run that keras-tuner's values stand for; keys whose condition does not hold are absent."""
        active: dict[str, Any] = {}
        for key, space in self.spaces.items():
            if key in values and _holds(space, active):
                active[key] = _decoded(space, values[key])
        return active

    def combinations(self) -> list[dict[str, Any]] | None:
        """Every setting of the space, in order; None if there is no end of them."""
        counts = [_values(space) for space in self.spaces.values()]
        if any(values is None for values in counts) or math.prod(len(v or ()) for v in counts) > MOST_COMBINATIONS:
            return None
        return list(self._combine({}, list(self.spaces)))

    def _combine(self, settings: dict[str, Any], keys: list[str]) -> Iterator[dict[str, Any]]:
        if not keys:
            yield settings
            return
        key, *others = keys
        space = self.spaces[key]
        if not _holds(space, settings):
            yield from self._combine(settings, others)
            return
        for value in _values(space) or ():
            yield from self._combine({**settings, key: value}, others)

    def _declare_within(
        self, hyperparameters: keras_tuner.HyperParameters, key: str, conditions: list[tuple[str, Any]]
    ) -> None:
        if not conditions:
            _declare(hyperparameters, key, self.spaces[key])
            return
        (parent, wanted), *others = conditions
        values = [_encoded(self.spaces[parent], value) for value in _listed(wanted)]
        with hyperparameters.conditional_scope(parent, values):
            self._declare_within(hyperparameters, key, others)


def _declare(hyperparameters: keras_tuner.HyperParameters, key: str, space: Space) -> None:
    sampling = "log" if space.log else "linear"
    if space.int:
        step = None if space.log else int(space.step or 1)
        hyperparameters.Int(key, *space.int, step=step, sampling=sampling)
    elif space.float:
        hyperparameters.Float(key, *map(float, space.float), step=space.step, sampling=sampling)
    elif space.boolean:
        hyperparameters.Boolean(key)
    elif space.choice is not None:
        hyperparameters.Choice(key, [_encoded(space, value) for value in space.choice])
    else:
        hyperparameters.Fixed(key, value_text(space.fixed))


def _encoded(space: Space, value: Any) -> Any:
    """A value as keras-tuner takes it, which has words and numbers only and no lists, nulls or mixtures."""
    kinds = {type(choice) for choice in space.choice or ()}
    plain = space.choice is None or (len(kinds) == 1 and kinds <= {int, float, str})
    return value if plain else value_text(value)


def _decoded(space: Space, value: Any) -> Any:
    if space.int or space.boolean:
        return value
    if space.float:
        return float(f"{value:.{DIGITS}g}")
    if space.choice is not None:
        return next(choice for choice in space.choice if _encoded(space, choice) == value)
    return space.fixed


def _values(space: Space) -> list[Any] | None:
    """The values of a key, in order; None if there is no end of them."""
    if space.int:
        return list(range(space.int[0], space.int[1] + 1, int(space.step or 1)))
    if space.float:
        low, high = space.float
        count = int((high - low) / space.step + 1e-9) + 1 if space.step else 0
        return [_decoded(space, low + index * (space.step or 0)) for index in range(count)] or None
    return space.samples


def _holds(space: Space, settings: Mapping[str, Any]) -> bool:
    return all(key in settings and settings[key] in _listed(wanted) for key, wanted in space.when.items())


def _listed(wanted: Any) -> list[Any]:
    return wanted if isinstance(wanted, list) else [wanted]


def _parents_first(spaces: Mapping[str, Space]) -> list[str]:
    """The keys so ordered that each comes behind those that its condition names, where they do not go in circles."""
    ordered: list[str] = []
    waiting = list(spaces)
    while waiting:
        free = [key for key in waiting if all(parent in ordered for parent in spaces[key].when)]
        ordered.append(free[0] if free else waiting[0])
        waiting.remove(ordered[-1])
    return ordered
