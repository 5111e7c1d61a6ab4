"""`train.anneal`: how the learning rate goes down over the epochs."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from toolkit.spec.section import Count, PositiveFloat, PositiveInt, Section

Share = Annotated[float, Field(ge=0, le=1, strict=True)]
Factor = Annotated[PositiveFloat, Field(le=1)]


class Harmonic(Section):
    """lr_e = lr_0 * a / (a + e); `anneal: 5` is short for it."""

    schedule: Literal["harmonic"] = Field(description="which schedule it is")
    epochs: PositiveInt = Field(description="a, the number of epochs after which the rate has halved")


class Exponential(Section):
    """lr_e = lr_0 * factor ** e."""

    schedule: Literal["exponential"] = Field(description="which schedule it is")
    factor: Factor = Field(description="what the rate is multiplied by after each epoch")


class Cosine(Section):
    """lr_e falls from lr_0 to final * lr_0 along half a cosine wave, and stays there."""

    schedule: Literal["cosine"] = Field(description="which schedule it is")
    epochs: PositiveInt = Field(description="epochs until the rate is at its lowest")
    final: Share = Field(0.0, description="share of lr_0 that is left then")


class Step(Section):
    """lr_e = lr_0 * factor ** (e // every)."""

    schedule: Literal["step"] = Field(description="which schedule it is")
    every: PositiveInt = Field(description="epochs between two steps")
    factor: Factor = Field(0.5, description="what the rate is multiplied by at each step")


class Constant(Section):
    """lr_e = lr_0; `anneal: 0` is short for it."""

    schedule: Literal["constant"] = Field(description="which schedule it is")


SCHEDULES = ("harmonic", "exponential", "cosine", "step", "constant")


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
        Annotated[Count, BeforeValidator(_number), Tag("number")]
        | Annotated[Harmonic, Tag("harmonic")]
        | Annotated[Exponential, Tag("exponential")]
        | Annotated[Cosine, Tag("cosine")]
        | Annotated[Step, Tag("step")]
        | Annotated[Constant, Tag("constant")],
        Discriminator(_kind),
    ],
    AfterValidator(_shortest),
]
"""A whole number a for the harmonic schedule, 0 for a constant rate, or a schedule with its parameters; once
validated, harmonic and constant ones are their number."""
