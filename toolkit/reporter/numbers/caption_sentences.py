"""What captions of tables and figures share: what is measured, over how many seeds, and what is left out."""

from collections.abc import Sequence

from toolkit.reporter.numbers.results import Results
from toolkit.tasks.measure import Measure


def joined(*sentences: str) -> str:
    """Those of the sentences that say something, in one text."""
    return " ".join(sentence for sentence in sentences if sentence)


def meaning(metric: Measure) -> str:
    """What a measure is."""
    return f"{metric.name} is {metric.meaning}"


def meanings(results: Results, names: Sequence[str]) -> str:
    """What those of these columns are that are measures."""
    known = [results.measures[name] for name in names if name in results.measures]
    return f"{'; '.join(map(meaning, known))}." if known else ""


def over_seeds(results: Results, means: str = "Means") -> str:
    """Over how many seeds numbers are, and what their interval is.

    Args:
        results: The runs that are shown.
        means: What is shown, to begin the sentence with.
    """
    lowest, highest = results.summary["seeds"].min(), results.summary["seeds"].max()
    if highest == 0:
        return "No run was finished."
    count = f"{lowest}" if lowest == highest else f"{lowest} to {highest}"
    if highest == 1:
        return "One seed a setting." if lowest == highest else "At most one finished seed a setting."
    return f"{means} over {count} seeds with 95% intervals (Student's t){unfinished(results)}."


def unfinished(results: Results) -> str:
    """What of the runs is not in the means, to end a sentence with."""
    words = {"diverged": "diverged", "failed": "failed", "missing": "not trained"}
    counts = {word: int(results.summary[column].sum()) for column, word in words.items()}
    parts = [f"{count} {word}" for word, count in counts.items() if count]
    return f"; left out: {' and '.join(parts)} of {len(results.distinct)} runs" if parts else ""


def has_several_seeds(results: Results) -> bool:
    """Whether a setting has several finished seeds."""
    return bool((results.summary["seeds"] > 1).any())
