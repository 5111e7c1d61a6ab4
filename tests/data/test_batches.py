from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from toolkit.data.batches import (
    STEPS_MULTIPLE,
    Batch,
    in_batches,
    make_batch,
    make_batches,
    shuffled_order,
    usual_steps,
)
from toolkit.data.examples import Examples


@st.composite
def examples(draw: st.DrawFn) -> Examples:
    sizes = draw(st.lists(st.integers(1, 40), min_size=1, max_size=30))
    last_only = draw(st.booleans())
    inputs = [np.arange(size, dtype=np.int32) + 1 for size in sizes]
    return Examples(inputs, [words[-1:] + 100 if last_only else words + 100 for words in inputs])


@given(examples=examples())
def test_every_prediction_stands_once_at_the_position_of_its_word(examples: Examples) -> None:
    batch = make_batch(examples, np.arange(len(examples)))
    real = batch.weights == 1
    assert real.sum() == examples.predictions
    tokens, positions = batch.inputs["tokens"], batch.inputs["positions"]
    assert np.array_equal(tokens.ravel()[positions[real]] + 100, batch.targets[real])
    assert np.array_equal((tokens > 0).sum(axis=1), [len(words) for words in examples.inputs])


@given(examples=examples())
def test_vectors_and_the_numbers_to_be_predicted_stand_where_words_and_labels_do(examples: Examples) -> None:
    vectors = [np.stack([words, -words], axis=1) / 2 for words in examples.inputs]
    numbers = [targets[:, np.newaxis] * [0.1, 0.2, 0.3] for targets in examples.targets]
    chosen = in_batches(np.arange(len(examples)), 7)
    of_words, of_vectors = (make_batches(each, chosen, 40) for each in (examples, Examples(vectors, numbers)))
    np.testing.assert_array_equal(of_vectors.inputs["vectors"][..., 1], -of_words.inputs["tokens"] / 2)
    np.testing.assert_array_equal(of_vectors.inputs["positions"], of_words.inputs["positions"])
    np.testing.assert_array_equal(of_vectors.weights, of_words.weights)
    np.testing.assert_allclose(of_vectors.targets, of_words.targets[..., np.newaxis] * [0.1, 0.2, 0.3])


@given(examples=examples(), windows=st.integers(1, 40))
def test_vectors_are_padded_to_no_more_than_the_longest(examples: Examples, windows: int) -> None:
    assert usual_steps(np.full(9, windows), 3, longest_alone=True).tolist() == [windows]
    vectors = Examples([words[:, np.newaxis] for words in examples.inputs], examples.targets)
    read = make_batch(vectors, np.arange(len(vectors))).inputs["vectors"]
    assert read.shape == (len(vectors), vectors.lengths.max(), 1)


@given(size=st.integers(1, 40), batch_size=st.integers(1, 12), seed=st.integers(0, 9))
def test_an_epoch_takes_every_sentence_once_in_the_given_order(size: int, batch_size: int, seed: int) -> None:
    order = shuffled_order(size, seed, 3)
    chosen = in_batches(order, batch_size)
    assert chosen.shape[1] == min(batch_size, size)
    assert chosen[chosen >= 0].tolist() == order.tolist()
    assert (chosen[:-1] >= 0).all()


def parts(batch: Batch) -> list[Any]:
    return [*batch.inputs.values(), batch.targets, batch.weights]


@given(examples=examples(), batch_size=st.integers(1, 12), seed=st.integers(0, 9))
def test_stacked_batches_are_those_made_one_by_one(examples: Examples, batch_size: int, seed: int) -> None:
    chosen = in_batches(shuffled_order(len(examples), seed, 0), batch_size)
    stacked = make_batches(examples, chosen, steps=48)
    for index, sentences in enumerate(chosen):
        single = make_batches(examples, sentences[np.newaxis], 48)[0]
        for one, other in zip(parts(stacked[index]), parts(single), strict=True):
            np.testing.assert_array_equal(one, other)


@given(lengths=st.lists(st.integers(1, 200), min_size=1, max_size=50), batch_size=st.integers(1, 60))
def test_every_batch_fits_into_one_of_few_shapes(lengths: list[int], batch_size: int) -> None:
    sentences = min(batch_size, len(lengths))
    steps = usual_steps(np.array(lengths), sentences)
    assert steps[-1] - STEPS_MULTIPLE < max(lengths) <= steps[-1]
    assert len(steps) <= len(lengths) // sentences + 1
    assert (steps % STEPS_MULTIPLE == 0).all()
    assert (np.diff(steps) > 0).all()


def test_a_shape_that_hardly_any_batch_needs_is_not_made() -> None:
    lengths = np.array([5] * 50 + [20] * 50 + [100])
    assert usual_steps(lengths, 1).tolist() == [16, 32, 112]
    assert usual_steps(lengths, 20).tolist() == [32, 112]


def test_order_depends_on_seed_and_epoch_only() -> None:
    assert np.array_equal(shuffled_order(50, 1, 2), shuffled_order(50, 1, 2))
    assert not np.array_equal(shuffled_order(50, 1, 2), shuffled_order(50, 1, 3))
    assert not np.array_equal(shuffled_order(50, 1, 2), shuffled_order(50, 2, 2))
