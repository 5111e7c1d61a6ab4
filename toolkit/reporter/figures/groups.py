"""Loss and accuracy by a group of the task, such as distance, and how many sentences there are of each value."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from toolkit.reporter.figures.axes import positions
from toolkit.reporter.figures.canvas import add_note, panel_grid
from toolkit.reporter.figures.comparison import ComparisonData
from toolkit.reporter.figures.roles import Roles, panel_texts, place
from toolkit.reporter.figures.style import INK, RC
from toolkit.reporter.numbers.metrics import Settings
from toolkit.reporter.numbers.results import Results
from toolkit.reporter.numbers.statistics import means_with_intervals
from toolkit.tasks.measure import Measure

GROUPS_OF = ["run", "train.epochs"]
"""The columns that say which run a row of groups.csv is of: a stored run may stand for several numbers of epochs."""
SPLITS = {"train": INK, "dev": "#a6a6a6"}
SMALLEST_BAR = 0.002
"""Share of all sentences that is still seen in a histogram."""
HATCHES = {"train": "", "dev": "///"}


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


def histogram_data(results: Results, by: str) -> pd.DataFrame:
    """How many sentences of each split have each value of a group.

    Args:
        results: The runs whose data is counted, each data set once.
        by: The group.

    Returns:
        A row a value of a split: `panel` (the swept settings of the data), `split`, `value`, `sentences`, `share`.
    """
    keys = [key for key in results.keys if key.startswith("data.")]
    known = results.distinct[results.distinct["run"].isin(results.groups["run"])]
    panels = known[GROUPS_OF].assign(panel=panel_texts(known, keys)).drop_duplicates("panel")
    rows = panels.merge(results.groups[results.groups["by"] == by], on=GROUPS_OF)
    total = rows.groupby(["panel", "split"])["sentences"].transform("sum")
    return rows.assign(share=rows["sentences"] / total)[["panel", "split", "value", "sentences", "share"]]


def visible_values(data: pd.DataFrame) -> pd.DataFrame:
    """The rows of a histogram up to the last value that enough sentences have for a bar to be seen."""
    counts = data.groupby("value")["sentences"].sum()
    enough = min(SMALLEST_BAR * counts.sum(), counts.max())
    last = int(counts.index[counts >= enough].max())
    return data[data["value"] <= last]


def draw_histogram(data: pd.DataFrame, label: str, fixed: Settings) -> Figure:
    """Draw each split's share of sentences at each value, the splits side by side.

    Args:
        data: What `histogram_data` returns, at least one row.
        label: What the values are, with their unit.
        fixed: The settings that all runs share, set small under the axes.

    Returns:
        A figure of a column's width, or of a page's where there are several panels.
    """
    with mpl.rc_context(RC | {"hatch.linewidth": 0.4}):
        figure, panels = panel_grid(list(data["panel"].unique()), label, "share of sentences")
        splits = [split for split in SPLITS if (data["split"] == split).any()]
        for panel, axes in panels.items():
            for number, split in enumerate(splits):
                own = data[(data["panel"] == panel) & (data["split"] == split)]
                offset = (number - (len(splits) - 1) / 2) * 0.8 / len(splits)
                fill: dict[str, Any] = {
                    "facecolor": SPLITS[split],
                    "hatch": HATCHES[split],
                    "edgecolor": "white",
                    "linewidth": 0.4,
                }
                name = f"{split} ({own['sentences'].sum():,})" if len(panels) == 1 else split
                axes.bar(own["value"] + offset, own["share"], 0.8 / len(splits), label=name, **fill)
            axes.grid(False, axis="x")
            values = np.arange(data["value"].min(), data["value"].max() + 1)
            axes.set_xticks(values[:: -(-len(values) // 16)])
        handles, labels = axes.get_legend_handles_labels()
        title = "split (sentences)" if len(panels) == 1 else "split"
        figure.legend(handles, labels, title=title, loc="outside upper center", ncols=len(splits))
        add_note(figure, fixed)
    return figure
