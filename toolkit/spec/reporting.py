"""The `report` section: which tables and figures a report has, left out for those that the sweep suggests."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, StrictBool, StrictInt, StrictStr, WithJsonSchema

from toolkit.spec.claims import ClaimConfig
from toolkit.spec.figure_kinds import kind_names, known_kind
from toolkit.spec.section import EachOnce, Name, Opened, Section
from toolkit.spec.words import value_text
from toolkit.tasks.measures import BEST_LOSS

Columns = Annotated[list[StrictStr], EachOnce]
Where = Mapping[str, Any]
"""Dotted keys with the value that runs must have, or the list of the values that they may have."""

_WHERE: Any = Field(
    default_factory=dict, description="only runs with these settings: dotted key to a value, or to a list of values"
)


def is_chosen(settings: Mapping[Any, Any], where: Where) -> bool:
    """Whether a run with these settings is one that `where` asks for."""
    return all(
        value_text(settings[key]) in map(value_text, value if isinstance(value, list) else [value])
        for key, value in where.items()
    )


class TableConfig(Section):
    """A table: a row a setting, aggregated over seeds."""

    name: Name = Field(description="its files' name in the report's folder `tables`")
    rows: Annotated[Columns, Field(min_length=1)] = Field(description="dotted keys in front of each row")
    columns: Columns = Field(
        default_factory=list, description="dotted keys whose values become columns, for a table of two directions"
    )
    values: Annotated[Columns, Field(min_length=1)] = Field(
        default_factory=lambda: [BEST_LOSS.name], description="measures, each a column of runs.csv"
    )
    digits: Annotated[StrictInt, Field(ge=0, le=17)] | None = Field(
        None, description="printed digits after the point; null: as many as suit each measure"
    )
    where: dict[StrictStr, Any] = _WHERE
    sort: StrictStr | None = Field(None, description="a value to sort the rows by, the best first; null: sweep order")
    best: StrictBool = Field(True, description="whether the best of each column is bold")
    caption: StrictStr | None = Field(None, description="null: one that says what is shown, and over how many seeds")


class FigureConfig(Section):
    """A figure."""

    name: Name = Field(description="its files' name in the report's folder `figures`")
    kind: Annotated[Any, PlainValidator(known_kind), WithJsonSchema({"enum": kind_names(), "type": "string"})] = Field(
        "line",
        description="curves are over epochs, a histogram counts sentences, parallel coordinates and importance are "
        "over all settings; the others over settings or measures",
    )
    x: StrictStr = Field(description="the column on the horizontal axis")
    y: StrictStr = Field(description="the column on the vertical axis; of a heatmap the other key")
    value: StrictStr | None = Field(None, description="heatmap only: the measure that the colours show")
    hue: StrictStr | None = Field(None, description="the key that has a colour a value")
    style: StrictStr | None = Field(None, description="the key that has a line style and marker a value")
    facet: StrictStr | None = Field(None, description="the key that has a panel a value")
    where: dict[StrictStr, Any] = _WHERE
    log: Annotated[list[Literal["x", "y"]], EachOnce] = Field(
        default_factory=list, description="axes with a logarithmic scale"
    )
    caption: StrictStr | None = Field(None, description="null: one that says what is shown, and over how many seeds")


MOST_SHOWN = 500
"""No report has more tables, figures or claims."""


class ReportConfig(Opened):
    """What the report shows; left out, the tables and figures that the sweep suggests."""

    tables: list[TableConfig] = Field(
        default_factory=list, max_length=MOST_SHOWN, description="declared tables, in place of the default one"
    )
    figures: list[FigureConfig] = Field(
        default_factory=list, max_length=MOST_SHOWN, description="declared figures, in place of the default ones"
    )
    claims: list[ClaimConfig] = Field(
        default_factory=list,
        max_length=MOST_SHOWN,
        description="conclusions of which the report says whether they hold",
    )
    published: StrictStr | None = Field(
        None, description="a CSV table of published numbers to compare with, relative to the spec"
    )
