"""The `search` section: what a keras-tuner oracle may try, and by what it judges."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from toolkit.spec.section import Count, EachOnce, PositiveFloat, PositiveInt, Section, Seed
from toolkit.tasks.measure import Measure
from toolkit.tasks.measures import BEST_LOSS

Bounds = Annotated[list[StrictInt | StrictFloat], Field(min_length=2, max_length=2)]
IntBounds = Annotated[list[StrictInt], Field(min_length=2, max_length=2)]
KINDS = ("int", "float", "choice", "boolean", "fixed")
RANDOM_TRIALS_PER_KEY = 3
"""A Bayesian search proposes at random for so many trials a key, as keras-tuner does by default."""


class Space(Section):
    """The values that a search may give to a key: exactly one of int, float, choice, boolean and fixed."""

    int: IntBounds | None = Field(None, description="whole numbers from the first to the second, both included")
    float: Bounds | None = Field(None, description="numbers from the first to the second")
    choice: Annotated[list[Any], Field(min_length=1), EachOnce] | None = Field(None, description="one of these values")
    boolean: Annotated[StrictBool, Field(json_schema_extra={"const": True})] | None = Field(
        None, description="true or false; written as `boolean: true`"
    )
    fixed: Any = Field(None, description="always this value")
    step: PositiveFloat | None = Field(None, description="with int or float: distance between two values")
    log: StrictBool = Field(False, description="with int or float: each order of magnitude is tried equally often")
    when: Mapping[StrictStr, Any] = Field(
        default_factory=dict,
        description="only where the search gave other keys these values; a list for any of several",
    )

    @model_validator(mode="after")
    def _of_one_kind(self) -> Self:
        kinds = [kind for kind in KINDS if kind in self.model_fields_set]
        if len(kinds) != 1:
            raise ValueError(f"expected exactly one of {', '.join(KINDS)}")
        bounds = self.int or self.float
        if bounds is None and (self.step or self.log):
            raise ValueError(f"expected step and log with int or float only, not with {kinds[0]}")
        if self.boolean is False:
            raise ValueError("expected boolean: true, for true and false; one value is written as fixed: false")
        if self.step and self.log:
            raise ValueError("expected step or log, not both")
        if bounds and not bounds[0] < bounds[1]:
            raise ValueError(f"expected the lower bound first, below the upper one, not {list(bounds)}")
        if bounds and self.step and self.step > bounds[1] - bounds[0]:
            raise ValueError(f"expected a step that fits between the bounds {list(bounds)}, not {self.step:g}")
        if bounds and self.log and bounds[0] <= 0:
            raise ValueError(f"expected bounds above 0 for log: true, not {list(bounds)}")
        if self.int and self.step and self.step != round(self.step):
            raise ValueError(f"expected a whole number as the step of int, not {self.step}")
        return self

    @property
    def kind(self) -> str:
        """Which of KINDS it is."""
        return next(kind for kind in KINDS if kind in self.model_fields_set)

    @property
    def is_range(self) -> bool:
        """Whether it is given by its bounds."""
        return self.kind in ("int", "float")

    def may_be(self, value: Any) -> bool:
        """Whether a search may try a value, by its bounds or choices."""
        if self.is_range:
            return isinstance(value, (int, float)) and self.samples[0] <= value <= self.samples[1]
        return value in self.samples

    @property
    def samples(self) -> list[Any]:
        """Values that must be right for the key if all of the space is to be: the bounds, or every choice."""
        if self.choice is not None:
            return self.choice
        if self.boolean:
            return [True, False]
        return list(self.int or self.float or [self.fixed])


class SearchConfig(Section):
    """A search by a keras-tuner oracle, instead of a sweep."""

    tuner: Literal["random", "bayesian", "hyperband", "grid"] = Field(
        "bayesian", description="how the next trial is chosen"
    )
    objective: StrictStr = Field(BEST_LOSS.name, description="the measure that decides, a column of runs.csv")
    direction: Literal["min", "max"] | None = Field(
        None, description="whether the objective is to be low or high; null: by its nature"
    )
    max_trials: PositiveInt = Field(
        30, description="configurations that are tried at most; hyperband's own schedule says how many"
    )
    seed: Seed = Field(2018, description="seed of the search's own choices")
    factor: Annotated[StrictInt, Field(ge=2, le=100)] = Field(
        3, description="hyperband only: one in how many trials goes on to the next round, with as many times the epochs"
    )
    confirm_seeds: Count = Field(5, description="fresh seeds that the winner is trained on again afterwards")
    space: Annotated[dict[StrictStr, Space], Field(min_length=1)] = Field(description="dotted key to what may be tried")

    def aim(self, objective: Measure) -> Literal["min", "max"]:
        """Whether the objective is to be low or high."""
        return self.direction or ("max" if objective.highest_is_best else "min")

    @property
    def random_trials(self) -> int:
        """Number of trials that a search by the tuner bayesian begins with at random."""
        return RANDOM_TRIALS_PER_KEY * len(self.space)

    @property
    def caution(self) -> str:
        """What is unwise about the search, though it can be carried out; empty if nothing is."""
        if self.tuner != "bayesian" or self.max_trials > self.random_trials:
            return ""
        return (
            f"search.max_trials: {self.max_trials} is not above the first {self.random_trials} trials, which a "
            "bayesian search makes at random; raise it, or take the tuner random"
        )
