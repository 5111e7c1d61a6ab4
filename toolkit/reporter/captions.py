"""Captions: what a table or figure shows, over how many seeds, what its interval is, and what is not in it."""

from collections.abc import Sequence

from toolkit.reporter.metrics import (
    ACCURACY,
    BEST_LOSS,
    PERPLEXITY,
    TEST_ACCURACY,
    TEST_LOSS,
    TEST_PERPLEXITY,
    Metric,
    setting_text,
)
from toolkit.reporter.results import Results
from toolkit.reporter.roles import Roles

_MEANING = {
    BEST_LOSS: "the lowest dev loss of any epoch (cross-entropy in nats)",
    PERPLEXITY: "exp(best_loss)",
    ACCURACY: "the share of right predictions on the dev set at the epoch of the lowest dev loss",
    TEST_LOSS: "the loss on the test set with the weights of that epoch",
    TEST_PERPLEXITY: "exp(test_loss)",
    TEST_ACCURACY: "the share of right predictions on the test set with the weights of that epoch",
}

_BOTH_LOSSES = "dev_loss (bold) and train_loss (thin; averaged over the epoch while the weights change)"


def table_caption(results: Results) -> str:
    """What the comparison table's columns mean and what its rows are over."""
    meanings = "; ".join(f"{metric.name} is {_MEANING[metric]}" for metric in results.metrics)
    marked = "The best of each column is bold." if len(results.summary) > 1 else ""
    return _joined(f"{meanings}.", _seeds(results), marked, _fixed(results))


def comparison_caption(results: Results, metric: Metric, roles: Roles) -> str:
    """What the comparison figure shows."""
    against = f" against {roles.x}" if roles.x else ""
    apart = f" for each {roles.hue}" if roles.hue and roles.x else ""
    panels = f", one panel for each {_list(roles.panels)}" if roles.panels and roles.x else ""
    lines = f", one line for each {_list(roles.lines)}" if roles.lines and roles.x else ""
    crosses = (
        "A cross at the edge is a setting without a finished run." if (results.summary["seeds"] == 0).any() else ""
    )
    return _joined(
        f"{metric.name}{against}{apart}{panels}{lines}.",
        _seeds(results),
        "Faint points are single seeds." if _several_seeds(results) else "",
        crosses,
    )


def curves_caption(results: Results, roles: Roles, crowded: bool) -> str:
    """What the learning curves show."""
    return _joined(
        f"{'dev_loss' if crowded else _BOTH_LOSSES} after each epoch; epoch 0 is before training.",
        f"Colour is {roles.hue}." if roles.hue else "",
        f"One panel for each {_list(roles.panels)}." if roles.panels else "",
        f"One line for each {_list(roles.lines)}." if roles.lines else "",
        _curve_means(crowded) if _several_seeds(results) else "",
        "A failed run is a line of its own that ends in a cross." if (results.runs["status"] == "failed").any() else "",
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
        "gradient_by_lag: the norm of the share that term k, (J^T)^k g, has in the gradient of the recurrent weights, "
        "where k is the lag, g the error at the states and J the Jacobian of one cell step; lags beyond the lookback "
        "are measured too.",
        f"Averaged over the dev sentences that are long enough, {_measured_at(epochs)}.",
        f"Colour is {roles.hue}." if roles.hue else "",
        f"One panel for each {_list(roles.panels)}." if roles.panels else "",
        f"One line for each {_list(roles.lines)}." if roles.lines else "",
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


def _seeds(results: Results) -> str:
    lowest, highest = results.summary["seeds"].min(), results.summary["seeds"].max()
    if highest == 0:
        return "No run was finished."
    count = f"{lowest}" if lowest == highest else f"{lowest} to {highest}"
    if highest == 1:
        return "One seed a setting." if lowest == highest else "At most one finished seed a setting."
    unfinished = _unfinished(results)
    return f"Means over {count} seeds with 95% intervals (Student's t){unfinished}."


def _unfinished(results: Results) -> str:
    counts = {"failed": int(results.summary["failed"].sum()), "not trained": int(results.summary["missing"].sum())}
    parts = [f"{count} {word}" for word, count in counts.items() if count]
    return f"; left out: {' and '.join(parts)} of {len(results.runs)} runs" if parts else ""


def _several_seeds(results: Results) -> bool:
    return bool((results.summary["seeds"] > 1).any())


def _fixed(results: Results) -> str:
    return f"Fixed: {setting_text(results.fixed)}." if results.fixed else ""


def _list(keys: Sequence[str]) -> str:
    return " and ".join(keys)


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
