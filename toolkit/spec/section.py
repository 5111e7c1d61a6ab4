"""What every section of a spec is made of: strict plain values, and no unknown keys."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, StrictStr

LARGEST = 10**9
"""No count in a spec is larger."""

PositiveInt = Annotated[StrictInt, Field(ge=1, le=LARGEST)]
Count = Annotated[StrictInt, Field(ge=0, le=LARGEST)]
Seed = Annotated[StrictInt, Field(ge=0, lt=2**32)]
PositiveFloat = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
Name = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=100)]


def _each_once(values: Any) -> Any:
    if any(value in values[:index] for index, value in enumerate(values or ())):
        raise ValueError("expected each value once")
    return values


EachOnce = AfterValidator(_each_once)
"""A list in which a value that stands twice would have no effect."""


class Section(BaseModel):
    """A group of keys; unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
