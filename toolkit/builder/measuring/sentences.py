"""The task `agreement` measured sentence by sentence: each verb's number, and what is harder than what."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from toolkit.builder.model.sequence_model import SequenceModel
from toolkit.builder.training.feed import Feed
from toolkit.data.corpus import IntArray
from toolkit.data.examples import Examples

SINGULAR, PLURAL = 0, 1


def measure_agreement(model: SequenceModel, dev: Feed, train: Examples) -> dict[str, Any]:
    """Measure a model sentence by sentence, for metrics that suit classes of different size and for hard sentences.

        balanced_accuracy = (share of right singulars + share of right plurals) / 2
        plural_f1         = 2 TP / (2 TP + FP + FN), plural being the positive class
        majority_accuracy = accuracy of always saying what is more frequent among the training sentences

    Args:
        model: The model with its best weights.
        dev: The sentences to measure.
        train: The training sentences, which are counted only.

    Returns:
        The metrics as plain numbers (None where there is none), and `groups`, a row a value of distance and of
        attractors in each split: `split`, `by`, `value`, `sentences`, and for `dev` `accuracy` and `loss` (nats a
        sentence).
    """
    losses, said = sentence_scores(model, dev)
    targets = verb_numbers(dev.examples)
    groups = [*_group_rows("train", train, None), *_group_rows("dev", dev.examples, (said == targets, losses))]
    return {**class_metrics(targets, said, verb_numbers(train)), "groups": groups}


def sentence_scores(model: SequenceModel, feed: Feed) -> tuple[NDArray[np.float64], IntArray]:
    """The cross-entropy of each sentence in nats, and the number that the model gives its verb; in the feed's order."""
    indices = tf.TensorSpec([None, None], tf.int32)
    score = model.measures.setdefault(
        "sentence scores",
        tf.function(lambda inputs: model(inputs, training=False), [{"tokens": indices, "positions": indices}]),
    )
    losses, said = [], []
    for batch in feed.single_batches():
        valid = batch.weights.ravel() > 0
        scores = score({"tokens": batch.tokens, "positions": batch.positions})
        rows = tf.reshape(tf.cast(scores, tf.float64), [-1, scores.shape[-1]])
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(batch.targets.ravel(), rows)
        losses.append(loss.numpy()[valid])
        said.append(np.argmax(rows.numpy(), axis=-1).astype(np.int32)[valid])
    return np.concatenate(losses), np.concatenate(said)


def verb_numbers(examples: Examples) -> IntArray:
    """Each sentence's target: 0 singular, 1 plural, shape `(sentences,)`."""
    return np.concatenate(examples.targets)


def class_metrics(targets: IntArray, said: IntArray, train: IntArray) -> dict[str, float | None]:
    """The metrics of `measure_agreement`, from the right numbers, the numbers said and those of the training set."""
    shares = [np.mean(said[targets == number] == number) for number in (SINGULAR, PLURAL) if (targets == number).any()]
    wrong = np.sum((said == PLURAL) != (targets == PLURAL))
    hits = np.sum((said == PLURAL) & (targets == PLURAL))
    majority = PLURAL if 2 * np.sum(train == PLURAL) > len(train) else SINGULAR
    return {
        "balanced_accuracy": float(np.mean(shares)),
        "plural_f1": float(2 * hits / (2 * hits + wrong)) if hits + wrong else None,
        "majority_accuracy": float(np.mean(targets == majority)),
    }


def _group_rows(
    split: str, examples: Examples, measured: tuple[NDArray[np.bool_], NDArray[np.float64]] | None
) -> Iterator[dict[str, Any]]:
    for by, values in (("distance", examples.distance), ("attractors", examples.attractors)):
        for value in np.unique(values) if values is not None else ():
            here = values == value
            row = {"split": split, "by": by, "value": int(value), "sentences": int(np.sum(here))}
            if measured is not None:
                right, losses = measured
                row |= {"accuracy": float(np.mean(right[here])), "loss": float(np.mean(losses[here]))}
            yield row
