"""What a search tried, as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.spec.schema import Experiment, RunConfig
from toolkit.spec.sweep import RunSpec, names_by_sentence, with_settings


@dataclass(frozen=True)
class SearchResult:
    """The runs of a search.

    Attributes:
        trials: The different configurations that were tried, in the order of their proposals.
        confirmations: The winner on fresh seeds; none while the search goes on, or where every trial failed.
        winner: Index of the winner among the trials; None where there is none.
        is_complete: Whether every combination of the space was tried.
        has_ended: Whether there is nothing more to try.
        slots: How many trials could be in training at once, on which the proposals depend.
    """

    trials: Sequence[RunSpec]
    confirmations: Sequence[RunSpec] = ()
    winner: int | None = None
    is_complete: bool = False
    has_ended: bool = False
    slots: int = 1

    def to_plain(self) -> dict[str, Any]:
        """The same as values of JSON."""
        return {
            "trials": [dict(spec.settings) for spec in self.trials],
            "confirmations": [dict(spec.settings) for spec in self.confirmations],
            "winner": self.winner,
            "is_complete": self.is_complete,
            "has_ended": self.has_ended,
            "slots": self.slots,
        }


def trial_spec(experiment: Experiment, settings: Mapping[str, Any]) -> RunSpec:
    """The run of an experiment that has other settings.

    Args:
        experiment: The experiment.
        settings: Dotted keys and values.

    Raises:
        pydantic.ValidationError: A value is not one that its key takes.
    """
    base = experiment.model_dump(include=set(RunConfig.model_fields))
    config = RunConfig.model_validate(with_settings(base, settings))
    return RunSpec(config, settings, experiment.overridden, names_by_sentence(experiment))


def result_from_plain(experiment: Experiment, values: Mapping[str, Any]) -> SearchResult:
    """A search's result from what `SearchResult.to_plain` made of it.

    Raises:
        KeyError, ValueError: The values are something else.
    """
    trials, confirmations = (
        [trial_spec(experiment, settings) for settings in values[name]] for name in ("trials", "confirmations")
    )
    rest = (values[name] for name in ("winner", "is_complete", "has_ended", "slots"))
    return SearchResult(trials, confirmations, *rest)
