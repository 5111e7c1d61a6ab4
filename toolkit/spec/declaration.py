"""What a spec declares, as far as its values are valid: the experiment, where it is written, and its runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from toolkit.spec.document import Document
from toolkit.spec.schema import Experiment
from toolkit.spec.sweep import RunSpec, expand


@dataclass(frozen=True)
class Declaration:
    """An experiment with all that is told of it; a sweep of thousands of runs is spelled out once.

    Attributes:
        experiment: The experiment.
        document: What it was read from, with the place of each value.
    """

    experiment: Experiment
    document: Document

    @cached_property
    def runs(self) -> Sequence[RunSpec]:
        """Its runs: what `expand` returns. Of a search they are the one run that its trials vary."""
        return expand(self.experiment)
