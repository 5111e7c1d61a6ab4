"""Drawing a phrase of the built-in grammar: first its length, then its words, given the length."""

from bisect import bisect
from collections.abc import Callable
from functools import cache
from itertools import accumulate
from math import fsum

from toolkit.data.sources.grammar.rules import GRAMMAR, Part

Random = Callable[[], float]
Shape = tuple[tuple[Part, int], ...]


@cache
def probability(symbol: str, length: int) -> float:
    """The probability that a phrase has so many words."""
    return fsum(weight for weight, _ in _shapes(symbol, length))


def draw_phrase(random: Random, symbol: str, length: int, number: int) -> list[str]:
    """Draw a phrase with the grammar's probabilities, given its length.

    Args:
        random: Gives numbers in [0, 1).
        symbol: What is left of a rule.
        length: Number of words, one that the symbol can have.
        number: 0 singular, 1 plural.

    Returns:
        Its words.
    """
    words: list[str] = []
    _extend(words, random, symbol, length, number)
    return words


def draw_length(random: Random, symbol: str, longest: int) -> int:
    """Draw a phrase's length with the grammar's probabilities, given that it has at most `longest` words."""
    return pick(random, _length_bounds(symbol, longest))


def pick(random: Random, bounds: list[float]) -> int:
    """Draw a place in a list of running totals, with the probability of what it adds to them."""
    return bisect(bounds, random() * bounds[-1], hi=len(bounds) - 1)


def _extend(words: list[str], random: Random, symbol: str, length: int, number: int) -> None:
    bounds, shapes = _choices(symbol, length)
    for part, part_length in shapes[pick(random, bounds)]:
        if part.forms:
            forms, place = part.forms[number], random()
            words.append(forms[int(place * place * len(forms))])  # the square makes the first the likeliest
        else:
            _extend(words, random, part.symbol, part_length, int(random() * 2) if part.fresh else number)


@cache
def _choices(symbol: str, length: int) -> tuple[list[float], list[Shape]]:
    weights, shapes = zip(*_shapes(symbol, length), strict=True)
    return list(accumulate(weights)), list(shapes)


@cache
def _length_bounds(symbol: str, longest: int) -> list[float]:
    return list(accumulate(probability(symbol, length) for length in range(longest + 1)))


@cache
def _shapes(symbol: str, length: int) -> list[tuple[float, Shape]]:
    return [(rule.share * weight, shape) for rule in GRAMMAR[symbol] for weight, shape in _splits(rule.parts, length)]


@cache
def _splits(parts: tuple[Part, ...], length: int) -> list[tuple[float, Shape]]:
    """Every way to share `length` words among the parts, with its probability."""
    if not parts:
        return [(1.0, ())] if length == 0 else []
    head, rest = parts[0], parts[1:]
    sizes = [1] if head.forms else range(length + 1)
    return [
        (weight * size_weight, ((head, size), *shape))
        for size in sizes
        if size <= length and (size_weight := 1.0 if head.forms else probability(head.symbol, size))
        for weight, shape in _splits(rest, length - size)
    ]
