"""Importance: how much of the differences between settings each swept key accounts for."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from toolkit.reporter.figures.canvas import add_note
from toolkit.reporter.figures.kind import Asked, Kind
from toolkit.reporter.figures.style import COLUMN_WIDTH, INK, RC
from toolkit.reporter.numbers.caption_sentences import joined, over_seeds
from toolkit.reporter.numbers.metrics import Settings
from toolkit.reporter.numbers.results import Results
from toolkit.spec.words import value_text
from toolkit.tasks.measure import Measure

LEAST_SETTINGS = 8
"""Fewer settings say nothing about which key matters."""


def importance_data(results: Results, metric: Measure) -> pd.DataFrame:
    """The correlation ratio of each swept key.

        eta^2 = sum_v n_v (mean_v - mean)^2 / sum_i (y_i - mean)^2

    with y_i the settings' means, and n_v and mean_v the number and mean of the settings with value v of the key: the
    share of the variance between settings that the key alone accounts for. What the keys do together is in none of
    them, and a key that takes as many values as there are settings accounts for all by itself, so it is left out.

    Args:
        results: The runs to show.
        metric: The measure whose differences are explained.

    Returns:
        `key`, `share` (0 to 1) and `values`, the largest share first; no row where there is nothing to explain.
    """
    summary = results.summarised(results.keys, [metric])
    known = summary[np.isfinite(summary[metric.name])]
    y = known[metric.name]
    total = float(((y - y.mean()) ** 2).sum())
    texts = {key: known[key].map(value_text) for key in results.keys}
    explaining = [key for key in results.keys if 1 < texts[key].nunique() <= len(known) / 2]
    rows = [
        {
            "key": key,
            "share": float(((y.groupby(texts[key]).transform("mean") - y.mean()) ** 2).sum()) / total,
            "values": texts[key].nunique(),
        }
        for key in explaining
        if len(known) >= LEAST_SETTINGS and total > 0
    ]
    frame = pd.DataFrame(rows, columns=["key", "share", "values"])
    return frame.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def draw_importance(data: pd.DataFrame, metric: Measure, fixed: Settings) -> Figure:
    """Draw the shares as bars, the largest on top.

    Args:
        data: What `importance_data` returns, at least one row.
        metric: The measure whose differences are explained.
        fixed: The settings that all runs share, set small under the axes.

    Returns:
        A figure of a column's width.
    """
    with mpl.rc_context(RC):
        figure = Figure(figsize=(COLUMN_WIDTH, 1.2 + 0.28 * len(data)))
        axes = figure.subplots()
        axes.barh(data["key"], data["share"], color=INK, height=0.6)
        for place, share in enumerate(data["share"]):
            axes.text(share + 0.01, place, f"{share:.0%}", va="center", fontsize=7)
        axes.set(xlim=(0, 1.1), xlabel=f"share of the variance of {metric.name}")
        axes.invert_yaxis()
        axes.grid(False, axis="y")
        add_note(figure, fixed)
    return figure


def _data(asked: Asked) -> pd.DataFrame | None:
    data = importance_data(asked.results, asked.metric)
    return data if len(data) else None


def _draw(asked: Asked, data: pd.DataFrame) -> Figure:
    return draw_importance(data, asked.metric, asked.results.fixed)


def _caption(asked: Asked, _: pd.DataFrame) -> str:
    return joined(
        f"The share of the variance of {asked.figure.y} between settings that each key accounts for by itself (the "
        "correlation ratio eta squared); what keys do together is in none of them.",
        "Only swept values count: a key that was swept less far may matter more.",
        over_seeds(asked.results),
    )


KIND = Kind(_data, _draw, _caption, lambda _, data: data)
