"""Encoding sentences for a task."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.data.batches import make_batch
from toolkit.data.corpus import Sequences
from toolkit.data.examples import encode
from toolkit.data.vocabulary import frequent_words
from toolkit.errors import DataError, SettingError
from toolkit.tasks.registry import task_of
from toolkit.tasks.task import Group

VOCABULARY = ["the", "UNK", "<s>", "</s>", "zebra", "zebras", "near"]
SENTENCES = Sequences(
    {
        "words": [["the", "zebra", "runs"], ["zebras", "near", "the", "lake", "run", "."]],
        "subj_idx": [1, 0],
        "verb_idx": [2, 4],
        "verb_pos": ["VBZ", "VBP"],
        "attractors": [0, 1],
    }
)
WORDS = st.lists(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=8), min_size=1, max_size=8)


def test_language_model_predicts_every_word_and_the_end() -> None:
    examples = encode(SENTENCES, VOCABULARY, task_of("language_model"))
    np.testing.assert_array_equal(examples.inputs[0], [2, 0, 4, 1])
    np.testing.assert_array_equal(examples.targets[0], [0, 4, 1, 3])
    assert examples.predictions == 4 + 7


def test_agreement_reads_the_words_before_the_verb_and_predicts_its_number() -> None:
    examples = encode(SENTENCES, VOCABULARY, task_of("agreement"))
    np.testing.assert_array_equal(examples.inputs[0], [0, 4])
    np.testing.assert_array_equal(examples.inputs[1], [5, 6, 0, 1])
    np.testing.assert_array_equal(examples.targets, [[0], [1]])
    assert examples.predictions == 2


@pytest.mark.parametrize("task", ["language_model", "agreement"])
def test_distance_and_attractors_go_with_the_examples(task: str) -> None:
    examples = encode(SENTENCES, VOCABULARY, task_of(task))
    np.testing.assert_array_equal(examples.groups["distance"], [1, 4])
    np.testing.assert_array_equal(examples.groups["attractors"], [0, 1])


@pytest.mark.parametrize("task", ["language_model", "agreement"])
def test_arrays_are_int32_and_cannot_be_changed(task: str) -> None:
    examples = encode(SENTENCES, VOCABULARY, task_of(task))
    for array in (*examples.inputs, *examples.targets):
        assert array.dtype == np.int32
        assert not array.flags.writeable


def test_agreement_without_marked_verbs_is_an_error() -> None:
    with pytest.raises(DataError, match=r"data\.task: agreement needs verb_idx and verb_pos of each sentence"):
        encode(Sequences({"words": [["the", "zebra"]]}), VOCABULARY, task_of("agreement"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"encode": lambda row: (row["words"], row["noun"])}, "encode fails at sentence 1 (KeyError: 'noun')"),
        ({"encode": lambda row: row["words"]}, "encode fails at sentence 1 (ValueError: too many values"),
        ({"encode": lambda row: ("zebra", "VBZ")}, "reads 'zebra'; expected a list of at least one word"),
        ({"encode": lambda row: ([], "VBZ")}, "reads []; expected a list"),
        (
            {"encode": lambda row: (row["words"], ["VBZ"])},
            "predicts ['VBZ']; a task that predicts `last` gives one text",
        ),
        ({"encode": lambda row: (row["words"], "VB")}, "predicts 'VB', which is none of its labels: VBZ, VBP"),
        ({"predicts": "each"}, "predicts 'VBZ'; a task that predicts `each` gives a list"),
        (
            {"predicts": "each", "encode": lambda row: (row["words"][:2], ["VBZ"] * 3)},
            "a task that predicts `each` gives a list with a text for each word or the last",
        ),
        (
            {"groups": (Group("half", "words", "half of it", ("verb_pos",), lambda row: row["verb_pos"]),)},
            "half fails at sentence 1 (TypeError",
        ),
    ],
)
def test_what_a_task_says_wrong_of_a_sentence_is_told_with_its_place(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingError, match=re.escape(told)):
        encode(SENTENCES, VOCABULARY, replace(task_of("agreement"), **changes))


def test_fewer_predictions_than_words_belong_to_the_last_ones() -> None:
    task = replace(task_of("agreement"), predicts="each", encode=lambda row: (row["words"], ["VBP", "VBZ"]))
    batch = make_batch(encode(SENTENCES, VOCABULARY, task), np.array([0]))
    assert batch.inputs["positions"][batch.weights > 0].tolist() == [1, 2]
    assert batch.targets[batch.weights > 0].tolist() == [1, 0]


@given(words=WORDS, size=st.integers(4, 12))
def test_decoded_input_is_the_sentence_with_unknown_words_replaced(words: list[list[str]], size: int) -> None:
    vocabulary = frequent_words(words, size)
    examples = encode(Sequences({"words": words}), vocabulary, task_of("language_model"))
    for sentence, inputs, targets in zip(words, examples.inputs, examples.targets, strict=True):
        known = [word if word in vocabulary else "UNK" for word in sentence]
        assert [vocabulary[index] for index in inputs] == ["<s>", *known]
        assert [vocabulary[index] for index in targets] == [*known, "</s>"]


@given(words=WORDS, size=st.integers(4, 12))
def test_no_word_outside_the_vocabulary_is_more_frequent_than_one_inside(words: list[list[str]], size: int) -> None:
    text = [word for sentence in words for word in sentence]
    vocabulary = frequent_words(words, size)
    inside = [text.count(word) for word in vocabulary[3:]]
    outside = [text.count(word) for word in set(text) - set(vocabulary)]
    assert inside == sorted(inside, reverse=True)
    assert len(vocabulary) == min(size, 3 + len(set(text)))
    assert max(outside, default=0) <= min(inside)
