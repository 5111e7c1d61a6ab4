"""Lines and bars over a group: loss and accuracy by what the task splits its predictions by, such as distance."""

from collections.abc import Callable

import pandas as pd
from matplotlib.figure import Figure

from toolkit.reporter.figures.axes import positions
from toolkit.reporter.figures.bars import draw_bars
from toolkit.reporter.figures.comparison import FEWEST_SENTENCES, ComparisonData, is_thin
from toolkit.reporter.figures.kind import Asked, Kind
from toolkit.reporter.figures.lines import draw_lines
from toolkit.reporter.figures.roles import Roles, panel_texts, place, roles_text
from toolkit.reporter.numbers.caption_sentences import joined, meaning, over_seeds
from toolkit.reporter.numbers.results import Results
from toolkit.reporter.numbers.statistics import means_with_intervals
from toolkit.tasks.measure import Measure
from toolkit.tasks.measures import GROUPED

GROUPS_OF = ["run", "train.epochs"]
"""The columns that say which run a row of groups.csv is of: a stored run may stand for several numbers of epochs."""


def group_data(results: Results, by: str, metric: Measure, roles: Roles) -> ComparisonData:
    """Aggregate a measure over seeds at each value of a group.

    Args:
        results: The runs to show.
        by: The group.
        metric: The measure, a column of groups.csv.
        roles: What each key is in the figure.

    Returns:
        The means with their 95% intervals, every seed's value, and how many dev sentences each is over.
    """
    done = results.distinct[results.distinct["status"] == "done"]
    rows = results.groups[(results.groups["by"] == by) & (results.groups["split"] == "dev")]
    placed = done[GROUPS_OF].assign(**(place(done, roles) | {"line": panel_texts(done, results.keys)}))
    seeds = placed.merge(rows, on=GROUPS_OF).rename(columns={"value": "x", metric.name: "value"})
    grouped = seeds.groupby([*roles_columns(), "x"], sort=False)
    means = means_with_intervals(grouped[["value"]]).rename(columns={"value_low": "low", "value_high": "high"})
    means["sentences"] = grouped["sentences"].max().to_numpy()
    counts = seeds.groupby(["panel", "x"])["sentences"].max().reset_index(name="count")
    return ComparisonData(means, seeds, positions(sorted(int(x) for x in means["x"].unique())), "", counts)


def roles_columns() -> list[str]:
    """The columns of a figure's data that say where a row stands."""
    return ["panel", "hue", "style", "line"]


def _data(asked: Asked) -> ComparisonData | None:
    data = group_data(asked.results, asked.figure.x, GROUPED[asked.figure.y], asked.roles)
    return data if len(data.means) else None


def _table(asked: Asked, data: ComparisonData) -> pd.DataFrame:
    return data.means.rename(columns={"x": asked.figure.x, "value": asked.figure.y})


def _caption(asked: Asked, data: ComparisonData) -> str:
    few = f"What is over fewer than {FEWEST_SENTENCES} sentences is faint, and without its interval."
    metric = GROUPED[asked.figure.y]
    return joined(
        f"{metric.name} for each {asked.group.meaning}; {meaning(metric)}.",
        roles_text(asked.results, asked.roles),
        over_seeds(asked.results),
        "" if asked.figure.kind == "bar" else "Bars at the foot say how many sentences a point is over.",
        few if is_thin(data.means).any() else "",
    )


def _kind_of(draw: Callable[..., Figure]) -> Kind[ComparisonData]:
    """A kind of figure over a group, by how it is drawn over settings."""

    def drawing(asked: Asked, data: ComparisonData) -> Figure:
        return draw(data, GROUPED[asked.figure.y], asked.roles, asked.results.fixed, asked.log, asked.group.label)

    return Kind(_data, drawing, _caption, _table)


LINES, BARS = _kind_of(draw_lines), _kind_of(draw_bars)
