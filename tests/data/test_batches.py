import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from toolkit.data.batches import batches, make_batch, shuffled_order
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
    assert np.array_equal(batch.tokens.ravel()[batch.positions[real]] + 100, batch.targets[real])
    assert np.array_equal((batch.tokens > 0).sum(axis=1), [len(words) for words in examples.inputs])


@given(examples=examples(), batch_size=st.integers(1, 12), seed=st.integers(0, 9))
def test_an_epoch_takes_every_sentence_once_in_the_given_order(examples: Examples, batch_size: int, seed: int) -> None:
    order = shuffled_order(len(examples), seed, 3)
    made = list(batches(examples, order, batch_size))
    assert [len(batch.tokens) for batch in made[:-1]] == [batch_size] * (len(made) - 1)
    lengths = [int((row > 0).sum()) for batch in made for row in batch.tokens]
    assert lengths == [len(examples.inputs[index]) for index in order]


def test_order_depends_on_seed_and_epoch_only() -> None:
    assert np.array_equal(shuffled_order(50, 1, 2), shuffled_order(50, 1, 2))
    assert not np.array_equal(shuffled_order(50, 1, 2), shuffled_order(50, 1, 3))
    assert not np.array_equal(shuffled_order(50, 1, 2), shuffled_order(50, 2, 2))
