"""Agreement measured sentence by sentence."""

import math

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from toolkit.builder.measuring.sentences import class_metrics, measure_agreement, sentence_scores, verb_numbers
from toolkit.builder.model.network import build
from toolkit.builder.training.feed import Feed
from toolkit.data.dataset import Dataset, load_examples
from toolkit.spec.schema import RunConfig

CONFIG = RunConfig.model_validate(
    {"data": {"task": "agreement", "train_size": 60, "dev_size": 50}, "model": {"hidden": 4}}
)


@pytest.fixture(scope="module")
def data() -> Dataset:
    return load_examples(CONFIG.data)


def test_sentences_add_up_to_what_keras_measures(data: Dataset) -> None:
    model = build(CONFIG, len(data.vocabulary))
    dev = Feed(data.dev, 20)
    losses, said = sentence_scores(model, dev)
    whole = model.evaluate(dev.dataset(), steps=dev.blocks(), verbose=0, return_dict=True)
    assert np.mean(losses) == pytest.approx(whole["loss"], rel=1e-6)
    assert np.mean(said == verb_numbers(data.dev)) == pytest.approx(whole["accuracy"])


def test_scores_are_compiled_once_for_all_batches_and_weights(data: Dataset) -> None:
    first, second = (
        build(CONFIG.model_copy(update={"train": CONFIG.train.model_copy(update={"seed": seed})}), len(data.vocabulary))
        for seed in (1, 2)
    )
    expected = [sentence_scores(model, Feed(data.dev, 20))[0] for model in (first, second)]
    first.take_over(second)
    np.testing.assert_array_equal(sentence_scores(first, Feed(data.dev, 20))[0], expected[1])
    assert not np.array_equal(expected[0], expected[1])
    assert first.measures["sentence scores"].experimental_get_tracing_count() == 1


def test_groups_add_up_to_the_whole(data: Dataset) -> None:
    model = build(CONFIG, len(data.vocabulary))
    measured = measure_agreement(model, Feed(data.dev, 20), data.train)
    losses, _ = sentence_scores(model, Feed(data.dev, 50))
    for by in ("distance", "attractors"):
        rows = [row for row in measured["groups"] if (row["split"], row["by"]) == ("dev", by)]
        assert sum(row["sentences"] for row in rows) == 50
        assert sum(row["loss"] * row["sentences"] for row in rows) / 50 == pytest.approx(np.mean(losses))
    train = [row for row in measured["groups"] if (row["split"], row["by"]) == ("train", "distance")]
    assert sum(row["sentences"] for row in train) == 60
    assert all("loss" not in row for row in train)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_class_metrics_are_those_of_scikit_learn(share: float) -> None:
    generator = np.random.default_rng(1)
    targets, said, train = (np.asarray(generator.random(200) < share, np.int32) for _ in range(3))
    found = class_metrics(targets, said, train)
    assert found["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(targets, said))
    assert found["plural_f1"] == pytest.approx(f1_score(targets, said))
    assert found["majority_accuracy"] == pytest.approx(accuracy_score(targets, np.full(200, int(train.mean() > 0.5))))


def test_f1_without_any_plural_has_no_value() -> None:
    none = np.zeros(3, np.int32)
    assert class_metrics(none, none, none) == {"balanced_accuracy": 1, "plural_f1": None, "majority_accuracy": 1}


def test_numbers_are_plain(data: Dataset) -> None:
    model = build(CONFIG, len(data.vocabulary))
    measured = measure_agreement(model, Feed(data.dev, 20), data.train)
    values = [value for row in measured["groups"] for value in row.values()]
    assert {type(value) for value in values} == {str, int, float}
    assert all(math.isfinite(value) for value in values if isinstance(value, float))
