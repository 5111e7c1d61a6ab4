"""The benchmarks measure what they say."""

from typing import Any

import chunked_truncation
import growth
import numpy as np
import pytest
from contestants import NUMPY, PEERS, TOOLKIT, Contestant
from contestants.numpy_loop import add_outer
from targets import Target
from turns import ROUNDS, TURN_SECONDS, Seat, by_turns
from workloads import LENGTHS, Workload, generated

from toolkit.data.dataset import load_examples
from toolkit.spec.schema import RunConfig


def test_growth_is_fitted_with_a_straight_line_that_serves_small_and_large_sizes_alike() -> None:
    sizes = (1, 10, 100)
    fit = growth.fitted("runs", "agreement", sizes, [2.0 + 3 * size for size in sizes])
    assert (fit.fixed, fit.each, fit.error) == pytest.approx((2, 3, 0))
    bent = growth.fitted("runs", "agreement", sizes, [2.0 + 3 * size**2 for size in sizes])
    assert bent.error > 0.5


def test_a_contestant_that_stands_still_for_some_rounds_is_judged_by_its_median() -> None:
    workload = Workload(sentences=4, batch_size=2)
    seats: Any = [Stumbling(workload.updates)]
    assert [timed.seconds for timed in by_turns(seats, [workload])] == [1.0]


class Stumbling:
    """A seat whose first rounds are slow."""

    def __init__(self, updates: int) -> None:
        self.contestant = Contestant("stumbling", "", "", whole=True)
        self.told = iter([9.0] * 3 + [1.0] * ROUNDS)
        self.updates = updates

    def prepare(self, workload: Workload) -> None:
        pass

    def seconds(self, updates: int) -> float:
        assert updates == self.updates
        return next(self.told)


def test_a_turn_is_as_long_as_it_should_be_however_slow_the_warming_was() -> None:
    workload = Workload(sentences=1000, batch_size=1)
    seats: Any = [Disturbed()]
    (timed,) = by_turns(seats, [workload])
    assert timed.updates == TURN_SECONDS * 100
    assert timed.seconds == pytest.approx(1000 / 100)


class Disturbed:
    """A seat that makes 100 updates a second once its warming, of three turns, is over."""

    def __init__(self) -> None:
        self.contestant = Contestant("disturbed", "", "")
        self.turns = 0

    def prepare(self, workload: Workload) -> None:
        pass

    def seconds(self, updates: int) -> float:
        self.turns += 1
        return updates / (100 if self.turns > 3 else 20)


@pytest.mark.parametrize("task", LENGTHS)
def test_generated_sentences_have_the_lengths_that_they_are_said_to_have(task: str) -> None:
    examples = generated(task, 10_000, 100, seed=1)
    counts = np.array([len(words) for words in examples.inputs])
    said = LENGTHS[task]
    assert (counts.min(), counts.max()) == (said.least, said.most)
    assert counts.mean() == pytest.approx(said.mean, rel=0.05)
    assert counts.std() == pytest.approx(said.deviation, rel=0.05)
    assert min(words.min() for words in examples.inputs) == 1


@pytest.mark.parametrize("contestant", [TOOLKIT, *PEERS, NUMPY], ids=lambda contestant: contestant.name)
def test_every_contestant_trains_every_task(contestant: Contestant) -> None:
    if not contestant.is_installed:
        pytest.skip(f"{contestant.library} is not installed")
    with Seat(contestant) as seat:
        for task in LENGTHS:
            workload = Workload(task, "gru", 2, 1, sentences=4, vocabulary=10, hidden=3, dtype="float64")
            seat.prepare(workload)
            assert seat.seconds(workload.updates) > 0


@pytest.mark.parametrize(("measured", "at_least", "met"), [(3, True, True), (1, True, False), (1, False, True)])
def test_a_target_is_met_from_its_side(measured: float, at_least: bool, met: bool) -> None:
    assert Target("speed", 2, measured, at_least).met is met


def test_a_cell_in_chunks_is_trained_and_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    data = {"task": "agreement", "train_size": 40, "dev_size": 20}
    config = RunConfig.model_validate({"data": data, "model": {"cell": "gru", "hidden": 4}, "train": {"epochs": 1}})
    monkeypatch.setattr(chunked_truncation, "CONFIG", config)
    examples = load_examples(config.data)
    model = chunked_truncation._chunked(chunked_truncation._network(1, len(examples.vocabulary)), 3)
    measured = chunked_truncation.Trainer(model, examples).train(1)
    assert 0.3 < measured["loss"] < 3
    assert 0 <= measured["accuracy"] <= 1


def test_the_numpy_loops_outer_products_add_an_error_to_the_row_of_its_word() -> None:
    gradient, error = np.ones((4, 3)), np.array([0.5, -1.0, 2.0])
    add_outer(gradient, 2, error)
    np.testing.assert_array_equal(gradient, [[1, 1, 1], [1, 1, 1], [1.5, 0, 3], [1, 1, 1]])
