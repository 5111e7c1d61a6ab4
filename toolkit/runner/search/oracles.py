"""keras-tuner's oracles, made from a spec, with what is wrong with them (seen in 1.4.8) put right."""

import itertools
import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras_tuner
from sklearn.exceptions import ConvergenceWarning

from toolkit.runner.search.space import SearchSpace
from toolkit.runner.search.tuner_internals import BayesianOracle, keep_in, scheduled_trials
from toolkit.spec.searching import SearchConfig

NEVER = 10**9
"""Failures in a row after which an oracle gives up. It is the user who decides, with `--fail-fast`."""


@dataclass(frozen=True)
class Proposal:
    """What an oracle wants to be tried.

    Attributes:
        settings: Dotted keys and values.
        epochs: How many epochs the run is trained for.
        handle: keras-tuner's trial.
    """

    settings: Mapping[str, Any]
    epochs: int
    handle: Any


class Asker:
    """An oracle that is asked for proposals and told what came of them.

    Args:
        search: The spec's `search` section; the tuner `grid` has no oracle.
        direction: `min` or `max`.
        epochs: Epochs of a run that is trained to its end.
        scratch: A folder for the files that keras-tuner writes and nobody reads.
    """

    def __init__(self, search: SearchConfig, direction: str, epochs: int, scratch: Path) -> None:
        self.space = SearchSpace(search.space)
        self.epochs = epochs
        self.objective = search.objective
        self._oracle = _make_oracle(search, direction, epochs, scratch)
        # A failed trial blocks the promotion of others in Hyperband, so there it is the worst of all. Bayesian search
        # would take an infinite value for the best of all.
        worst = math.inf if direction == "min" else -math.inf
        self._score_of_failure = worst if search.tuner == "hyperband" else None
        self._slots: dict[str, int] = {}

    def ask(self) -> Proposal | None:
        """The next proposal; None where the oracle waits for results, or has no more."""
        slot = next(number for number in itertools.count() if number not in self._slots.values())
        with warnings.catch_warnings():
            # scikit-learn says that a length scale is at its bound, of which the user knows nothing.
            warnings.simplefilter("ignore", ConvergenceWarning)
            handle = self._oracle.create_trial(str(slot))
        if handle.status != "RUNNING":
            return None
        self._slots[handle.trial_id] = slot
        values = handle.hyperparameters.values
        return Proposal(self.space.settings(values), values.get("tuner/epochs", self.epochs), handle)

    @property
    def most_trials(self) -> int | None:
        """How many trials Hyperband's schedule has; None for an oracle without a schedule."""
        if not isinstance(self._oracle, keras_tuner.oracles.HyperbandOracle):
            return None
        return scheduled_trials(self._oracle)

    def tell(self, proposal: Proposal, score: float | None) -> None:
        """Say what came of a proposal, once: its objective, or None where the run failed or has no finite result."""
        handle = proposal.handle
        del self._slots[handle.trial_id]
        told = self._score_of_failure if score is None else score
        handle.status = "INVALID" if told is None else "COMPLETED"
        if told is not None:
            self._oracle.update_trial(handle.trial_id, {self.objective: told}, step=proposal.epochs)
        self._oracle.end_trial(handle)


def _make_oracle(search: SearchConfig, direction: str, epochs: int, scratch: Path) -> keras_tuner.Oracle:
    hyperparameters = keras_tuner.HyperParameters()
    SearchSpace(search.space).declare(hyperparameters)
    arguments = {
        "objective": keras_tuner.Objective(search.objective, direction),
        "hyperparameters": hyperparameters,
        "seed": _seed(search.seed),
        "allow_new_entries": False,
        "max_consecutive_failed_trials": NEVER,
    }
    oracle = _KINDS[search.tuner](search, epochs, arguments)
    oracle.verbose = 0
    keep_in(oracle, scratch)
    return oracle


def _seed(seed: int) -> int:
    """A seed that keras-tuner does not take for none, as it does 0."""
    return seed % (2**32 - 1) + 1


_KINDS: dict[str, Callable[[SearchConfig, int, dict[str, Any]], keras_tuner.Oracle]] = {
    "random": lambda search, epochs, arguments: keras_tuner.oracles.RandomSearchOracle(max_trials=None, **arguments),
    "bayesian": lambda search, epochs, arguments: BayesianOracle(
        max_trials=None, num_initial_points=search.random_trials, **arguments
    ),
    "hyperband": lambda search, epochs, arguments: keras_tuner.oracles.HyperbandOracle(
        max_epochs=epochs, factor=search.factor, **arguments
    ),
}
