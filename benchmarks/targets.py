"""What the toolkit's speed is to be, and what it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from results import OWN, epoch_seconds, fastest_peer, find_epoch

MODEL = {"task": "language_model", "vocabulary": 2000, "dtype": "float32"}
LARGE = {**MODEL, "vocabulary": 20_000}
AGREEMENT = {"task": "agreement", "batch_size": 100, "lookback": 5, "dtype": "float32"}
LINEAR = 0.1
"""Largest relative distance from a straight line of what grows linearly."""


@dataclass(frozen=True)
class Target:
    """A target.

    Attributes:
        what: What is measured.
        limit: What it is to be at least, or at most.
        measured: What it is.
        at_least: Which of the two.
    """

    what: str
    limit: float
    measured: float
    at_least: bool = True

    @property
    def met(self) -> bool:
        """Whether it is what it is to be."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


def targets(results: Mapping[str, Any]) -> Iterator[Target]:
    """All targets, as measured."""
    yield from _language_model(results)
    yield from _agreement(results)
    yield from _waiting(results)
    for growth in results["growth"]:
        what = f"cost by {growth['what']}, {growth['task']}: distance from a straight line"
        yield Target(what, LINEAR, growth["error"], False)


def _language_model(results: Mapping[str, Any]) -> Iterator[Target]:
    for size, loop in ((100, 50), (5, 60), (1, None)):
        seconds = epoch_seconds(results, **MODEL, batch_size=size)
        yield _against_peers(f"LM, batch {size}", 2, seconds)
        if loop:
            yield Target(
                f"LM, batch {size}: times as fast as the NumPy loop", loop, seconds["NumPy loop"] / seconds[OWN]
            )
    seconds = epoch_seconds(results, **MODEL, batch_size=100)
    yield Target("LM, batch 100: share of the GEMM bound, on one thread", 0.6, seconds["GEMM"] / seconds[OWN])
    on_all = seconds["GEMM, all cores"] / seconds[f"{OWN}, all cores"]
    yield Target("LM, batch 100: share of the GEMM bound, on all cores", 0.6, on_all)
    yield _against_peers("LM, 20,000 words", 2, large := epoch_seconds(results, **LARGE))
    held = {name: most - before for name, (before, most) in results["memory"].items()}
    peer = fastest_peer(large)
    yield Target(f"LM, 20,000 words: share of the memory of {peer}'s training", 0.25, held[OWN] / held[peer], False)
    yield _double("LM, batch 100", results, {**MODEL, "batch_size": 100})


def _agreement(results: Mapping[str, Any]) -> Iterator[Target]:
    seconds = epoch_seconds(results, **AGREEMENT)
    name = "agreement, batch 100"
    yield _against_peers(name, 4, seconds)
    yield Target(f"{name}: times as fast as the NumPy loop", 100, seconds["NumPy loop"] / seconds[OWN])
    far = _to_baseline(results, {**AGREEMENT, "lookback": 20})
    yield Target(f"{name}: time of lookback 20 to that of lookback 5", 1.3, far, False)
    yield _double(name, results, AGREEMENT)


def _waiting(results: Mapping[str, Any]) -> Iterator[Target]:
    for name, seconds in results["commands"].items():
        yield Target(f"`{name}` (s)", 0.5, seconds, False)
    yield Target("quickstart, to the first epoch (s)", 15, results["quickstart"], False)


def _against_peers(name: str, limit: float, seconds: Mapping[str, float]) -> Target:
    peer = fastest_peer(seconds)
    return Target(f"{name}: times as fast as {peer}, the fastest peer", limit, seconds[peer] / seconds[OWN])


def _double(name: str, results: Mapping[str, Any], workload: Mapping[str, Any]) -> Target:
    double = _to_baseline(results, {**workload, "dtype": "float64"})
    return Target(f"{name}: time of float64 to that of float32", 2.5, double, False)


def _to_baseline(results: Mapping[str, Any], workload: Mapping[str, Any]) -> float:
    """The toolkit's time of an epoch to that of what was timed by turns with it."""
    epoch = find_epoch(results, **workload)
    ratio: float = epoch["timed"][OWN]["seconds"] / epoch["baseline"]["seconds"]
    return ratio
