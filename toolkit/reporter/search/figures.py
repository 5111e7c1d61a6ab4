"""The figures of a search: its course, a slice a key, parallel coordinates, and which keys mattered."""

from collections.abc import Iterator
from dataclasses import replace

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from toolkit.reporter.figures.axes import positions, set_scale
from toolkit.reporter.figures.canvas import Drawn, add_note
from toolkit.reporter.figures.parallel import draw_parallel
from toolkit.reporter.figures.style import COLUMN_WIDTH, FAINT, INK, PAGE_WIDTH, RC
from toolkit.reporter.figures.suggested import learning_curves
from toolkit.reporter.search.ranking import LEAST_TRIALS, Trials, best_so_far, importances, searched_keys, slices

SLICES_A_ROW = 3
SLICE_WIDTH = 1.6
"""Length of a slice's axis, in inches."""
ACCENT = "#d55e00"
"""What marks the best."""


def search_figures(trials: Trials) -> Iterator[Drawn]:
    """Draw a search's figures; none where no trial has a result."""
    if not len(trials.ranking):
        return
    metric, keys = trials.metric, searched_keys(trials)
    course = best_so_far(trials)
    yield Drawn("best_so_far", _draw_course(trials, course), _course_caption(trials), course)
    if keys and len(trials.ranking) > 1:
        cut = slices(trials)
        yield Drawn("slices", _draw_slices(trials, cut, keys), _slices_caption(trials), cut)
        worst_first = trials.ranking[[*keys, metric.name]][::-1].reset_index(drop=True)
        caption = f"Parallel coordinates: every trial as a line over its values; colour is {metric.name}."
        yield Drawn("parallel", draw_parallel(worst_first, keys, metric, trials.results.fixed), caption, worst_first)
    if trials.confirmed and (curves := learning_curves(trials.confirmed)):
        yield replace(curves, caption=f"The best trial on fresh seeds. {curves.caption}")
    found = importances(trials)
    if len(found):
        yield Drawn("importance", _draw_importances(trials, found), _importance_caption(trials), found)


def _draw_course(trials: Trials, course: pd.DataFrame) -> Figure:
    """The best so far as a step, each trial as a point: against the number of trials, and against time."""
    with mpl.rc_context(RC):
        figure = Figure(figsize=(PAGE_WIDTH, 2.6))
        left, right = figure.subplots(1, 2, sharey=True)
        for axes, x, label in ((left, "trial", "trial"), (right, "seconds", "training time so far (s)")):
            axes.plot(course[x], course[trials.metric.name], "o", color=INK, alpha=FAINT, markersize=3)
            axes.step(course[x], course["best"], where="post", color=ACCENT, linewidth=1.6)
            axes.set_xlabel(label)
        left.set_ylabel(trials.metric.label)
        add_note(figure, trials.results.fixed)
    return figure


def _draw_slices(trials: Trials, cut: pd.DataFrame, keys: list[str]) -> Figure:
    """A panel a key; the later a trial, the darker its point."""
    columns = min(len(keys), SLICES_A_ROW)
    rows = -(-len(keys) // columns)
    with mpl.rc_context(RC):
        figure = Figure(figsize=(PAGE_WIDTH, 0.5 + 1.9 * rows))
        panels = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel()
        for axes in panels[len(keys) :]:
            axes.set_visible(False)
        for axes, key in zip(panels, keys, strict=False):
            part = cut[cut["key"] == key].dropna(subset=["value"])
            places = positions(list(dict.fromkeys(part["value"])))
            at = part["value"].map(places)
            axes.scatter(at, part[trials.metric.name], c=part["trial"], cmap="Greys", vmin=-len(part) / 2, s=12)
            axes.plot(at.iloc[:1], part[trials.metric.name].iloc[:1], "*", color=ACCENT, markersize=10)
            set_scale(axes, places, SLICE_WIDTH, trials.search.space[key].log)
            axes.set_xlabel(key)
        for axes in panels[::columns]:
            axes.set_ylabel(trials.metric.label)
        add_note(figure, trials.results.fixed)
    return figure


def _draw_importances(trials: Trials, found: pd.DataFrame) -> Figure:
    with mpl.rc_context(RC):
        figure = Figure(figsize=(COLUMN_WIDTH, 1.2 + 0.28 * len(found)))
        axes = figure.subplots()
        axes.barh(found["key"], found["importance"], xerr=found["spread"], color=INK, height=0.6, ecolor=ACCENT)
        axes.set_xlabel("permutation importance (loss of R²)")
        axes.invert_yaxis()
        axes.grid(False, axis="y")
        add_note(figure, trials.results.fixed)
    return figure


def _course_caption(trials: Trials) -> str:
    return (
        f"The best {trials.metric.name} so far (step) and that of each trial (points), against the number of trials "
        "and against their training time, one after another."
    )


def _slices_caption(trials: Trials) -> str:
    return (
        f"{trials.metric.name} against each searched key, a point a trial, later ones darker; the star is the best. "
        "The other keys vary from point to point."
    )


def _importance_caption(trials: Trials) -> str:
    return (
        f"Permutation importance of each key for {trials.metric.name}: how much of its R² a random forest, fitted to "
        f"the {len(trials.ranking)} trials, loses when the key's values are shuffled (scikit-learn; whiskers are "
        "standard deviations over the shuffles). It is about the region that was searched, and left out where there "
        f"are fewer than {LEAST_TRIALS} trials."
    )
