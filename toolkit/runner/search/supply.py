"""A search as a supply of runs: it proposes trials, learns from their records, and has the winner confirmed."""

import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.runner.search.oracles import Asker, Proposal
from toolkit.runner.search.space import SearchSpace
from toolkit.spec.measures import known_to
from toolkit.spec.schema import Experiment
from toolkit.spec.searching import SearchConfig
from toolkit.spec.sweep import SEED_KEY, RunSpec
from toolkit.spec.trials import SearchResult, trial_spec
from toolkit.spec.words import plural
from toolkit.store import RunRecord
from toolkit.tasks.reported import measured

MOST_REPEATS = 10
"""Proposals in a row that were tried before, after which an oracle is taken to have no more."""


@dataclass
class Trial:
    """A configuration that a search tries.

    Attributes:
        spec: The run.
        is_full: Whether it is trained to its end, so that it can win.
        proposal: What an oracle proposed; None where none asked for it.
        first: The earlier trial that it repeats; None where it is new.
        record: What came of the run; None until it has ended.
    """

    spec: RunSpec
    is_full: bool = True
    proposal: Proposal | None = None
    first: "Trial | None" = None
    record: RunRecord | None = None

    @property
    def result(self) -> RunRecord | None:
        """What came of the run, or of the one that it repeats; None until it has ended."""
        return self.first.record if self.first else self.record


class Search:
    """Trials one after another, as many at once as there are slots, and after them the winner on fresh seeds.

    Results are told to the oracle in the order of the proposals, and a slot is filled when its result was told. So the
    proposals depend on the search's seed and the number of slots alone, not on which run ends first; and a search that
    was interrupted is gone through again with what is stored, and comes to the same place.

    Args:
        experiment: An experiment with a search.
        slots: How many trials may run at once.
        has_test: Whether the data has a test set, for the winner to be measured on.
        scratch: A folder for keras-tuner's files, which nobody reads.
        say: Shows a line to the user.

    Attributes:
        most_trials: How many there can be at most.
        trials: All different trials so far, in the order of their proposals.
        confirmations: The winner on fresh seeds, once the trials have ended.
    """

    def __init__(
        self, experiment: Experiment, slots: int, has_test: bool, scratch: Path, say: Callable[[str], None]
    ) -> None:
        self.config = _search_of(experiment)
        self.direction = self.config.aim(known_to(experiment)[self.config.objective])
        self.slots = slots
        self.trials: list[Trial] = []
        self.confirmations: list[Trial] = []
        self._experiment = experiment
        self._has_test = has_test
        self._say = say
        self._asker = self._make_asker(scratch)
        self._combinations = SearchSpace(self.config.space).combinations()
        self._rest = iter(self._combinations or ())
        self.most_trials = min(self.config.max_trials, len(self._combinations or range(self.config.max_trials)))
        if self._asker and self._asker.most_trials:
            self._rest, self.most_trials = iter(()), self._asker.most_trials
        self._pending: deque[Trial] = deque()
        self._known: dict[str, Trial] = {}
        self._repeats = 0
        self._ended = False

    def start(self) -> list[RunSpec]:
        """The runs to be trained next, given what was learnt so far; none where results are waited for."""
        started = []
        while not self._ended:
            if len(self._pending) < self.slots and (trial := self._propose()):
                self._pending.append(trial)
                started.extend([trial.spec] if trial.first is None else [])
            elif self._pending and self._pending[0].result:
                self._tell(self._pending.popleft())
            elif self._pending:
                break
            else:
                self._ended = True
                started.extend(self._confirm())
        return started

    def take(self, spec: RunSpec, record: RunRecord) -> None:
        """Learn what came of a run that was started."""
        for trial in (*self._pending, *self.confirmations):
            if trial.spec is spec:
                trial.record = record

    @property
    def winner(self) -> Trial | None:
        """The best of the trials that were trained to their end; None if none has a result."""
        sign = 1 if self.direction == "min" else -1
        scores = [(score, trial) for trial in self.trials if trial.is_full and (score := self.score(trial)) is not None]
        return min(scores, key=lambda scored: sign * scored[0])[1] if scores else None

    @property
    def is_complete(self) -> bool:
        """Whether every combination of the space was tried."""
        full = sum(trial.is_full for trial in self.trials)
        return self._combinations is not None and full == len(self._combinations)

    def result(self) -> SearchResult:
        """What the search has come to so far."""
        return SearchResult(
            trials=[trial.spec for trial in self.trials],
            confirmations=[trial.spec for trial in self.confirmations],
            winner=self.trials.index(self.winner) if self._ended and self.winner else None,
            is_complete=self.is_complete,
            has_ended=self._ended,
            slots=self.slots,
        )

    def score(self, trial: Trial) -> float | None:
        """The objective of a trial that has ended; None where the run failed or has no finite result."""
        config, record = trial.spec.config, trial.result
        if record is None or record.status != "done":
            return None
        value = measured(record.first(config.train.epochs), config.data.task).get(self.config.objective)
        return value if value is not None and math.isfinite(value) else None

    def _propose(self) -> Trial | None:
        """The next trial; None where results are waited for, or there is no more to try."""
        if len(self.trials) >= self.most_trials:
            return None
        proposal = self._asker.ask() if self._asker and self._repeats < MOST_REPEATS else None
        if proposal:
            return self._trial(proposal.settings, proposal)
        if self._asker and self._pending:
            return None
        self._asker = None
        new = (self._trial(settings) for settings in self._rest)
        return next((trial for trial in new if trial.first is None), None)

    def _trial(self, settings: Mapping[str, Any], proposal: Proposal | None = None) -> Trial:
        full = self._experiment.train.epochs
        epochs = proposal.epochs if proposal else full
        spec = trial_spec(self._experiment, {**settings, **({"train.epochs": epochs} if epochs < full else {})})
        first = self._known.get(spec.config.model_dump_json())
        trial = Trial(spec, epochs == full, proposal, first)
        self._repeats = self._repeats + 1 if first else 0
        if first is None:
            self._known[spec.config.model_dump_json()] = trial
            self.trials.append(trial)
        return trial

    def _tell(self, trial: Trial) -> None:
        if self._asker and trial.proposal:
            self._asker.tell(trial.proposal, self.score(trial))

    def _confirm(self) -> Iterator[RunSpec]:
        """The winner on seeds that it was not chosen by, measured on the test set if there is one."""
        if self.is_complete:
            self._say(f"the search is complete: {plural(len(self.trials), 'combination')} tried, all there are")
        if self.winner is None:
            return
        chosen = self.winner.spec
        test = {"evaluate.test": True} if self._has_test else {}
        for seed in range(chosen.config.train.seed + 1, chosen.config.train.seed + 1 + self.config.confirm_seeds):
            spec = trial_spec(self._experiment, {**chosen.settings, **test, SEED_KEY: seed % 2**32})
            self.confirmations.append(Trial(spec))
            yield spec

    def _make_asker(self, scratch: Path) -> Asker | None:
        if self.config.tuner == "grid":
            return None
        if self.config.caution:
            self._say(self.config.caution)
        return Asker(self.config, self.direction, self._experiment.train.epochs, scratch)


def _search_of(experiment: Experiment) -> SearchConfig:
    if experiment.search is None:
        raise ValueError(f"{experiment.name} has no search")
    return experiment.search
