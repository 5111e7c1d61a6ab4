"""The data of figures over settings: a metric aggregated over seeds, and where each setting stands in the figure."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from toolkit.reporter.figures.axes import positions
from toolkit.reporter.figures.kind import Asked
from toolkit.reporter.figures.roles import Roles, place, roles_text
from toolkit.reporter.numbers.caption_sentences import has_several_seeds, joined, over_seeds
from toolkit.reporter.numbers.results import Results
from toolkit.reporter.numbers.statistics import COUNTS
from toolkit.spec.words import value_text
from toolkit.tasks.measure import Measure

FEWEST_SENTENCES = 10
"""Over fewer sentences than this a share or a mean says little."""


@dataclass(frozen=True)
class ComparisonData:
    """What a comparison figure shows.

    Attributes:
        means: A row a setting: its keys, `value`, `low`, `high`, and its place: `x`, `hue`, `style`, `panel`, `line`.
        seeds: A row a finished run: `value` and its place.
        places: The x axis: value to position; empty if the settings are named along the y axis.
        named: The keys whose values name a setting.
        counts: How many sentences each x and panel is over, where that differs: `x`, `panel`, `count`; else None.
    """

    means: pd.DataFrame
    seeds: pd.DataFrame
    places: dict[object, float]
    named: str
    counts: pd.DataFrame | None = None


def compared(asked: Asked) -> ComparisonData:
    """What a figure over settings shows that is asked for."""
    return comparison_data(asked.results, asked.metric, asked.roles)


def comparison_data(results: Results, metric: Measure, roles: Roles) -> ComparisonData:
    """Aggregate a metric over seeds and place each setting in the figure.

    Args:
        results: The runs to show.
        metric: What is drawn.
        roles: What each key is in the figure.

    Returns:
        The means with their 95% intervals, and every seed's value.
    """
    runs = results.distinct
    keys = list(dict.fromkeys(key for key in (roles.x, *results.keys, roles.hue, roles.style, *roles.panels) if key))
    places = positions(list(runs[roles.x].unique())) if roles.x else {}
    ends = {metric.name: "value", f"{metric.name}_low": "low", f"{metric.name}_high": "high"}
    means = results.summarised(keys, [metric]).rename(columns=ends)
    seeds = runs[runs["status"] == "done"].rename(columns={metric.name: "value"})
    return ComparisonData(
        _placed(means, keys, roles, places), _placed(seeds, keys, roles, places), places, ",\n".join(results.keys)
    )


def is_thin(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Whether a row is over fewer than FEWEST_SENTENCES; rows that are over whole data sets have no `sentences`."""
    if "sentences" not in frame:
        return pd.Series(False, index=frame.index)
    return frame["sentences"] < FEWEST_SENTENCES


def comparison_table(asked: Asked, data: ComparisonData) -> pd.DataFrame:
    """The means of a figure as a table: the keys, the metric, the ends of its interval and the number of seeds."""
    metric = asked.metric
    keys = [column for column in data.means if "." in str(column)]
    ends = {"value": metric.name, "low": f"{metric.name}_low", "high": f"{metric.name}_high"}
    return data.means[[*keys, *ends, *COUNTS]].rename(columns=ends)


def comparison_caption(asked: Asked, _: ComparisonData) -> str:
    """What lines, dots or bars over settings show."""
    results, metric, roles = asked.results, asked.metric, asked.roles
    against = f" against {roles.x}" if roles.x else ""
    told = roles_text(results, roles) if roles.x else ""
    return joined(f"{metric.name}{against}.", told, _means(results))


def _means(results: Results) -> str:
    """What the marks of a figure over settings are means of, and which are missing."""
    lacking = (results.summary["seeds"] == 0).any()
    return joined(
        over_seeds(results),
        "Faint points are single seeds." if has_several_seeds(results) else "",
        "A cross at the edge is a setting without a finished run." if lacking else "",
        "An interval much wider than the range of all points is cut off." if has_several_seeds(results) else "",
    )


def _placed(frame: pd.DataFrame, keys: Sequence[str], roles: Roles, places: dict[object, float]) -> pd.DataFrame:
    return frame.assign(
        x=frame[roles.x].map(places).astype(float) if roles.x else 0.0,
        name=[", ".join(map(value_text, values)) for values in frame[list(keys)].to_numpy(dtype=object)],
        **place(frame, roles),
    )
