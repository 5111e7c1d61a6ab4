"""The figures of a report: the declared ones, or those that the sweep suggests."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pandas as pd

from toolkit.reporter.figures.bars import draw_bars
from toolkit.reporter.figures.canvas import Drawn
from toolkit.reporter.figures.comparison import comparison_data, comparison_table, is_thin
from toolkit.reporter.figures.curves import LOSSES, MOST_LINES, curves_data, draw_curves, is_crowded
from toolkit.reporter.figures.dots import draw_dots
from toolkit.reporter.figures.groups import draw_histogram, group_data, histogram_data, visible_values
from toolkit.reporter.figures.heatmap import draw_heatmap, heatmap_data
from toolkit.reporter.figures.importance import draw_importance, importance_data
from toolkit.reporter.figures.lags import draw_lags, lag_data, last_measured
from toolkit.reporter.figures.lines import draw_lines
from toolkit.reporter.figures.parallel import draw_parallel, parallel_data
from toolkit.reporter.figures.roles import CELL, Roles, comparison_roles, curve_roles, declared_roles
from toolkit.reporter.figures.scatter import draw_scatter, scatter_data
from toolkit.reporter.numbers.metrics import setting_text
from toolkit.reporter.numbers.results import Results
from toolkit.reporter.tables.captions import (
    comparison_caption,
    curves_caption,
    group_caption,
    heatmap_caption,
    importance_caption,
    lag_caption,
    parallel_caption,
    scatter_caption,
)
from toolkit.spec.claims import LAG
from toolkit.spec.reporting import FigureConfig
from toolkit.tasks.measure import Measure
from toolkit.tasks.measures import GRADIENT, GROUPED, LEARNING_RATE

LAGS = GRADIENT.name


def figures(results: Results) -> list[Drawn]:
    """Draw an experiment's figures; one that has nothing to show is left out.

    Args:
        results: What the runs gave.

    Returns:
        The figures in the order of the report. The learning rate has one where it is not constant.
    """
    declared = results.experiment.report.figures
    drawn = [_declared(figure, results) for figure in declared] if declared else list(_suggested(results))
    return [figure for figure in [*drawn, _learning_rate(results)] if figure is not None]


def _declared(figure: FigureConfig, results: Results) -> Drawn | None:
    part = results.narrowed(figure.where)
    if not part.summary["seeds"].any():
        return None
    drawn = KINDS[figure.kind](figure, part)
    return drawn if drawn is None or figure.caption is None else replace(drawn, caption=figure.caption)


def _line(figure: FigureConfig, results: Results) -> Drawn | None:
    if figure.x in results.known_groups:
        return _by_group(figure, results)
    if figure.x == LAG:
        return _gradient_by_lag(figure.name, results, declared_roles(results, figure))
    metric = results.measures[figure.y]
    roles = declared_roles(results, figure, figure.x)
    data = comparison_data(results, metric, roles)
    drawing = draw_lines(data, metric, roles, results.fixed, tuple(figure.log))
    return Drawn(figure.name, drawing, comparison_caption(results, metric, roles), comparison_table(data, metric))


def _by_group(figure: FigureConfig, results: Results) -> Drawn | None:
    return _draw_groups(figure, results, declared_roles(results, figure))


def _draw_groups(figure: FigureConfig, results: Results, roles: Roles) -> Drawn | None:
    by, metric = figure.x, GROUPED[figure.y]
    data = group_data(results, by, metric, roles)
    if not len(data.means):
        return None
    draw = draw_bars if figure.kind == "bar" else draw_lines
    drawing = draw(data, metric, roles, results.fixed, tuple(figure.log), results.known_groups[by].label)
    table = data.means.rename(columns={"x": by, "value": metric.name})
    caption = group_caption(results, by, metric, roles, figure.kind != "bar", bool(is_thin(data.means).any()))
    return Drawn(figure.name, drawing, caption, table)


def _histogram(figure: FigureConfig, results: Results) -> Drawn | None:
    data = histogram_data(results, figure.x)
    if not len(data):
        return None
    shown = visible_values(data)
    beyond = int(data["sentences"].sum() - shown["sentences"].sum())
    lie = "sentence lies" if beyond == 1 else "sentences lie"
    rest = f" {beyond:,} {lie} beyond the axis, fewer than 1 in 500 at any {figure.x}." if beyond else ""
    caption = f"How many sentences have which {figure.x}, as a share of each split.{rest}"
    return Drawn(figure.name, draw_histogram(shown, results.known_groups[figure.x].label, results.fixed), caption, data)


def _parallel(figure: FigureConfig, results: Results) -> Drawn | None:
    metric = results.measures[figure.y]
    data = parallel_data(results, metric)
    if len(data) < 2 or len(results.keys) < 2:
        return None
    drawing = draw_parallel(data, results.keys, metric, results.fixed)
    return Drawn(figure.name, drawing, parallel_caption(results, metric), data)


def _importance(figure: FigureConfig, results: Results) -> Drawn | None:
    metric = results.measures[figure.y]
    data = importance_data(results, metric)
    if not len(data):
        return None
    return Drawn(figure.name, draw_importance(data, metric, results.fixed), importance_caption(results, metric), data)


def _bar(figure: FigureConfig, results: Results) -> Drawn | None:
    if figure.x in results.known_groups:
        return _by_group(figure, results)
    metric = results.measures[figure.y]
    roles = declared_roles(results, figure, figure.x)
    data = comparison_data(results, metric, roles)
    drawing = draw_bars(data, metric, roles, results.fixed, tuple(figure.log))
    return Drawn(figure.name, drawing, comparison_caption(results, metric, roles), comparison_table(data, metric))


def _heatmap(figure: FigureConfig, results: Results) -> Drawn:
    metric = results.measures[figure.value or figure.y]
    roles = declared_roles(results, figure, figure.x, figure.y)
    roles = replace(roles, panels=[*roles.panels, *roles.lines], lines=())
    data = heatmap_data(results, figure.x, figure.y, metric, roles)
    drawing = draw_heatmap(data, figure.x, figure.y, metric, results.fixed)
    caption = heatmap_caption(results, metric, roles, figure.x, figure.y)
    return Drawn(figure.name, drawing, caption, data.drop(columns=["column", "row", "panel"]))


def _scatter(figure: FigureConfig, results: Results) -> Drawn:
    metric = results.measures[figure.y]
    roles = replace(declared_roles(results, figure), panels=[figure.facet] if figure.facet else [], lines=())
    data = scatter_data(results, figure.x, metric, roles)
    x = results.measures.get(figure.x, figure.x)
    drawing = draw_scatter(data, x, metric, roles, results.fixed, tuple(figure.log))
    caption = scatter_caption(results, figure.x, metric, roles, _front(data, results))
    return Drawn(figure.name, drawing, caption, data.drop(columns=["panel", "hue", "style", "line"]))


def _front(data: pd.DataFrame, results: Results) -> list[str]:
    front = data[data["front"]].to_dict("records")
    return [setting_text((key, row[key]) for key in results.keys) for row in front]


def _curves(figure: FigureConfig, results: Results) -> Drawn | None:
    shown = (results.curves[figure.y],)
    return _draw_curves(figure.name, results, declared_roles(results, figure), shown, tuple(figure.log))


KINDS: dict[str, Callable[[FigureConfig, Results], Drawn | None]] = {
    "line": _line,
    "bar": _bar,
    "heatmap": _heatmap,
    "scatter": _scatter,
    "curves": _curves,
    "histogram": _histogram,
    "parallel": _parallel,
    "importance": _importance,
}


def _suggested(results: Results) -> Iterator[Drawn | None]:
    """A comparison takes two settings, curves take something measured."""
    if len(results.summary) > 1 and results.summary["seeds"].any() and results.is_scattered:
        yield from _suggested_scatters(results) if results.experiment.search is None else ()
    elif len(results.summary) > 1 and results.summary["seeds"].any():
        roles = comparison_roles(results.runs, results.keys)
        for metric in (metric for metric in results.metrics if metric.is_drawn):
            data = comparison_data(results, metric, roles)
            draw = draw_lines if roles.x else draw_dots
            drawing = draw(data, metric, roles, results.fixed)
            caption = comparison_caption(results, metric, roles)
            yield Drawn(metric.name, drawing, caption, comparison_table(data, metric))
    yield learning_curves(results)
    yield from _suggested_groups(results)
    yield _gradient_by_lag(LAGS, results, curve_roles(results.runs, results.keys))
    yield from _suggested_overviews(results)


def learning_curves(results: Results) -> Drawn | None:
    """The losses epoch by epoch; None of many settings here and there, as a search's: nothing could be made out."""
    roles = curve_roles(results.runs, results.keys)
    if results.is_scattered:
        roles = replace(roles, panels=(), lines=(*roles.panels, *roles.lines))
    return None if _is_crowd(results) else _draw_curves("learning_curves", results, roles, LOSSES)


def _is_crowd(results: Results) -> bool:
    searched = results.experiment.search is not None
    return (searched or results.is_scattered) and len(results.summary) > MOST_LINES


def _suggested_scatters(results: Results) -> Iterator[Drawn | None]:
    """The decisive metric against each key by itself; a search's report has its own figure of that."""
    metric = results.metrics[0].name
    for key in results.keys:
        hue = CELL if CELL in results.keys and key != CELL else None
        name = f"{metric}_by_{key.replace('.', '_')}"
        yield _scatter(FigureConfig(name=name, kind="scatter", x=key, y=metric, hue=hue), results)


def _suggested_groups(results: Results) -> Iterator[Drawn | None]:
    """What `evaluate.by` asks for."""
    for by in dict.fromkeys(results.groups["by"]):
        for measure in GROUPED:
            figure = FigureConfig(name=f"{measure}_by_{by}", x=by, y=measure)
            yield _draw_groups(figure, results, curve_roles(results.runs, results.keys))
        yield _histogram(FigureConfig(name=f"{by}_of_sentences", kind="histogram", x=by, y="sentences"), results)


def _suggested_overviews(results: Results) -> Iterator[Drawn | None]:
    """What settings cost and, of many keys, which of them matter."""
    if len(results.summary) < 2 or not results.summary["seeds"].any():
        return
    decisive = results.metrics[0].name
    hue = comparison_roles(results.runs, results.keys).hue
    for cost in (measure.name for measure in results.measures.values() if measure.is_cost):
        if results.runs[cost].nunique() > 1:
            yield _scatter(FigureConfig(name=f"cost_in_{cost}", kind="scatter", x=cost, y=decisive, hue=hue), results)
    if len(results.keys) > 2:
        yield _parallel(FigureConfig(name="parallel", kind="parallel", x="settings", y=decisive), results)
        yield _importance(FigureConfig(name="importance", kind="importance", x="settings", y=decisive), results)


def _draw_curves(
    name: str, results: Results, roles: Roles, measures: tuple[Measure, ...], log: tuple[str, ...] = ()
) -> Drawn | None:
    data = curves_data(results, roles, measures)
    if not len(data):
        return None
    drawing = draw_curves(data, roles, results.fixed, measures, log)
    return Drawn(name, drawing, curves_caption(results, roles, is_crowded(data), measures), data)


def _learning_rate(results: Results) -> Drawn | None:
    """The schedule of the learning rate, a line for each that differs; None where all are constant or too many."""
    is_drawn = any(figure.y == LEARNING_RATE.name for figure in results.experiment.report.figures)
    rates = results.history.groupby("run")[LEARNING_RATE.name].nunique()
    if is_drawn or _is_crowd(results) or not (rates > 1).any():
        return None
    done = results.runs[results.runs["status"] == "done"]
    keys = [key for key in ("train.anneal", "train.learning_rate") if key in results.keys]
    part = replace(results, runs=done.reset_index(drop=True), keys=keys)
    roles = Roles(x=None, hue=keys[0] if keys else None, panels=[], style=keys[1] if keys[1:] else None)
    return _draw_curves(LEARNING_RATE.name, part, roles, (LEARNING_RATE,))


def _gradient_by_lag(name: str, results: Results, roles: Roles) -> Drawn | None:
    measured = last_measured(results)
    if measured["norm"].isna().all():
        return None
    data = lag_data(measured, results.keys, roles)
    drawing = draw_lags(data, roles, results.fixed)
    return Drawn(name, drawing, lag_caption(results, roles, measured["epoch"].unique().tolist()), data)
