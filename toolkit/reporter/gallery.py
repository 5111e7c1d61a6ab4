"""The figures of a report: the declared ones, or those that the sweep suggests."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pandas as pd

from toolkit.reporter.bars import draw_bars
from toolkit.reporter.canvas import Drawn
from toolkit.reporter.captions import (
    comparison_caption,
    curves_caption,
    heatmap_caption,
    lag_caption,
    scatter_caption,
)
from toolkit.reporter.comparison import comparison_data, comparison_table
from toolkit.reporter.curves import LOSSES, curves_data, draw_curves, is_crowded
from toolkit.reporter.dots import draw_dots
from toolkit.reporter.heatmap import draw_heatmap, heatmap_data
from toolkit.reporter.lags import draw_lags, lag_data, last_measured
from toolkit.reporter.lines import draw_lines
from toolkit.reporter.metrics import ACCURACY, BEST_LOSS, METRICS, setting_text
from toolkit.reporter.results import Results
from toolkit.reporter.roles import Roles, comparison_roles, curve_roles, declared_roles
from toolkit.reporter.scatter import draw_scatter, scatter_data
from toolkit.spec.reporting import FigureConfig

LAGS = "gradient_by_lag"
RATE = "learning_rate"


def figures(results: Results) -> list[Drawn]:
    """Draw an experiment's figures; one that has nothing to show is left out.

    Args:
        results: What the runs gave.

    Returns:
        The figures in the order of the report. The learning rate has one whenever it is not constant.
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


def _line(figure: FigureConfig, results: Results) -> Drawn:
    metric = METRICS[figure.y]
    roles = declared_roles(results, figure, figure.x)
    data = comparison_data(results, metric, roles)
    drawing = draw_lines(data, metric, roles, results.fixed, tuple(figure.log))
    return Drawn(figure.name, drawing, comparison_caption(results, metric, roles), comparison_table(data, metric))


def _bar(figure: FigureConfig, results: Results) -> Drawn:
    metric = METRICS[figure.y]
    roles = declared_roles(results, figure, figure.x)
    data = comparison_data(results, metric, roles)
    drawing = draw_bars(data, metric, roles, results.fixed, tuple(figure.log))
    return Drawn(figure.name, drawing, comparison_caption(results, metric, roles), comparison_table(data, metric))


def _heatmap(figure: FigureConfig, results: Results) -> Drawn:
    metric = METRICS[figure.value or figure.y]
    roles = declared_roles(results, figure, figure.x, figure.y)
    roles = replace(roles, panels=[*roles.panels, *roles.lines], lines=())
    data = heatmap_data(results, figure.x, figure.y, metric, roles)
    drawing = draw_heatmap(data, figure.x, figure.y, metric, results.fixed)
    caption = heatmap_caption(results, metric, roles, figure.x, figure.y)
    return Drawn(figure.name, drawing, caption, data.drop(columns=["column", "row", "panel"]))


def _scatter(figure: FigureConfig, results: Results) -> Drawn:
    metric = METRICS[figure.y]
    roles = replace(declared_roles(results, figure), panels=[figure.facet] if figure.facet else [], lines=())
    data = scatter_data(results, figure.x, metric, roles)
    drawing = draw_scatter(data, figure.x, metric, roles, results.fixed, tuple(figure.log))
    caption = scatter_caption(results, figure.x, metric, roles, _front(data, results))
    return Drawn(figure.name, drawing, caption, data.drop(columns=["panel", "hue", "style", "line"]))


def _front(data: pd.DataFrame, results: Results) -> list[str]:
    front = data[data["front"]].to_dict("records")
    return [setting_text((key, row[key]) for key in results.keys) for row in front]


def _curves(figure: FigureConfig, results: Results) -> Drawn | None:
    return _draw_curves(figure.name, results, declared_roles(results, figure), (figure.y,), tuple(figure.log))


KINDS: dict[str, Callable[[FigureConfig, Results], Drawn | None]] = {
    "line": _line,
    "bar": _bar,
    "heatmap": _heatmap,
    "scatter": _scatter,
    "curves": _curves,
}


def _suggested(results: Results) -> Iterator[Drawn | None]:
    """A comparison takes two settings, curves take something measured."""
    if len(results.summary) > 1 and results.summary["seeds"].any():
        roles = comparison_roles(results.runs, results.keys)
        for metric in (metric for metric in results.metrics if metric in (BEST_LOSS, ACCURACY)):
            data = comparison_data(results, metric, roles)
            draw = draw_lines if roles.x else draw_dots
            drawing = draw(data, metric, roles, results.fixed)
            caption = comparison_caption(results, metric, roles)
            yield Drawn(metric.name, drawing, caption, comparison_table(data, metric))
    yield _draw_curves("learning_curves", results, curve_roles(results.runs, results.keys), LOSSES)
    yield _gradient_by_lag(results)


def _draw_curves(
    name: str, results: Results, roles: Roles, measures: tuple[str, ...], log: tuple[str, ...] = ()
) -> Drawn | None:
    data = curves_data(results, roles, measures)
    if not len(data):
        return None
    drawing = draw_curves(data, roles, results.fixed, measures, log)
    return Drawn(name, drawing, curves_caption(results, roles, is_crowded(data), measures), data)


def _learning_rate(results: Results) -> Drawn | None:
    """The schedule of the learning rate, a line for each that differs; None where every rate is constant."""
    rates = results.history.groupby("run")[RATE].nunique()
    if not (rates > 1).any() or any(figure.y == RATE for figure in results.experiment.report.figures):
        return None
    done = results.runs[results.runs["status"] == "done"]
    keys = [key for key in ("train.anneal", "train.learning_rate") if key in results.keys]
    part = replace(results, runs=done.reset_index(drop=True), keys=keys)
    roles = Roles(x=None, hue=keys[0] if keys else None, panels=[], style=keys[1] if keys[1:] else None)
    return _draw_curves(RATE, part, roles, (RATE,))


def _gradient_by_lag(results: Results) -> Drawn | None:
    measured = last_measured(results)
    if measured["norm"].isna().all():
        return None
    roles = curve_roles(results.runs, results.keys)
    data = lag_data(measured, results.keys, roles)
    drawing = draw_lags(data, roles, results.fixed)
    return Drawn(LAGS, drawing, lag_caption(results, roles, measured["epoch"].unique().tolist()), data)
