"""The figures of a report: the declared ones, or those that the sweep suggests."""

from toolkit.reporter.figures.canvas import Drawn
from toolkit.reporter.figures.kind import kind_of
from toolkit.reporter.figures.suggested import learning_rate, suggested
from toolkit.reporter.numbers.results import Results
from toolkit.spec.reporting import FigureConfig


def figures(results: Results) -> list[Drawn]:
    """Draw an experiment's figures; one that has nothing to show is left out.

    Args:
        results: What the runs gave.

    Returns:
        The figures in the order of the report. The learning rate has one where it is not constant.
    """
    declared = results.experiment.report.figures
    drawn = [_declared(figure, results) for figure in declared] if declared else list(suggested(results))
    return [figure for figure in [*drawn, learning_rate(results)] if figure is not None]


def _declared(figure: FigureConfig, results: Results) -> Drawn | None:
    part = results.narrowed(figure.where)
    return kind_of(figure, part).drawn(figure, part) if part.summary["seeds"].any() else None
