"""What a model predicts, prediction by prediction, and what its task measures of that."""

import math
from dataclasses import replace

import numpy as np
import pytest

from toolkit.builder.measuring.sentences import compiled_scores, measure_sentences, predict_each
from toolkit.builder.model.network import build
from toolkit.builder.training.feed import Feed
from toolkit.data.dataset import Dataset, load_examples
from toolkit.spec.schema import RunConfig
from toolkit.tasks.marked_verbs import DISTANCE
from toolkit.tasks.registry import task_of

CONFIG = RunConfig.model_validate(
    {"data": {"task": "agreement", "train_size": 60, "dev_size": 50}, "model": {"hidden": 4}}
)
TASK = task_of(CONFIG.data.task)


@pytest.fixture(scope="module")
def data() -> Dataset:
    return load_examples(CONFIG.data)


def test_sentences_add_up_to_what_keras_measures(data: Dataset) -> None:
    model = build(CONFIG, len(data.vocabulary))
    dev = Feed(data.dev, 20)
    found = predict_each(model, dev, data.train)
    whole = model.evaluate(dev.dataset(), steps=dev.blocks(), verbose=0, return_dict=True)
    assert np.mean(found.losses) == pytest.approx(whole["loss"], rel=1e-6)
    assert np.mean(found.said == found.targets) == pytest.approx(whole["accuracy"])


def test_scores_are_compiled_once_for_all_batches_and_weights(data: Dataset) -> None:
    first, second = (
        build(CONFIG.model_copy(update={"train": CONFIG.train.model_copy(update={"seed": seed})}), len(data.vocabulary))
        for seed in (1, 2)
    )
    expected = [predict_each(model, Feed(data.dev, 20), data.train).losses for model in (first, second)]
    score = first.compiled_once(compiled_scores, (("tokens", "int32", 2), ("positions", "int32", 2)))
    first.take_over(second)
    np.testing.assert_array_equal(predict_each(first, Feed(data.dev, 20), data.train).losses, expected[1])
    assert not np.array_equal(expected[0], expected[1])
    assert score.experimental_get_tracing_count() == 1


def test_groups_add_up_to_the_whole(data: Dataset) -> None:
    model = build(CONFIG, len(data.vocabulary))
    measured = measure_sentences(model, Feed(data.dev, 20), data.train, TASK)
    losses = predict_each(model, Feed(data.dev, 50), data.train).losses
    for by in ("distance", "attractors"):
        rows = [row for row in measured["groups"] if (row["split"], row["by"]) == ("dev", by)]
        assert sum(row["sentences"] for row in rows) == 50
        assert sum(row["loss"] * row["sentences"] for row in rows) / 50 == pytest.approx(np.mean(losses))
    train = [row for row in measured["groups"] if (row["split"], row["by"]) == ("train", "distance")]
    assert sum(row["sentences"] for row in train) == 60
    assert all("loss" not in row for row in train)


def test_predictions_of_each_word_are_measured_one_by_one() -> None:
    config = RunConfig.model_validate({"data": {"train_size": 30, "dev_size": 20, "vocab_size": 50}})
    data = load_examples(config.data)
    model, dev = build(config, len(data.vocabulary)), Feed(data.dev, 8)
    found = predict_each(model, dev, data.train)
    whole = model.evaluate(dev.dataset(), steps=dev.blocks(), verbose=0, return_dict=True)
    assert found.losses.shape == found.said.shape == (data.dev.predictions,)
    assert np.mean(found.losses) == pytest.approx(whole["loss"], rel=1e-6)
    task = replace(task_of("language_model"), groups=(DISTANCE,))
    rows = measure_sentences(model, dev, data.train, task)["groups"]
    shares = [np.sum(data.dev.counts[data.dev.groups["distance"] == row["value"]]) for row in rows if "loss" in row]
    losses = [row["loss"] for row in rows if "loss" in row]
    assert np.average(losses, weights=shares) == pytest.approx(np.mean(found.losses))


def test_numbers_are_plain(data: Dataset) -> None:
    model = build(CONFIG, len(data.vocabulary))
    measured = measure_sentences(model, Feed(data.dev, 20), data.train, TASK)
    values = [value for row in measured["groups"] for value in row.values()]
    assert {type(value) for value in values} == {str, int, float}
    assert all(math.isfinite(value) for value in values if isinstance(value, float))
