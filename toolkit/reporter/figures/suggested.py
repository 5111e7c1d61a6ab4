"""The figures that a report has by itself where its spec declares none: a list of what is shown of which results."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from toolkit.reporter.figures import curves, dots
from toolkit.reporter.figures.canvas import Drawn
from toolkit.reporter.figures.curves import MOST_LINES
from toolkit.reporter.figures.kind import Kind, kind_of
from toolkit.reporter.figures.roles import CELL, Roles, comparison_roles, curve_roles
from toolkit.reporter.numbers.results import Results
from toolkit.spec.figure_kinds import EPOCH, LAG, NORM, SENTENCES, SETTINGS
from toolkit.spec.reporting import FigureConfig
from toolkit.tasks.measures import DEV_LOSS, GRADIENT, GROUPED, LEARNING_RATE


@dataclass(frozen=True)
class Suggestion:
    """Figures that are shown of some results.

    Attributes:
        suits: Whether they are shown of these results; where there is nothing to show, the kind of figure finds that.
        figures: What is asked for, as a spec would declare it.
        roles: What each key is in them; None for what is declared.
        kind: What they are, where a spec cannot ask for it; None for the kind that is declared.
    """

    suits: Callable[[Results], bool]
    figures: Callable[[Results], Iterable[FigureConfig]]
    roles: Callable[[Results], Roles] | None = None
    kind: Kind[Any] | None = None

    def drawn(self, results: Results) -> Iterator[Drawn | None]:
        """The figures; None for one that has nothing to show."""
        if not self.suits(results):
            return
        roles = self.roles(results) if self.roles else None
        for figure in self.figures(results):
            yield (self.kind or kind_of(figure, results)).drawn(figure, results, roles)


def suggested(results: Results) -> Iterator[Drawn | None]:
    """Draw what a report shows by itself; None for a figure that has nothing to show."""
    for suggestion in SUGGESTIONS:
        yield from suggestion.drawn(results)


def learning_curves(results: Results) -> Drawn | None:
    """The losses epoch by epoch; None where nothing could be made out."""
    return next(LOSSES.drawn(results), None)


def learning_rate(results: Results) -> Drawn | None:
    """The schedule of the learning rate, a line for each that differs; None where all are constant or too many."""
    is_drawn = any(figure.y == LEARNING_RATE.name for figure in results.experiment.report.figures)
    rates = results.history.groupby("run")[LEARNING_RATE.name].nunique()
    if is_drawn or not _has_few_lines(results) or not (rates > 1).any():
        return None
    done = results.runs[results.runs["status"] == "done"]
    keys = [key for key in ("train.anneal", "train.learning_rate") if key in results.keys]
    part = replace(results, runs=done.reset_index(drop=True), keys=keys)
    roles = Roles(x=None, hue=keys[0] if keys else None, panels=[], style=keys[1] if keys[1:] else None)
    figure = FigureConfig(name=LEARNING_RATE.name, kind="curves", x=EPOCH, y=LEARNING_RATE.name)
    return curves.KIND.drawn(figure, part, roles)


def _is_comparison(results: Results) -> bool:
    return len(results.summary) > 1 and bool(results.summary["seeds"].any())


def _is_scattered(results: Results) -> bool:
    """Whether settings lie here and there; a search's report has its own figure of that."""
    return _is_comparison(results) and results.is_scattered and results.experiment.search is None


def _has_scale(results: Results) -> bool:
    return _is_comparison(results) and not results.is_scattered and _by_setting(results).x is not None


def _has_names(results: Results) -> bool:
    return _is_comparison(results) and not results.is_scattered and _by_setting(results).x is None


def _has_few_lines(results: Results) -> bool:
    """Whether lines can be made out: not of many settings here and there, as a search's."""
    searched = results.experiment.search is not None
    return not (searched or results.is_scattered) or len(results.summary) <= MOST_LINES


def _has_many_keys(results: Results) -> bool:
    return _is_comparison(results) and len(results.keys) > 2


def _always(_: Results) -> bool:
    return True


def _by_setting(results: Results) -> Roles:
    return comparison_roles(results.runs, results.keys)


def _by_epoch(results: Results) -> Roles:
    return curve_roles(results.runs, results.keys)


def _by_epoch_in_one_panel(results: Results) -> Roles:
    roles = _by_epoch(results)
    return replace(roles, panels=(), lines=(*roles.panels, *roles.lines)) if results.is_scattered else roles


def _decisive_by_key(results: Results) -> Iterator[FigureConfig]:
    """The decisive measure against each key by itself."""
    decisive = results.metrics[0].name
    for key in results.keys:
        hue = CELL if CELL in results.keys and key != CELL else None
        name = f"{decisive}_by_{key.replace('.', '_')}"
        yield FigureConfig(name=name, kind="scatter", x=key, y=decisive, hue=hue)


def _measures(results: Results) -> Iterator[FigureConfig]:
    """The measures that a report shows by itself, over settings."""
    for metric in (metric for metric in results.metrics if metric.is_drawn):
        yield FigureConfig(name=metric.name, x=_by_setting(results).x or SETTINGS, y=metric.name)


def _losses(_: Results) -> Iterator[FigureConfig]:
    yield FigureConfig(name="learning_curves", kind="curves", x=EPOCH, y=DEV_LOSS.name)


def _groups(results: Results) -> Iterator[FigureConfig]:
    """What `evaluate.by` asks for."""
    for by in dict.fromkeys(results.groups["by"]):
        for measure in GROUPED:
            yield FigureConfig(name=f"{measure}_by_{by}", x=by, y=measure)
        yield FigureConfig(name=f"{by}_of_sentences", kind="histogram", x=by, y=SENTENCES)


def _lags(_: Results) -> Iterator[FigureConfig]:
    yield FigureConfig(name=GRADIENT.name, x=LAG, y=NORM)


def _costs(results: Results) -> Iterator[FigureConfig]:
    """What settings cost, where that differs."""
    decisive, hue = results.metrics[0].name, _by_setting(results).hue
    for cost in (measure.name for measure in results.measures.values() if measure.is_cost):
        if results.runs[cost].nunique() > 1:
            yield FigureConfig(name=f"cost_in_{cost}", kind="scatter", x=cost, y=decisive, hue=hue)


def _overviews(results: Results) -> Iterator[FigureConfig]:
    """Of many keys, which of them matter."""
    for kind in ("parallel", "importance"):
        yield FigureConfig(name=kind, kind=kind, x=SETTINGS, y=results.metrics[0].name)


LOSSES = Suggestion(_has_few_lines, _losses, _by_epoch_in_one_panel, curves.BOTH_LOSSES)
SUGGESTIONS = (
    Suggestion(_is_scattered, _decisive_by_key),
    Suggestion(_has_scale, _measures, _by_setting),
    Suggestion(_has_names, _measures, _by_setting, dots.KIND),
    LOSSES,
    Suggestion(_always, _groups, _by_epoch),
    Suggestion(_always, _lags, _by_epoch),
    Suggestion(_is_comparison, _costs),
    Suggestion(_has_many_keys, _overviews),
)
"""In the order of the report: of which results, which figures, with which roles."""
