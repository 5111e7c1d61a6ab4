"""How a user's tables are laid out: which column plays which part, and which rows are dev and test."""

from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import Field, SerializerFunctionWrapHandler, StrictStr, model_serializer, model_validator
from pydantic_core import PydanticCustomError

from toolkit.spec.section import EachOnce, PositiveInt, Section

ColumnName = Annotated[StrictStr, Field(min_length=1)] | PositiveInt
"""A column by its name, or by its number from 1 where the file has no head."""
Share = Annotated[float, Field(gt=0, lt=1, strict=True)]


class Given(Section):
    """A section of which a run's identity holds what is given alone, so that it may gain keys."""

    @model_serializer(mode="wrap")
    def _what_is_given(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in whole(self).items() if value is not None}


class ColumnsConfig(Given):
    """Which column plays which part: by its name, or by its number from 1 where the file has no head."""

    text: ColumnName | None = Field(None, description="what is read, where that is a text")
    words: ColumnName | None = Field(None, description="what is read, where each word has a line")
    label: ColumnName | None = Field(None, description="what is to be predicted of the whole, where that is a word")
    tags: ColumnName | None = Field(None, description="what is to be predicted of each word")
    target: ColumnName | None = Field(None, description="what is to be predicted, where that is a number")
    inputs: Annotated[tuple[ColumnName, ...], Field(min_length=1), EachOnce] | None = Field(
        None, description="what is read, where that is numbers; null: every column of numbers that plays no other part"
    )
    series: ColumnName | None = Field(None, description="what tells apart several series in one file")
    time: ColumnName | None = Field(
        None, description="dates or counted steps; they are checked for order and not read; null: as it is found"
    )

    @property
    def are_numbers(self) -> bool:
        """Whether columns are called by their numbers, since the file has no head."""
        return any(isinstance(column, int) for column in self._given())

    def _given(self) -> Iterator[str | int]:
        for value in self.model_dump().values():
            yield from value if isinstance(value, list | tuple) else (value,)

    @model_validator(mode="after")
    def _names_or_numbers(self) -> Self:
        if self.are_numbers and any(isinstance(column, str) for column in self._given()):
            raise PydanticCustomError("columns", "names of columns, or, where the file has no head, numbers alone")
        return self


class SplitConfig(Given):
    """Which share of one file is dev and which is test; the rest is for training."""

    dev: Share = Field(description="share of the development part")
    test: Share | None = Field(None, description="share of the test part; null: there is none")

    @model_validator(mode="after")
    def _leaves_something(self) -> Self:
        if self.dev + (self.test or 0) >= 1:
            raise PydanticCustomError("split", "shares that leave something for training, such as 0.1 and 0.1")
        return self
