"""`train.anneal`: how the learning rate goes down over the epochs."""

import math
from abc import abstractmethod
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from toolkit.spec.section import Count, PositiveFloat, PositiveInt, Section

Share = Annotated[float, Field(ge=0, le=1, strict=True)]
Factor = Annotated[PositiveFloat, Field(le=1)]


class Schedule(Section):
    """A function of the absolute epoch only, so that a run can be continued."""

    @abstractmethod
    def rate(self, initial: float, epoch: int) -> float:
        """The learning rate lr_e of an epoch.

        Args:
            initial: lr_0, the learning rate of the first epoch.
            epoch: e, 0 for the first.
        """


class Harmonic(Schedule):
    """lr_e = lr_0 * a / (a + e); `anneal: 5` is short for it."""

    schedule: Literal["harmonic"] = Field(description="which schedule it is")
    epochs: PositiveInt = Field(description="a, the number of epochs after which the rate has halved")

    def rate(self, initial: float, epoch: int) -> float:
        """lr_e, in the order of operations that the study's program has."""
        return initial / ((self.epochs + epoch) / self.epochs)


class Exponential(Schedule):
    """lr_e = lr_0 * factor ** e."""

    schedule: Literal["exponential"] = Field(description="which schedule it is")
    factor: Factor = Field(description="what the rate is multiplied by after each epoch")

    def rate(self, initial: float, epoch: int) -> float:
        """lr_e."""
        return initial * self.factor**epoch


class Cosine(Schedule):
    """lr_e falls from lr_0 to final * lr_0 along half a cosine wave, and stays there."""

    schedule: Literal["cosine"] = Field(description="which schedule it is")
    epochs: PositiveInt = Field(description="epochs until the rate is at its lowest")
    final: Share = Field(0.0, description="share of lr_0 that is left then")

    def rate(self, initial: float, epoch: int) -> float:
        """lr_e = lr_0 * (final + (1 - final) * (1 + cos(pi * min(e / epochs, 1))) / 2)."""
        gone = min(epoch / self.epochs, 1.0)
        return initial * (self.final + (1 - self.final) * (1 + math.cos(math.pi * gone)) / 2)


class Step(Schedule):
    """lr_e = lr_0 * factor ** (e // every)."""

    schedule: Literal["step"] = Field(description="which schedule it is")
    every: PositiveInt = Field(description="epochs between two steps")
    factor: Factor = Field(0.5, description="what the rate is multiplied by at each step")

    def rate(self, initial: float, epoch: int) -> float:
        """lr_e."""
        return initial * self.factor ** (epoch // self.every)


class Constant(Schedule):
    """lr_e = lr_0; `anneal: 0` is short for it."""

    schedule: Literal["constant"] = Field(description="which schedule it is")

    def rate(self, initial: float, epoch: int) -> float:
        """lr_0."""
        return initial


Named = (
    Annotated[Harmonic, Tag("harmonic")]
    | Annotated[Exponential, Tag("exponential")]
    | Annotated[Cosine, Tag("cosine")]
    | Annotated[Step, Tag("step")]
    | Annotated[Constant, Tag("constant")]
)
SCHEDULES = [tag.tag for _, tag in map(get_args, get_args(Named))]
"""The names of all schedules."""


def _number(value: Any) -> Any:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(
            "expected a whole number of at least 0, or a schedule such as {schedule: step, every: 10, factor: 0.5}"
        )
    return value


def _kind(value: Any) -> Any:
    if isinstance(value, dict):
        return value.get("schedule")
    return getattr(value, "schedule", "number")


def _shortest(anneal: Any) -> Any:
    """One computation has one configuration."""
    if isinstance(anneal, Harmonic):
        return anneal.epochs
    return 0 if isinstance(anneal, Constant) else anneal


Anneal = Annotated[
    Annotated[
        Annotated[Count, BeforeValidator(_number), Tag("number")] | Named,
        Discriminator(_kind),
    ],
    AfterValidator(_shortest),
]
"""A whole number a for the harmonic schedule, 0 for a constant rate, or a schedule with its parameters; once
validated, harmonic and constant ones are their number."""


def rate_at(initial: float, anneal: Anneal, epoch: int) -> float:
    """The learning rate of an epoch.

    Args:
        initial: lr_0, the learning rate of the first epoch.
        anneal: A schedule, or the number that is short for one.
        epoch: e, 0 for the first.
    """
    if isinstance(anneal, Schedule):
        return anneal.rate(initial, epoch)
    return Harmonic(schedule="harmonic", epochs=anneal).rate(initial, epoch) if anneal else initial
