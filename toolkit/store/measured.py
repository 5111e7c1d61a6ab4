"""What was measured of a run, by the columns of runs.csv."""

import math
import statistics
from typing import Any

from toolkit.store.records import RunRecord


def measured(record: RunRecord, task: str) -> dict[str, Any]:
    """The measures of a run, those of its best epoch where an epoch has them.

    Args:
        record: The run's record, cut to the epochs that are asked for.
        task: `language_model`, which has a perplexity, or `agreement`.

    Returns:
        The columns of `toolkit.spec.measures.MEASURES` with their values; None for what was not measured.
    """
    best = record.best
    if best is None:
        return {"parameters": record.parameters}
    test, by_sentence = best.test or {}, best.by_sentence or {}
    seconds = [epoch.seconds for epoch in record.history if epoch.seconds is not None]
    return {
        "best_loss": best.dev_loss,
        "best_epoch": best.epoch,
        "final_loss": record.history[-1].dev_loss,
        "perplexity": perplexity(best.dev_loss) if task == "language_model" else None,
        "accuracy": best.dev_accuracy,
        "test_loss": test.get("loss"),
        "test_perplexity": perplexity(test["loss"]) if "loss" in test and task == "language_model" else None,
        "test_accuracy": test.get("accuracy"),
        "seconds_per_epoch": statistics.median(seconds) if seconds else None,
        "parameters": record.parameters,
        "balanced_accuracy": by_sentence.get("balanced_accuracy"),
        "plural_f1": by_sentence.get("plural_f1"),
        "majority_accuracy": by_sentence.get("majority_accuracy"),
        "training_seconds": math.fsum(seconds) if seconds else None,
    }


def perplexity(loss: float) -> float:
    """exp(loss) of a cross-entropy in nats a token; infinite where a float cannot hold it."""
    try:
        return math.exp(loss)
    except OverflowError:
        return math.inf
