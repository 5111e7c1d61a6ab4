"""Learning curves: the loss on the dev set and on the training set, epoch by epoch."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from toolkit.reporter.figures.axes import set_logarithmic, visible_range
from toolkit.reporter.figures.canvas import add_legend, add_note, panel_grid
from toolkit.reporter.figures.kind import Asked, Kind
from toolkit.reporter.figures.lines import strokes_of
from toolkit.reporter.figures.roles import Roles, panel_texts, place, roles_text
from toolkit.reporter.figures.style import FAINT, INK, RC, Strokes
from toolkit.reporter.numbers.caption_sentences import has_several_seeds, joined
from toolkit.reporter.numbers.metrics import Settings
from toolkit.reporter.numbers.results import Results
from toolkit.reporter.numbers.statistics import BROKEN_OFF, means_with_intervals
from toolkit.tasks.measure import Measure
from toolkit.tasks.measures import DEV_LOSS, LEARNING_RATE, TRAIN_LOSS

LOSSES = (DEV_LOSS, TRAIN_LOSS)
BOLD: dict[str, Any] = {"linewidth": 1.3}
THIN: dict[str, Any] = {"linewidth": 0.6, "alpha": 0.8}
MOST_LINES = 8

MANY: dict[str, Any] = {"linewidth": 0.7, "alpha": 0.6}


def curves_data(results: Results, roles: Roles, measures: Sequence[Measure] = LOSSES) -> pd.DataFrame:
    """Aggregate what is measured at each epoch over the seeds that reached it; one that broke off is a line of its own.

    Args:
        results: The runs to show.
        roles: What each key is in the figure.
        measures: What is shown: columns of history.csv.

    Returns:
        A row an epoch of a line: `panel`, `hue`, `style`, `line`, `status`, `epoch`, and for each measure the mean and
        the ends of the 95% interval (`dev_loss`, `dev_loss_low`, `dev_loss_high`, ..).
    """
    known = results.distinct[results.distinct["run"].notna()]
    placed = pd.DataFrame({"run": known["run"], "status": known["status"], "last": known["train.epochs"]})
    placed = placed.assign(**place(known, roles))
    placed["line"] = panel_texts(known, results.keys).where(known["status"] == "done", known["run"])
    merged = placed.merge(results.history, on="run")
    columns = [measure.name for measure in measures]
    reached = merged[merged["epoch"] <= merged["last"]].dropna(subset=columns, how="all")
    keys = ["panel", "hue", "style", "line", "status", "epoch"]
    return means_with_intervals(reached.groupby(keys, sort=False)[columns])


def draw_curves(
    data: pd.DataFrame,
    roles: Roles,
    fixed: Settings,
    measures: Sequence[Measure] = LOSSES,
    log: Collection[str] = (),
) -> Figure:
    """Draw the first measure boldly with its interval as a band, and a second one thinly beside it.

    Where panels are crowded, the first is drawn alone.

    Args:
        data: What `curves_data` returns, at least one row.
        roles: What each key is in the figure.
        fixed: The settings that all runs share, set small under the axes.
        measures: The columns of `data` to draw, one or two.
        log: Which of `x` and `y` have a logarithmic scale.

    Returns:
        A figure of a column's width, or of a page's where there are several panels.
    """
    with mpl.rc_context(RC):
        crowded = is_crowded(data)
        look = replace(strokes_of(data, roles), markers=defaultdict(str))
        figure, panels = panel_grid(list(data["panel"].unique()), "epoch", _label(measures))
        for panel, axes in panels.items():
            for _, line in data[data["panel"] == panel].groupby("line", sort=False):
                _draw_line(axes, line, look, measures, one_of_many=crowded)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
            axes.set_ylim(*_limits(data, measures, "y" in log))
            set_logarithmic(axes, log)
        add_legend(figure, roles, look, _kinds(data, measures))
        add_note(figure, fixed)
    return figure


def is_crowded(data: pd.DataFrame) -> bool:
    """Whether a panel has so many lines that the first measure alone is drawn."""
    return bool(data.groupby("panel")["line"].nunique().max() > MOST_LINES)


def _limits(data: pd.DataFrame, measures: Sequence[Measure], logarithmic: bool) -> tuple[float, float]:
    first = measures[0]
    points = pd.concat([data[one.name] for one in (measures[:1] if is_crowded(data) else measures)])
    return visible_range(points, data[f"{first.name}_low"], data[f"{first.name}_high"], first.most, logarithmic)


def _label(measures: Sequence[Measure]) -> str:
    return (measures[0] if len(measures) == 1 else replace(measures[0], name="loss")).label


def _draw_line(axes: Axes, line: pd.DataFrame, look: Strokes, measures: Sequence[Measure], one_of_many: bool) -> None:
    first, *others = (measure.name for measure in measures)
    pen = look.line(line["hue"].iloc[0], line["style"].iloc[0])
    if line["status"].iloc[0] in BROKEN_OFF:
        axes.plot(line["epoch"], line[first], markevery=[-1], marker="x", **THIN, **pen)
    elif one_of_many:
        axes.plot(line["epoch"], line[first], **MANY, **pen)
    else:
        axes.plot(line["epoch"], line[first], **BOLD, **pen)
        for other in others:
            axes.plot(line["epoch"], line[other], **THIN, **pen)
        band: dict[str, Any] = {"color": pen["color"], "alpha": FAINT / 2, "linewidth": 0}
        axes.fill_between(line["epoch"], line[f"{first}_low"], line[f"{first}_high"], **band)


def _kinds(data: pd.DataFrame, measures: Sequence[Measure]) -> list[Line2D]:
    pens = [Line2D([], [], color=INK, label=one.name, **pen) for one, pen in zip(measures, (BOLD, THIN), strict=False)]
    broken = [status for status in BROKEN_OFF if (data["status"] == status).any()]
    cross = Line2D([], [], color=INK, marker="x", linestyle="", label=" or ".join(broken))
    several = len(measures) > 1 and not is_crowded(data)
    return [*(pens if several else []), *([cross] if broken else [])]


def _caption(results: Results, roles: Roles, crowded: bool, measures: Sequence[Measure]) -> str:
    what = measures[0].name if crowded or len(measures) == 1 else _BOTH_LOSSES
    of_rate = measures[0] == LEARNING_RATE
    return joined(
        f"{LEARNING_RATE.name} of each epoch." if of_rate else f"{what} after each epoch; epoch 0 is before training.",
        roles_text(results, roles),
        _means(crowded) if has_several_seeds(results) and not of_rate else "",
        _broken_off(results),
    )


_BOTH_LOSSES = f"{DEV_LOSS.name} (bold) and {TRAIN_LOSS.name} (thin; averaged over the epoch while the weights change)"


def _means(crowded: bool) -> str:
    bands = "" if crowded else ", bands their 95% intervals (Student's t)"
    return f"Lines are means over seeds{bands}."


def _broken_off(results: Results) -> str:
    broken = [status for status in BROKEN_OFF if (results.runs["status"] == status).any()]
    return f"A run that {' or '.join(broken)} is a line of its own that ends in a cross." if broken else ""


def _kind_of(measures: Callable[[Asked], Sequence[Measure]]) -> Kind[pd.DataFrame]:
    """A kind of curves, by what they are of."""

    def data(asked: Asked) -> pd.DataFrame | None:
        shown = curves_data(asked.results, asked.roles, measures(asked))
        return shown if len(shown) else None

    def draw(asked: Asked, data: pd.DataFrame) -> Figure:
        return draw_curves(data, asked.roles, asked.results.fixed, measures(asked), asked.log)

    def caption(asked: Asked, data: pd.DataFrame) -> str:
        return _caption(asked.results, asked.roles, is_crowded(data), measures(asked))

    return Kind(data, draw, caption, lambda _, data: data)


KIND = _kind_of(lambda asked: (asked.results.curves[asked.figure.y],))
BOTH_LOSSES = _kind_of(lambda _: LOSSES)
"""No spec asks for it: a report has it by itself."""
