"""The built-in memory problems, checked against what each is said to be."""

import random
import re
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from toolkit.data.corpus import Corpus
from toolkit.data.dataset import load_corpus, load_examples
from toolkit.spec.schema import DataConfig

LAGS = (1, 2, 5, 13)


def problem(kind: str, lag: int, **settings: Any) -> Corpus:
    return load_corpus(DataConfig.model_validate({"source": "memory", "kind": kind, "lag": lag, **settings}))


def columns(kind: str, lag: int, *names: str) -> list[tuple[Any, ...]]:
    of_all = problem(kind, lag, train_size=300).train.columns
    return list(zip(*(of_all[name] for name in names), strict=True))


@pytest.mark.parametrize("lag", LAGS)
def test_the_sum_of_two_marked_numbers_is_asked_for_at_least_the_lag_after_them(lag: int) -> None:
    for vectors, target in columns("adding", lag, "vectors", "target"):
        numbers, marks = vectors.T
        assert set(marks) == {0, 1}
        (marked,) = np.nonzero(marks)
        assert len(marked) == 2
        assert len(numbers) - 1 - marked.max() >= lag
        assert len(numbers) == 10 + lag
        assert target == numbers[marked[0]] + numbers[marked[1]]
        assert 0 <= numbers.min() <= numbers.max() < 1


def test_each_pair_of_the_first_ten_steps_is_marked_equally_often() -> None:
    pairs = [
        tuple(np.nonzero(vectors[:, 1])[0])
        for vectors in problem("adding", 1, train_size=9000).train.columns["vectors"]
    ]
    counts = [pairs.count(pair) for pair in set(pairs)]
    assert len(counts) == 45
    assert sum((count - 200) ** 2 / 200 for count in counts) < 79  # chi-square, 44 degrees of freedom, p = 0.001


def test_always_saying_one_has_a_mean_squared_error_of_a_sixth_in_adding() -> None:
    target = np.array(problem("adding", 5).train.columns["target"])
    squares = (target - 1) ** 2
    assert np.mean(squares) == pytest.approx(1 / 6, abs=3 * np.std(squares) / 100)


@pytest.mark.parametrize("lag", LAGS)
def test_each_question_of_copy_asks_for_the_symbol_the_lag_before_it(lag: int) -> None:
    for words, tags in columns("copy", lag, "words", "tags"):
        asked = [step for step, word in enumerate(words) if word == "?"]
        assert len(asked) == min(10, lag)
        assert [tags[step] for step in asked] == [words[step - lag] for step in asked]
        assert set(words[: len(asked)]) <= set("ABCDEFGH")
        assert all(tag == "_" for step, tag in enumerate(tags) if step not in asked)
        assert len(words) == len(tags) == lag + len(asked)


@pytest.mark.parametrize("lag", LAGS)
def test_the_question_of_recall_stands_the_lag_after_the_symbol(lag: int) -> None:
    for words, label in columns("recall", lag, "words", "label"):
        assert len(words) - 1 == lag
        assert words[0] == label
        assert words[-1] == "?"
        assert set(words[1:-1]) <= set("abcdefgh")
        assert label in "ABCDEFGH"


@pytest.mark.parametrize("lag", LAGS)
def test_parity_counts_every_bit(lag: int) -> None:
    for words, label in columns("parity", lag, "words", "label"):
        assert len(words) == lag + 1
        assert label == ("odd" if sum(map(int, words)) % 2 else "even")


@pytest.mark.parametrize("kind", ["adding", "copy", "recall", "parity"])
def test_a_problem_depends_on_its_settings_alone(kind: str) -> None:
    def plain(values: Sequence[Any]) -> list[Any]:
        return [np.asarray(value).tolist() for value in values]

    def read(corpus: Corpus, part: str) -> dict[str, list[Any]]:
        return {name: plain(values) for name, values in getattr(corpus, part).columns.items()}

    first, more = problem(kind, 3, train_size=20, dev_size=9), problem(kind, 3, train_size=30, dev_size=9)
    random.seed(0)
    assert read(problem(kind, 3, train_size=20, dev_size=9), "train") == read(first, "train")
    assert {name: values[:20] for name, values in read(more, "train").items()} == read(first, "train")
    assert read(more, "dev") == read(first, "dev")
    assert read(problem(kind, 3, train_size=20, seed=1), "train") != read(first, "train")
    assert (len(first.train), len(first.dev), len(first.test or ())) == (20, 9, 1000)
    assert first.train.columns.keys() == first.dev.columns.keys()


def test_words_are_known_whatever_was_drawn() -> None:
    assert load_examples(DataConfig(source="memory", kind="parity", train_size=1)).vocabulary == [
        *("UNK", "0", "1", "<s>", "</s>")
    ]
    recalled = load_examples(DataConfig(source="memory", kind="recall", vocab_size=9))
    assert recalled.vocabulary == ["UNK", *"ABCDEFGH", "<s>", "</s>"]


def test_the_first_sequences_are_what_the_standard_generator_says() -> None:
    stream = random.Random(7 * 3)
    bits = [int(stream.random() * 2) for _ in range(3)]
    assert problem("parity", 2, seed=7).train.words[0] == list(map(str, bits))
    stream = random.Random(7 * 3 + 1)
    numbers = [stream.random() for _ in range(11)]
    assert problem("adding", 1, seed=7).dev.columns["vectors"][0][:, 0].tolist() == numbers


def test_a_lag_beyond_any_use_is_refused() -> None:
    with pytest.raises(ValueError, match=re.escape("less than or equal to 10000")):
        problem("copy", 10_001)


@pytest.mark.parametrize("kind", ["adding", "copy", "recall", "parity"])
def test_ten_thousand_sequences_of_lag_100_take_less_than_two_seconds(kind: str) -> None:
    begin = time.process_time()
    assert len(problem(kind, 100).train) == 10_000
    assert time.process_time() - begin < 2
