"""Captions of tables: what one shows, over how many seeds, what its interval is, and what is not in it."""

from collections.abc import Sequence

from toolkit.reporter.numbers.caption_sentences import has_several_seeds, joined, meaning, over_seeds
from toolkit.reporter.numbers.metrics import setting_text
from toolkit.reporter.numbers.results import Results
from toolkit.tasks.measure import Measure


def table_caption(results: Results, metrics: Sequence[Measure], best: bool = True) -> str:
    """What a table's columns mean and what its rows are over.

    Args:
        results: The runs that it shows.
        metrics: Its measures.
        best: Whether the best of each column is bold.
    """
    shown = "; ".join(map(meaning, metrics))
    ranked = best and len(results.summary) > 1 and any(metric.is_ranked for metric in metrics)
    return joined(
        f"{shown}.", over_seeds(results), "The best of each column is bold." if ranked else "", _fixed(results)
    )


def pivot_caption(results: Results, metrics: Sequence[Measure], best: bool) -> str:
    """What a declared table shows, and how its cells are written."""
    seeds = results.summary["seeds"]
    several = "A number after ± is half the interval's length." if has_several_seeds(results) else ""
    means = dict.fromkeys(metric.mean.meaning for metric in metrics if metric.mean and has_several_seeds(results))
    brackets = [f"{words}, with its interval in brackets." for words in means]
    fewer = "A number in parentheses is a smaller number of finished seeds."
    absent = seeds[seeds > 0].nunique() > 1
    return joined(table_caption(results, metrics, best), several, *brackets, fewer if absent else "")


def differences_caption(results: Results) -> str:
    """How the differences from the best setting are estimated and tested."""
    tested = int(results.contrasts["p"].notna().sum())
    return joined(
        f"Differences in {results.metrics[0].name} from the best setting, and their 95% bootstrap intervals over seeds "
        "(percentiles, 2,000 resamples).",
        "Settings that share seeds are paired by seed and tested by Student's t-test, others by Welch's.",
        f"The p values are corrected for {tested} comparisons by Holm's method; told from the best: below 0.05."
        if tested > 1
        else "The one p value needs no correction; told from the best: below 0.05.",
        "The best was chosen from the same numbers, which flatters it.",
    )


def _fixed(results: Results) -> str:
    return f"Fixed: {setting_text(results.fixed)}." if results.fixed else ""
