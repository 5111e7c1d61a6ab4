"""What a report is made from: an experiment's runs, and what several parts of the report need of them, made once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from toolkit.reporter.numbers.frames import Runs
from toolkit.reporter.numbers.results import Results, collect_results, some_of
from toolkit.reporter.numbers.sensitivity import Spread, spreads, unperturbed
from toolkit.reporter.published.deviation import PublishedComparison, compare_published
from toolkit.reporter.search.ranking import Trials, rank
from toolkit.spec.schema import Experiment
from toolkit.spec.trials import SearchResult


@dataclass(frozen=True)
class Findings:
    """An experiment's runs, as its report tells them.

    Attributes:
        experiment: What was asked for.
        runs: Its runs in the order of the sweep, each with its record; None for a run that was not trained.
        search: What its search came to; its trials and confirmations are `runs`.
    """

    experiment: Experiment
    runs: Runs
    search: SearchResult | None = None

    @cached_property
    def every(self) -> Results:
        """The results of every run: what is listed."""
        return collect_results(self.experiment, self.runs)

    @cached_property
    def results(self) -> Results:
        """The results of the unperturbed runs: what tables, figures, claims and sentences are of."""
        if not self.experiment.sensitivity:
            return self.every
        return some_of(self.every, self._unperturbed, slice(None, None, self.experiment.sensitivity + 1))

    @cached_property
    def spreads(self) -> Sequence[Mapping[str, Spread]]:
        """For each unperturbed run how far its measures hang on rounding."""
        return spreads(self.experiment, self.every)

    @cached_property
    def published(self) -> PublishedComparison | None:
        """The published numbers beside those of the unperturbed runs; None without any."""
        return compare_published(self.results, self._unperturbed, self.spreads)

    @cached_property
    def trials(self) -> Trials | None:
        """The search's trials apart from what confirms the winner; None where nothing was tried yet."""
        count = len(self.search.trials) if self.search else 0
        if self.search is None or self.experiment.search is None or not count:
            return None
        tried = some_of(self.every, self.runs[:count], slice(count))
        again = self.runs[count:]
        confirmed = some_of(self.every, again, slice(count, None)) if again else None
        return rank(self.experiment.search, tried, confirmed, self.search.is_complete)

    @property
    def _unperturbed(self) -> Runs:
        return unperturbed(self.experiment, self.runs)
