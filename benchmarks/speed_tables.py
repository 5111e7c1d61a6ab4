"""What `bench.py` measured, in Markdown as it stands in README.md and docs/speed.md."""

import math
from collections.abc import Mapping
from typing import Any

from markdown import markdown_table
from results import OWN
from sixteen_runs import EPOCHS, RUNS, WORKERS
from targets import targets

LARGE = 20_000


def tables(results: Mapping[str, Any]) -> dict[str, str]:
    """The tables and lists by name."""
    makers = (machine, epochs, differences, memory, waiting, sweep, growth, verdicts)
    return {maker.__name__: maker(results) for maker in makers}


def machine(results: Mapping[str, Any]) -> str:
    """The machine, and how long all took."""
    return f"{results['machine']} All of it took {results['minutes']:.0f} minutes."


def epochs(results: Mapping[str, Any]) -> str:
    """Seconds of an epoch by the toolkit, and by how much the others' are longer."""
    others = [name for name in results["contestants"] if name != OWN]
    rows = []
    for epoch in results["epochs"]:
        timed, updates = epoch["timed"], _updates(epoch["workload"])
        own = timed[OWN]["seconds"]
        rows.append(
            [
                _workload_text(epoch["workload"]),
                f"{own:.3g}",
                *(_multiple(timed.get(name), own, updates) for name in others),
            ]
        )
    return markdown_table(["an epoch of", f"{OWN} (s)", *others], rows)


def differences(results: Mapping[str, Any]) -> str:
    """What each contestant does differently."""
    return "\n".join(f"- {name}: {differs}." for name, differs in results["contestants"].items())


def memory(results: Mapping[str, Any]) -> str:
    """MiB before and while the large language model is trained."""
    rows = [
        [name, f"{before:.0f}", f"{most:.0f}", f"{most - before:.0f}"]
        for name, (before, most) in results["memory"].items()
    ]
    return markdown_table(["MiB", "libraries imported", "most in training", "added by training"], rows)


def waiting(results: Mapping[str, Any]) -> str:
    """Seconds until there is something to see."""
    rows = [[f"`{name}`", f"{seconds:.2f}"] for name, seconds in results["commands"].items()]
    rows.append(["quickstart, to the first epoch", f"{results['quickstart']:.1f}"])
    rows += [
        [f"first epoch of the first row, {name}", f"{sweep['first_epoch']:.1f}"]
        for name, sweep in results["sweep"].items()
    ]
    return markdown_table(["from the start of a process", "s"], rows)


def sweep(results: Mapping[str, Any]) -> str:
    """Seconds of 16 runs."""
    rows = [
        [f"{name}, workers: {WORKERS}" if name == OWN else name, f"{seconds['runs']:.1f}"]
        for name, seconds in results["sweep"].items()
    ]
    return markdown_table([f"{RUNS} runs of {EPOCHS} epochs of the first row", "s"], rows)


def growth(results: Mapping[str, Any]) -> str:
    """The straight lines."""
    rows = [
        [
            f"{each['what']}, {each['task']}",
            ", ".join(f"{size:,}: {seconds:.3g}" for size, seconds in zip(each["sizes"], each["seconds"], strict=True)),
            f"{each['fixed']:.3g} + {each['each']:.3g} x {each['what']}",
            f"{each['error']:.0%}",
        ]
        for each in results["growth"]
    ]
    return markdown_table(["by", "s", "straight line", "off by at most"], rows)


def verdicts(results: Mapping[str, Any]) -> str:
    """The targets."""
    rows = [
        [
            each.what,
            f"at {'least' if each.at_least else 'most'} {each.limit:g}",
            _figure(each.measured),
            "yes" if each.met else "no",
        ]
        for each in targets(results)
    ]
    return markdown_table(["target", "wanted", "measured", "met"], rows)


def _multiple(timed: Mapping[str, Any] | None, own: float, updates: int) -> str:
    if timed is None:
        return ""
    scaled = "*" if timed["updates"] < updates else ""
    return f"{_figure(timed['seconds'] / own)}{scaled}"


def _figure(value: float) -> str:
    """Two digits, or all of those before the point."""
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def _updates(workload: Mapping[str, Any]) -> int:
    updates: int = math.ceil(workload["sentences"] / workload["batch_size"])
    return updates


def _workload_text(workload: Mapping[str, Any]) -> str:
    parts = ["LM" if workload["task"] == "language_model" else "agreement, GRU", f"batch {workload['batch_size']}"]
    if workload["task"] == "agreement":
        parts.append(f"lookback {workload['lookback']}")
    if workload["vocabulary"] == LARGE:
        parts.append(f"{LARGE:,} words")
    if workload["dtype"] == "float64":
        parts.append("float64")
    return ", ".join(parts)
