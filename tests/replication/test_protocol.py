"""The coursework protocol against plain loops, epoch by epoch."""

from typing import Any

import numpy as np
import pytest

from tests.replication.reference import Setting, losses
from tests.runner.training import train_whole
from toolkit.data.dataset import Dataset
from toolkit.data.examples import Examples
from toolkit.replication.draws import Draws
from toolkit.replication.stream import groups
from toolkit.runner.worker.process import Worker
from toolkit.spec.schema import RunConfig
from toolkit.store import RunRecord

WORDS = 11
WORKER = Worker()


def examples(task: str, size: int, seed: int) -> Examples:
    random = np.random.default_rng(seed)
    inputs = [random.integers(0, WORDS, length, dtype=np.int32) for length in random.integers(1, 8, size)]
    if task == "agreement":
        return Examples(inputs, [random.integers(0, 2, 1, dtype=np.int32) for _ in inputs])
    return Examples(inputs, [random.integers(0, WORDS, len(words), dtype=np.int32) for words in inputs])


def train(setting: Setting, task: str, data: Dataset) -> RunRecord:
    config = RunConfig.model_validate(
        {
            "data": {"task": task},
            "model": {
                "cell": setting.cell,
                "hidden": setting.hidden,
                "lookback": setting.lookback,
                "gradient": setting.gradient,
            },
            "train": {
                "epochs": setting.epochs,
                "batch_size": setting.batch,
                "learning_rate": setting.rate,
                "anneal": setting.anneal,
                "seed": setting.seed,
                "dtype": "float64",
                "protocol": "coursework",
            },
        }
    )
    return train_whole(config, data, WORKER).record


KINDS = [
    ("rnn", "language_model", "exact"),
    ("rnn", "agreement", "exact"),
    ("gru", "agreement", "exact"),
    ("gru", "agreement", "coursework"),
]
STREAMS = [
    # batch, anneal, lookback
    (5, 5, 0),  # divides the corpus of 20
    (6, 0, 3),  # does not
    (1, 5, 3),
    (19, 5, 99),  # leaves nothing but a remainder of one
    (50, 0, 99),  # is larger than the corpus
]
IN_EVERY_STREAM = KINDS[0], KINDS[3]
"""Both tasks, both cells and both gradients; how sentences are grouped does not depend on the kind."""
CASES = [(*kind, *stream) for kind in KINDS for stream in (STREAMS if kind in IN_EVERY_STREAM else STREAMS[:2])]


@pytest.mark.parametrize(("cell", "task", "gradient", "batch", "anneal", "lookback"), CASES)
def test_losses_of_every_epoch_equal_plain_loops(
    cell: str, task: str, gradient: str, batch: int, anneal: int, lookback: int
) -> None:
    setting = Setting(cell, gradient, 4, lookback, batch, epochs=4, rate=0.5, anneal=anneal, seed=2018)
    splits = examples(task, 20, seed=1), examples(task, 9, seed=2)
    data = Dataset([str(word) for word in range(WORDS)], *splits, test=None, digest="d")
    expected = losses(setting, WORDS, 2 if task == "agreement" else WORDS, *splits)
    record = train(setting, task, data)
    assert record.error is None
    rows = 1 if cell == "rnn" else 3
    outputs = 2 if task == "agreement" else WORDS
    assert record.parameters == rows * (4 * WORDS + 4 * 4) + outputs * 4
    assert [epoch.dev_loss for epoch in record.history] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("cell", "task", "gradient"), IN_EVERY_STREAM)
def test_the_stop_rule_ends_the_run_where_plain_loops_end_it(cell: str, task: str, gradient: str) -> None:
    setting = Setting(cell, gradient, 3, 2, batch=4, epochs=60, rate=0.004, anneal=1, seed=7)
    splits = examples(task, 12, seed=3), examples(task, 9, seed=4)
    data = Dataset([str(word) for word in range(WORDS)], *splits, test=None, digest="d")
    expected = losses(setting, WORDS, 2 if task == "agreement" else WORDS, *splits)
    assert 4 < len(expected) < 61
    measured = [epoch.dev_loss for epoch in train(setting, task, data).history]
    assert measured == pytest.approx(expected, rel=1e-9)


def test_gradients_of_the_study_and_true_ones_differ() -> None:
    splits = examples("agreement", 20, seed=1), examples("agreement", 9, seed=2)
    data = Dataset([str(word) for word in range(WORDS)], *splits, test=None, digest="d")
    ends = []
    for gradient in ("exact", "coursework"):
        setting = Setting("gru", gradient, 4, 3, 5, epochs=2, rate=0.5, anneal=5, seed=2018)
        ends.append(train(setting, "agreement", data).history[-1].dev_loss)
    assert abs(ends[0] - ends[1]) > 1e-5


@pytest.mark.parametrize(
    ("size", "batch", "expected"),
    [
        (6, 3, [([0], 3, True), ([1, 2, 3], 3, True), ([4, 5], 3, False)]),
        (7, 3, [([0], 3, True), ([1, 2, 3], 3, True), ([4, 5, 6], 3, True)]),
        (8, 3, [([0], 3, True), ([1, 2, 3], 3, True), ([4, 5, 6], 3, True), ([7], 2, True)]),
        (3, 1, [([0], 1, True), ([1], 1, True), ([2], 1, True)]),
        (3, 9, [([0], 9, True), ([1, 2], 3, True)]),
        (1, 9, [([0], 9, True)]),
    ],
)
def test_sentences_are_grouped_as_the_study_groups_them(size: int, batch: int, expected: Any) -> None:
    places = list(range(size))
    assert [(places[group], divisor, applied) for group, divisor, applied in groups(size, batch)] == expected


def test_orders_do_not_depend_on_when_they_are_asked_for() -> None:
    one, other = Draws(3, "rnn", 2, 5, 2), Draws(3, "rnn", 2, 5, 2)
    first = [one.order(6, epoch) for epoch in (0, 1, 2)]
    np.testing.assert_array_equal(other.order(6, 2), first[2])
    np.testing.assert_array_equal(other.order(6, 0), first[0])
