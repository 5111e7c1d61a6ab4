"""Learning curves: the loss on the dev set and on the training set, epoch by epoch."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from toolkit.reporter.canvas import add_legend, add_note, panel_grid
from toolkit.reporter.metrics import Settings
from toolkit.reporter.roles import Roles, hue_texts, panel_texts
from toolkit.reporter.statistics import means_with_intervals
from toolkit.reporter.style import FAINT, INK, RC, Strokes, strokes

LOSSES = ("dev_loss", "train_loss")
BOLD: dict[str, Any] = {"linewidth": 1.3}
THIN: dict[str, Any] = {"linewidth": 0.6, "alpha": 0.8}
MOST_LINES = 8

MANY: dict[str, Any] = {"linewidth": 0.7, "alpha": 0.6}


def curves_data(runs: pd.DataFrame, history: pd.DataFrame, keys: Sequence[str], roles: Roles) -> pd.DataFrame:
    """Aggregate each epoch's losses over the seeds that reached it; a failed run is a line of its own.

    Args:
        runs: The frame of runs.csv.
        history: The frame of history.csv.
        keys: The swept keys without the seed.
        roles: What each key is in the figure.

    Returns:
        A row an epoch of a line: `panel`, `hue`, `line`, `status`, `epoch`, and for both losses the mean and the ends
        of the 95% interval (`dev_loss`, `dev_loss_low`, `dev_loss_high`, ..).
    """
    known = runs[runs["run"].notna()]
    placed = pd.DataFrame(
        {
            "run": known["run"],
            "status": known["status"],
            "last": known["train.epochs"],
            "panel": panel_texts(known, roles.panels),
            "hue": hue_texts(known, roles.hue),
            "line": panel_texts(known, keys).where(known["status"] == "done", known["run"]),
        }
    )
    merged = placed.merge(history, on="run")
    reached = merged[merged["epoch"] <= merged["last"]]
    return means_with_intervals(reached.groupby(["panel", "hue", "line", "status", "epoch"], sort=False)[list(LOSSES)])


def draw_curves(data: pd.DataFrame, roles: Roles, fixed: Settings) -> Figure:
    """Draw the dev loss boldly with its interval as a band, and the train loss thinly beside it.

    Where panels are crowded, the dev loss alone is drawn.

    Args:
        data: What `curves_data` returns, at least one row.
        roles: What each key is in the figure.
        fixed: The settings that all runs share, set small under the axes.

    Returns:
        A figure of a column's width, or of a page's where there are several panels.
    """
    with mpl.rc_context(RC):
        crowded = is_crowded(data)
        look = replace(strokes(roles.hue, list(data["hue"].unique())), markers=defaultdict(str))
        figure, panels = panel_grid(list(data["panel"].unique()), "epoch", "loss (nats)")
        for panel, axes in panels.items():
            for _, line in data[data["panel"] == panel].groupby("line", sort=False):
                _draw_line(axes, line, look, one_of_many=crowded)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
        add_legend(figure, roles.hue, look, _kinds(data))
        add_note(figure, fixed)
    return figure


def is_crowded(data: pd.DataFrame) -> bool:
    """Whether a panel has so many lines that the dev loss alone is drawn."""
    return bool(data.groupby("panel")["line"].nunique().max() > MOST_LINES)


def _draw_line(axes: Axes, line: pd.DataFrame, look: Strokes, one_of_many: bool) -> None:
    hue = line["hue"].iloc[0]
    dash = (0, look.dashes[hue]) if look.dashes[hue] else "-"
    pen: dict[str, Any] = {"color": look.palette[hue], "linestyle": dash}
    if line["status"].iloc[0] == "failed":
        axes.plot(line["epoch"], line["dev_loss"], markevery=[-1], marker="x", **THIN, **pen)
    elif one_of_many:
        axes.plot(line["epoch"], line["dev_loss"], **MANY, **pen)
    else:
        axes.plot(line["epoch"], line["dev_loss"], **BOLD, **pen)
        axes.plot(line["epoch"], line["train_loss"], **THIN, **pen)
        axes.fill_between(
            line["epoch"],
            line["dev_loss_low"],
            line["dev_loss_high"],
            color=look.palette[hue],
            alpha=FAINT / 2,
            linewidth=0,
        )


def _kinds(data: pd.DataFrame) -> list[Line2D]:
    kinds = [Line2D([], [], color=INK, label="dev_loss", **BOLD), Line2D([], [], color=INK, label="train_loss", **THIN)]
    failed = [Line2D([], [], color=INK, marker="x", linestyle="", label="failed")]
    return kinds * (not is_crowded(data)) + failed * bool((data["status"] == "failed").any())
