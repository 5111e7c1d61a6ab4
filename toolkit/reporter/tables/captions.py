"""Captions: what a table or figure shows, over how many seeds, what its interval is, and what is not in it."""

from collections.abc import Sequence

from toolkit.reporter.figures.comparison import FEWEST_SENTENCES
from toolkit.reporter.figures.roles import Roles, goes_along
from toolkit.reporter.numbers.metrics import setting_text
from toolkit.reporter.numbers.results import Results
from toolkit.reporter.numbers.statistics import BROKEN_OFF
from toolkit.spec.words import value_text
from toolkit.tasks.measure import Measure
from toolkit.tasks.measures import DEV_LOSS, GRADIENT, LEARNING_RATE, TRAIN_LOSS

_BOTH_LOSSES = f"{DEV_LOSS.name} (bold) and {TRAIN_LOSS.name} (thin; averaged over the epoch while the weights change)"


def table_caption(results: Results, metrics: Sequence[Measure], best: bool = True) -> str:
    """What a table's columns mean and what its rows are over.

    Args:
        results: The runs that it shows.
        metrics: Its measures.
        best: Whether the best of each column is bold.
    """
    meanings = "; ".join(map(_is, metrics))
    ranked = best and len(results.summary) > 1 and any(metric.is_ranked for metric in metrics)
    return _joined(
        f"{meanings}.", _seeds(results), "The best of each column is bold." if ranked else "", _fixed(results)
    )


def pivot_caption(results: Results, metrics: Sequence[Measure], best: bool) -> str:
    """What a declared table shows, and how its cells are written."""
    seeds = results.summary["seeds"]
    several = "A number after ± is half the interval's length." if _several_seeds(results) else ""
    means = dict.fromkeys(metric.mean.meaning for metric in metrics if metric.mean and _several_seeds(results))
    brackets = [f"{meaning}, with its interval in brackets." for meaning in means]
    fewer = "A number in parentheses is a smaller number of finished seeds."
    absent = seeds[seeds > 0].nunique() > 1
    return _joined(table_caption(results, metrics, best), several, *brackets, fewer if absent else "")


def differences_caption(results: Results) -> str:
    """How the differences from the best setting are estimated and tested."""
    tested = int(results.contrasts["p"].notna().sum())
    return _joined(
        f"Differences in {results.metrics[0].name} from the best setting, and their 95% bootstrap intervals over seeds "
        "(percentiles, 2,000 resamples).",
        "Settings that share seeds are paired by seed and tested by Student's t-test, others by Welch's.",
        f"The p values are corrected for {tested} comparisons by Holm's method; told from the best: below 0.05."
        if tested > 1
        else "The one p value needs no correction; told from the best: below 0.05.",
        "The best was chosen from the same numbers, which flatters it.",
    )


def comparison_caption(results: Results, metric: Measure, roles: Roles) -> str:
    """What lines, dots or bars over settings show."""
    against = f" against {roles.x}" if roles.x else ""
    meaning = _roles(results, roles) if roles.x else ""
    return _joined(f"{metric.name}{against}.", meaning, means_caption(results, "point"))


def means_caption(results: Results, mark: str) -> str:
    """What the marks of a figure over settings are means of, and which are missing."""
    unfinished = (results.summary["seeds"] == 0).any()
    return _joined(
        _seeds(results),
        f"Faint {mark}s are single seeds." if _several_seeds(results) else "",
        "A cross at the edge is a setting without a finished run." if unfinished else "",
        "An interval much wider than the range of all points is cut off." if _several_seeds(results) else "",
    )


def heatmap_caption(results: Results, metric: Measure, roles: Roles, x: str, y: str) -> str:
    """What a heatmap shows."""
    unfinished = (results.summary["seeds"] == 0).any()
    return _joined(
        f"{metric.name} over {x} and {y}.",
        _roles(results, roles),
        _seeds(results),
        "A cell without a finished run is empty." if unfinished else "",
    )


def scatter_caption(results: Results, x: str, metric: Measure, roles: Roles, front: Sequence[str]) -> str:
    """What a scatter plot shows, and which settings are on its Pareto front.

    Args:
        results: The runs that it shows.
        x: What is on the horizontal axis.
        metric: What is on the vertical axis.
        roles: What each key is in the figure.
        front: The settings on the front, in words.
    """
    line = f"No setting is better than those on the line at no more {x}" if front else ""
    named = f": {'; '.join(front)}." if 0 < len(front) <= MOST_NAMED else "."
    return _joined(
        f"{metric.name} against {x}, a point for each setting.",
        _meanings(results, [x, metric.name]),
        _roles(results, roles),
        _seeds(results, "Points are means"),
        "Faint points are single seeds." if _several_seeds(results) else "",
        f"{line}{named}" if line else "",
    )


MOST_NAMED = 6


def group_caption(results: Results, by: str, metric: Measure, roles: Roles, counted: bool, thin: bool) -> str:
    """What a figure by a group of the task shows.

    Args:
        results: The runs that it shows.
        by: The group.
        metric: The measure.
        roles: What each key is in the figure.
        counted: Whether it shows how many sentences each value is over.
        thin: Whether some values are over few.
    """
    few = f"What is over fewer than {FEWEST_SENTENCES} sentences is faint, and without its interval."
    return _joined(
        f"{metric.name} for each {results.known_groups[by].meaning}; {_is(metric)}.",
        _roles(results, roles),
        _seeds(results),
        "Bars at the foot say how many sentences a point is over." if counted else "",
        few if thin else "",
    )


def parallel_caption(results: Results, metric: Measure) -> str:
    """What parallel coordinates show."""
    unfinished = (results.summary["seeds"] == 0).any()
    return _joined(
        f"A line for each setting, from its value of one key to that of the next; its colour is {metric.name}.",
        _seeds(results),
        "A setting without a finished run has no line." if unfinished else "",
    )


def importance_caption(results: Results, metric: Measure) -> str:
    """What the figure of importance shows, and what it does not."""
    return _joined(
        f"The share of the variance of {metric.name} between settings that each key accounts for by itself (the "
        "correlation ratio eta squared); what keys do together is in none of them.",
        "Only swept values count: a key that was swept less far may matter more.",
        _seeds(results),
    )


def curves_caption(results: Results, roles: Roles, crowded: bool, measures: Sequence[Measure]) -> str:
    """What the learning curves show."""
    what = measures[0].name if crowded or len(measures) == 1 else _BOTH_LOSSES
    of_rate = measures[0] == LEARNING_RATE
    return _joined(
        f"{LEARNING_RATE.name} of each epoch." if of_rate else f"{what} after each epoch; epoch 0 is before training.",
        _roles(results, roles),
        _curve_means(crowded) if _several_seeds(results) and not of_rate else "",
        _broken_off(results),
    )


def lag_caption(results: Results, roles: Roles, epochs: Sequence[int]) -> str:
    """What the figure of the gradient by lag shows.

    Args:
        results: What the runs gave.
        roles: What each key is in the figure.
        epochs: The epochs at which the drawn runs were last measured.
    """
    unfinished = (results.summary["seeds"] == 0).any()
    return _joined(
        f"{GRADIENT.name}: the norm of the share that term k, (J^T)^k g, has in the gradient of the recurrent weights, "
        "where k is the lag, g the error at the states and J the Jacobian of one cell step; lags beyond the lookback "
        "are measured too.",
        f"Averaged over the dev sentences that are long enough, {_measured_at(epochs)}.",
        _roles(results, roles),
        _lag_means(results),
        "A setting without a finished run has no line." if unfinished else "",
    )


def _lag_means(results: Results) -> str:
    bands = "Lines are geometric means over seeds, bands their 95% intervals (Student's t of the logarithms)"
    return f"{bands}{_unfinished(results)}." if _several_seeds(results) else _seeds(results)


def _measured_at(epochs: Sequence[int]) -> str:
    first, last = min(epochs), max(epochs)
    if first != last:
        return f"at the last epoch at which each run was measured ({first} to {last})"
    return f"after epoch {last}" if last else "before training"


def _curve_means(crowded: bool) -> str:
    bands = "" if crowded else ", bands their 95% intervals (Student's t)"
    return f"Lines are means over seeds{bands}."


def _roles(results: Results, roles: Roles) -> str:
    """What colours, line styles, panels and further lines stand for, and which keys go along with the colours."""
    along = [key for key in results.keys if key != roles.style and goes_along(results.runs, key, roles.hue)]
    return _joined(
        f"Colour is {roles.hue}." if roles.hue else "",
        f"Line style and marker are {roles.style}." if roles.style else "",
        f"One panel for each {_list(roles.panels)}." if roles.panels else "",
        f"One line for each {_list(roles.lines)}." if roles.lines else "",
        *(f"{key} is {_along(results, key, roles.hue or key)}." for key in along),
    )


def _along(results: Results, key: str, hue: str) -> str:
    pairs = results.runs[[key, hue]].map(value_text).drop_duplicates()
    return ", ".join(f"{value} for {name}" for value, name in pairs.itertuples(index=False))


def _meanings(results: Results, names: Sequence[str]) -> str:
    known = [results.measures[name] for name in names if name in results.measures]
    return f"{'; '.join(map(_is, known))}." if known else ""


def _is(metric: Measure) -> str:
    return f"{metric.name} is {metric.meaning}"


def _seeds(results: Results, means: str = "Means") -> str:
    lowest, highest = results.summary["seeds"].min(), results.summary["seeds"].max()
    if highest == 0:
        return "No run was finished."
    count = f"{lowest}" if lowest == highest else f"{lowest} to {highest}"
    if highest == 1:
        return "One seed a setting." if lowest == highest else "At most one finished seed a setting."
    unfinished = _unfinished(results)
    return f"{means} over {count} seeds with 95% intervals (Student's t){unfinished}."


def _unfinished(results: Results) -> str:
    words = {"diverged": "diverged", "failed": "failed", "missing": "not trained"}
    counts = {word: int(results.summary[column].sum()) for column, word in words.items()}
    parts = [f"{count} {word}" for word, count in counts.items() if count]
    return f"; left out: {' and '.join(parts)} of {len(results.distinct)} runs" if parts else ""


def _broken_off(results: Results) -> str:
    broken = [status for status in BROKEN_OFF if (results.runs["status"] == status).any()]
    return f"A run that {' or '.join(broken)} is a line of its own that ends in a cross." if broken else ""


def _several_seeds(results: Results) -> bool:
    return bool((results.summary["seeds"] > 1).any())


def _fixed(results: Results) -> str:
    return f"Fixed: {setting_text(results.fixed)}." if results.fixed else ""


def _list(keys: Sequence[str]) -> str:
    return " and ".join(keys)


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
