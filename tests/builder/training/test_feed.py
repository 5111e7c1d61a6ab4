"""Batches on their way into Keras, and that their grouping into blocks changes nothing."""

from itertools import islice
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from toolkit.builder.model.network import build
from toolkit.builder.training import feed as feeding
from toolkit.builder.training.feed import Feed
from toolkit.data.batches import shuffled_order
from toolkit.data.class_weights import balanced
from toolkit.data.examples import Examples
from toolkit.spec.schema import RunConfig

WORDS = 9


def sentences(lengths: list[int]) -> Examples:
    random = np.random.default_rng(1)
    inputs = [random.integers(1, WORDS, length, dtype=np.int32) for length in lengths]
    return Examples(inputs, inputs)


def read(feed: Feed) -> list[list[list[int]]]:
    """The words of the sentences of each batch of an epoch, in the order in which they come."""
    batches = []
    for block in islice(feed.epochs(), feed.blocks()):
        for shape, place in block["turns"][: block["count"]]:
            inputs, _, _ = block["batches"][shape]
            rows = [[int(word) for word in row if word] for row in inputs["tokens"][place]]
            assert inputs["divisor"][place] == sum(map(bool, rows))
            batches.append([row for row in rows if row])
    return batches


@given(
    lengths=st.lists(st.integers(1, 40), min_size=1, max_size=30),
    batch_size=st.integers(1, 12),
    epoch=st.integers(0, 3),
    most=st.sampled_from([1, 2, 7, 256]),
)
def test_an_epoch_of_blocks_has_every_sentence_once_in_its_order(
    lengths: list[int], batch_size: int, epoch: int, most: int
) -> None:
    examples = sentences(lengths)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feeding, "MOST_BATCHES", most)
        feed = Feed(examples, batch_size, seed=4)
        feed.epoch = epoch
        batches = read(feed)
    assert all(len(batch) == min(batch_size, len(examples)) for batch in batches[:-1])
    order = shuffled_order(len(examples), 4, epoch)
    assert [row for batch in batches for row in batch] == [examples.inputs[index].tolist() for index in order]


@pytest.mark.parametrize(("sentences_there", "blocks", "size"), [(1, 1, 1), (3, 1, 2), (14, 1, 7), (15, 2, 7)])
def test_blocks_are_no_larger_than_an_epoch(sentences_there: int, blocks: int, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feeding, "MOST_BATCHES", 7)
        feed = Feed(sentences([5] * sentences_there), batch_size=2)
        block = next(feed.epochs())
        assert feed.blocks() == blocks
    assert len(block["turns"]) == size


@pytest.mark.parametrize("most", [2, 256])
@pytest.mark.parametrize("seed", [None, 4])
def test_a_dataset_gives_the_blocks_of_every_epoch_from_the_one_that_is_set(most: int, seed: int | None) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feeding, "MOST_BATCHES", most)
        feed = Feed(sentences([3, 20, 5, 40, 8, 1, 17]), 2, seed)
        dataset = feed.dataset()
        feed.epoch = 3
        blocks = [feed.block(index) for index in range(2 * feed.blocks())]
        for given, block in zip(dataset.as_numpy_iterator(), blocks, strict=False):
            assert_same_arrays(given, block)
    later = feed.block(feed.blocks())
    feed.epoch = 4
    assert_same_arrays(feed.block(0), later)


def test_a_dataset_goes_over_to_another_feed_of_the_same_batches_and_to_no_other() -> None:
    examples = sentences([3, 20, 5, 40, 8, 1, 17])
    first, second, fixed = Feed(examples, 2, seed=1), Feed(examples, 2, seed=2), Feed(examples, 2)
    dataset = first.dataset()
    assert not fixed.take_dataset(first)
    assert not Feed(examples, 3, seed=1).take_dataset(first)
    assert not Feed(sentences([3]), 2, seed=1).take_dataset(first)
    assert second.take_dataset(first)
    assert second.dataset() is dataset
    assert_same_arrays(next(dataset.as_numpy_iterator()), Feed(examples, 2, seed=2).block(0))


def test_a_dataset_goes_over_to_no_feed_of_other_class_weights() -> None:
    examples = Examples(sentences([3, 20, 5]).inputs, [np.array([target], np.int32) for target in (0, 1, 1)])
    even, weighted = (Feed(examples, 2, 1, class_weights=weights) for weights in (None, [1.5, 0.75]))
    even.dataset()
    assert not weighted.take_dataset(even)
    assert Feed(examples, 2, 2, class_weights=[1.5, 0.75]).take_dataset(weighted)


def test_a_prediction_counts_what_its_class_weighs() -> None:
    examples = Examples(sentences([3, 20, 5]).inputs, [np.array([target], np.int32) for target in (0, 1, 1)])
    block = Feed(examples, 3, class_weights=balanced(examples, 3)).block(0)
    ((_, targets, weights),) = (batch for batch in block["batches"] if batch[2].any())
    assert balanced(examples, 3) == (1.5, 0.75, 0.0)
    assert targets[0, 0, :3].tolist() == [0, 1, 1]
    assert weights[0, 0, :4].tolist() == [1.5, 0.75, 0.75, 0.0]


@pytest.mark.parametrize("held", [0, feeding.MOST_HELD])
def test_blocks_of_a_fixed_feed_are_the_same_whether_they_are_held_or_not(held: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feeding, "MOST_BATCHES", 2)
        patch.setattr(feeding, "MOST_HELD", held)
        feed = Feed(sentences([3, 20, 5, 40, 8, 1, 17]), 2)
        dataset, size = feed.dataset(), 2 * feed.blocks()
        blocks = [feed.block(index) for index in range(size)]
        assert blocks
        for given, block in zip(dataset.take(size).as_numpy_iterator(), blocks, strict=True):
            assert_same_arrays(given, block)


def test_a_block_of_wide_vectors_has_fewer_batches() -> None:
    def blocks(width: int) -> int:
        vectors = [np.zeros((40, width), np.float32) for _ in range(64)]
        return Feed(Examples(vectors, [np.zeros((1, 1), np.float32)] * 64), 8).blocks()

    assert (blocks(1), blocks(2**11)) == (1, 8)


def assert_same_arrays(given: Any, wanted: Any) -> None:
    for one, other in zip(tf.nest.flatten(given), tf.nest.flatten(wanted), strict=True):
        np.testing.assert_array_equal(one, other)


def trained(most: int, examples: Examples, task: str) -> list[NDArray[np.float32]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feeding, "MOST_BATCHES", most)
        feed = Feed(examples, 3, seed=7)
        config = {"data": {"task": task}, "model": {"cell": "rnn", "hidden": 4, "dropout": 0.2}}
        model = build(RunConfig.model_validate({**config, "train": {"optimizer": "adam"}}), WORDS)
        model.fit(feed.dataset(), steps_per_epoch=feed.blocks(), epochs=2, verbose=0, shuffle=False)
        return [np.asarray(weight) for weight in [*model.weights, *model.optimizer.variables]]


@pytest.mark.parametrize("task", ["language_model", "agreement"])
def test_blocks_of_any_size_train_to_the_same_bits(task: str) -> None:
    examples = sentences([3, 20, 5, 31, 8, 1, 17, 30, 2, 4, 10])
    if task == "agreement":
        examples = Examples(examples.inputs, [words[-1:] % 2 for words in examples.inputs])
    whole, single, pairs = (trained(most, examples, task) for most in (256, 1, 2))
    for one, other in [*zip(whole, single, strict=True), *zip(whole, pairs, strict=True)]:
        np.testing.assert_array_equal(one, other)
