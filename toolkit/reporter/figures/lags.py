"""The gradient by lag: how much of the recurrent weights' gradient comes from how far back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from toolkit.reporter.figures.axes import set_logarithmic
from toolkit.reporter.figures.canvas import add_legend, add_note, panel_grid
from toolkit.reporter.figures.kind import Asked, Kind
from toolkit.reporter.figures.roles import Roles, hue_texts, panel_texts, roles_text
from toolkit.reporter.figures.style import FAINT, RC, Strokes, strokes
from toolkit.reporter.numbers.caption_sentences import has_several_seeds, joined, over_seeds, unfinished
from toolkit.reporter.numbers.metrics import Settings
from toolkit.reporter.numbers.results import Results
from toolkit.reporter.numbers.statistics import means_with_intervals
from toolkit.tasks.measures import GRADIENT

NORMS = ["norm", "norm_low", "norm_high"]
LINE: dict[str, Any] = {"linewidth": 1.2, "markersize": 3.2}


def last_measured(results: Results) -> pd.DataFrame:
    """The finished runs' gradients by lag at the last epoch that was measured and is one of their `train.epochs`.

    Args:
        results: The runs to show.

    Returns:
        A row a lag of a run: the columns of runs.csv, and `epoch`, `lag` and `norm`.
    """
    done = results.distinct[results.distinct["status"] == "done"]
    merged = done.assign(row=range(len(done))).merge(results.lags, on="run")
    reached = merged[merged["epoch"] <= merged["train.epochs"]]
    return reached[reached["epoch"] == reached.groupby("row")["epoch"].transform("max")].drop(columns="row")


def lag_data(measured: pd.DataFrame, keys: Sequence[str], roles: Roles) -> pd.DataFrame:
    """Aggregate the norms at each lag over seeds.

    Norms differ by orders of magnitude, so their logarithms are averaged: the mean is geometric, and its interval that
    of the mean logarithm.

    Args:
        measured: What `last_measured` returns.
        keys: The swept keys without the seed.
        roles: What each key is in the figure.

    Returns:
        A row a lag of a line: `panel`, `hue`, `line`, `lag`, the geometric mean `norm` and the ends of its 95% interval
        (`norm_low`, `norm_high`).
    """
    placed = measured[["lag", "norm"]].assign(
        panel=panel_texts(measured, roles.panels), hue=hue_texts(measured, roles.hue), line=panel_texts(measured, keys)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        placed["norm"] = np.log(placed["norm"])
        data = means_with_intervals(placed.groupby(["panel", "hue", "line", "lag"], sort=False)[["norm"]])
    data[NORMS] = np.exp(data[NORMS])
    return data


def draw_lags(data: pd.DataFrame, roles: Roles, fixed: Settings) -> Figure:
    """Draw the norm against the lag, on a logarithmic scale, with its interval as a band.

    Args:
        data: What `lag_data` returns, at least one row with a norm.
        roles: What each key is in the figure.
        fixed: The settings that all runs share, set small under the axes.

    Returns:
        A figure of a column's width, or of a page's where there are several panels.
    """
    with mpl.rc_context(RC):
        look = strokes(roles.hue, list(data["hue"].unique()))
        figure, panels = panel_grid(list(data["panel"].unique()), "lag (steps back)", "norm of the gradient")
        for panel, axes in panels.items():
            for _, line in data[data["panel"] == panel].groupby("line", sort=False):
                _draw_line(axes, line, look)
            _set_scales(axes, data)
        add_legend(figure, roles, look)
        add_note(figure, fixed)
    return figure


def _set_scales(axes: Axes, data: pd.DataFrame) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    norms = data["norm"]
    positive = norms[(norms > 0) & np.isfinite(norms)]
    if len(positive):
        set_logarithmic(axes, ["y"])


def _draw_line(axes: Axes, line: pd.DataFrame, look: Strokes) -> None:
    hue = line["hue"].iloc[0]
    axes.plot(line["lag"], line["norm"], marker=look.markers[hue], **LINE, **look.line(hue, hue))
    axes.fill_between(
        line["lag"], line["norm_low"], line["norm_high"], color=look.palette[hue], alpha=FAINT / 2, linewidth=0
    )


@dataclass(frozen=True)
class Shown:
    """What the figure shows.

    Attributes:
        lines: What `lag_data` returns.
        epochs: The epochs at which the drawn runs were last measured.
    """

    lines: pd.DataFrame
    epochs: Sequence[int]


def _data(asked: Asked) -> Shown | None:
    measured = last_measured(asked.results)
    if measured["norm"].isna().all():
        return None
    return Shown(lag_data(measured, asked.results.keys, asked.roles), measured["epoch"].unique().tolist())


def _draw(asked: Asked, shown: Shown) -> Figure:
    return draw_lags(shown.lines, asked.roles, asked.results.fixed)


def _caption(asked: Asked, shown: "Shown") -> str:
    results = asked.results
    lacking = (results.summary["seeds"] == 0).any()
    return joined(
        f"{GRADIENT.name}: the norm of the share that term k, (J^T)^k g, has in the gradient of the recurrent weights, "
        "where k is the lag, g the error at the states and J the Jacobian of one cell step; lags beyond the lookback "
        "are measured too.",
        f"Averaged over the dev sentences that are long enough, {_measured_at(shown.epochs)}.",
        roles_text(results, asked.roles),
        _means(results),
        "A setting without a finished run has no line." if lacking else "",
    )


def _means(results: Results) -> str:
    bands = "Lines are geometric means over seeds, bands their 95% intervals (Student's t of the logarithms)"
    return f"{bands}{unfinished(results)}." if has_several_seeds(results) else over_seeds(results)


def _measured_at(epochs: Sequence[int]) -> str:
    first, last = min(epochs), max(epochs)
    if first != last:
        return f"at the last epoch at which each run was measured ({first} to {last})"
    return f"after epoch {last}" if last else "before training"


KIND = Kind(_data, _draw, _caption, lambda _, shown: shown.lines)
