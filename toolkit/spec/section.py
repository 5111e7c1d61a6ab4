"""What every section of a spec is made of: strict plain values, and no unknown keys."""

import math
from collections.abc import Hashable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, StrictStr, model_validator
from pydantic_core import PydanticCustomError

LARGEST = 10**9
"""No count in a spec is larger."""

PositiveInt = Annotated[StrictInt, Field(ge=1, le=LARGEST)]
Count = Annotated[StrictInt, Field(ge=0, le=LARGEST)]
Seed = Annotated[StrictInt, Field(ge=0, lt=2**32)]
PositiveFloat = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
Name = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=100)]


def _each_once(values: Any) -> Any:
    if len({value if isinstance(value, Hashable) else repr(value) for value in values or ()}) < len(values or ()):
        raise PydanticCustomError("repeated", "each value once")
    return values


EachOnce = AfterValidator(_each_once)
"""A list in which a value that stands twice would have no effect."""


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))


def _plain(value: Any) -> Any:
    if not all(map(_is_plain, value if isinstance(value, list) else [value])):
        raise PydanticCustomError("not_plain", "a finite number, a word, true, false, null, or a list of such")
    return value


PlainValue = Annotated[Any, AfterValidator(_plain)]
"""A value that a line of YAML says, or a list of such."""


class Section(BaseModel):
    """A group of keys; unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)


class Opened(Section):
    """A section in which the sections, lists and maps that are opened and left empty are as good as left out."""

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if value is not None or not cls.may_be_empty(key)}

    @classmethod
    def may_be_empty(cls, key: str) -> bool:
        """Whether a key stands for a section, list or map that has a default."""
        field = cls.model_fields.get(key)
        return field is not None and (field.default_factory is not None or isinstance(field.default, Section))
