"""What a model predicts, one prediction after another, and what its task measures of them."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from toolkit.builder.model.sequence_model import SequenceModel
from toolkit.builder.training.feed import Feed
from toolkit.data.examples import Examples
from toolkit.tasks.task import Predictions, Task


def measure_sentences(model: SequenceModel, dev: Feed, train: Examples, task: Task) -> dict[str, Any]:
    """Measure a model prediction by prediction, for what the loss of a whole set does not say.

    Args:
        model: The model with its best weights.
        dev: The sentences to measure.
        train: The training sentences, which are counted only.
        task: What is predicted.

    Returns:
        What the task's `measure` says, as plain numbers (None where there is none), and `groups`, a row a value of each
        of its groups in each split: `split`, `by`, `value`, `sentences`, and for `dev` `accuracy` (the share of right
        predictions; none of numbers) and `loss` (a prediction's mean).
    """
    predictions = predict_each(model, dev, train)
    groups = [*_group_rows("train", train, task), *_group_rows("dev", dev.examples, task, predictions)]
    return {**task.measured(predictions), "groups": groups}


def predict_each(model: SequenceModel, feed: Feed, train: Examples) -> Predictions:
    """What a model predicts of the sentences of a feed, in their order, beside what it should."""
    losses, said = [], []
    for batch in feed.single_batches():
        kinds = tuple((name, values.dtype.name, values.ndim) for name, values in batch.inputs.items())
        score = model.compiled_once(compiled_scores, kinds)
        valid = batch.weights.ravel() > 0
        scores = score(batch.inputs)
        rows = tf.reshape(tf.cast(scores, tf.float64), [-1, scores.shape[-1]])
        targets = batch.targets.reshape(-1, *batch.targets.shape[2:])
        losses.append(model.scoring.of_each(targets, rows).numpy()[valid])
        said.append(model.scoring.said(rows, targets.dtype).numpy()[valid])
    return feed.examples.predictions_of(np.concatenate(said), np.concatenate(losses), train)


def compiled_scores(model: SequenceModel, kinds: Sequence[tuple[str, str, int]]) -> Any:
    """The scores that a model gives, compiled for batches of every shape; see `SequenceModel.compiled_once`.

    Args:
        model: The model.
        kinds: Of each input its name, the type of its values and its number of axes.
    """
    signature = {name: tf.TensorSpec([None] * axes, dtype) for name, dtype, axes in kinds}
    return tf.function(lambda inputs: model(inputs, training=False), [signature])


def _group_rows(
    split: str, examples: Examples, task: Task, predictions: Predictions | None = None
) -> Iterator[dict[str, Any]]:
    for group in task.groups:
        values = examples.groups.get(group.name)
        for value in np.unique(values) if values is not None else ():
            here = values == value
            row = {"split": split, "by": group.name, "value": int(value), "sentences": int(np.sum(here))}
            if predictions is not None:
                chosen = np.repeat(here, examples.counts)
                row["loss"] = float(np.mean(predictions.losses[chosen]))
                if predictions.targets.ndim == 1:  # of numbers none is right or wrong
                    row["accuracy"] = float(np.mean(predictions.said[chosen] == predictions.targets[chosen]))
            yield row
