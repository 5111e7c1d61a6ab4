"""Histograms: how many sentences there are of each value of a group of the task, such as distance."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from toolkit.reporter.figures.canvas import add_note, panel_grid
from toolkit.reporter.figures.groups import GROUPS_OF
from toolkit.reporter.figures.kind import Asked, Kind
from toolkit.reporter.figures.roles import panel_texts
from toolkit.reporter.figures.style import INK, RC
from toolkit.reporter.numbers.caption_sentences import joined
from toolkit.reporter.numbers.metrics import Settings
from toolkit.reporter.numbers.results import Results

SPLITS = {"train": INK, "dev": "#a6a6a6"}
HATCHES = {"train": "", "dev": "///"}
SMALLEST_BAR = 0.002
"""Share of all sentences that is still seen in a histogram."""


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


def _data(asked: Asked) -> pd.DataFrame | None:
    data = histogram_data(asked.results, asked.figure.x)
    return data if len(data) else None


def _draw(asked: Asked, data: pd.DataFrame) -> Figure:
    return draw_histogram(visible_values(data), asked.group.label, asked.results.fixed)


def _caption(asked: Asked, data: pd.DataFrame) -> str:
    by = asked.figure.x
    beyond = int(data["sentences"].sum() - visible_values(data)["sentences"].sum())
    lie = "sentence lies" if beyond == 1 else "sentences lie"
    return joined(
        f"How many sentences have which {by}, as a share of each split.",
        f"{beyond:,} {lie} beyond the axis, fewer than 1 in 500 at any {by}." if beyond else "",
    )


KIND = Kind(_data, _draw, _caption, lambda _, data: data)
