"""Generated sentences: agreement, distances, balance, and that nothing but the subject tells the number."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.data.corpus import Sequences
from toolkit.data.dataset import load_corpus
from toolkit.data.examples import encode
from toolkit.data.sources.grammar.generator import generate, grammar_vocabulary
from toolkit.data.sources.grammar.lexicon import NOUNS, VERBS, WordClass
from toolkit.spec.schema import DataConfig
from toolkit.tasks.registry import task_of

MODES = ["natural", "uniform"]
CHANCE = pytest.approx(0.5, abs=0.03)


def tags(classes: dict[str, WordClass]) -> dict[str, str]:
    singular = {form: "VBZ" for each in classes.values() for form in each.singular}
    return singular | {form: "VBP" for each in classes.values() for form in each.plural}


NOUN, VERB = tags(NOUNS), tags(VERBS)
ONLY_BEFORE = {"VBZ": {"a", "this", "every", "each"}, "VBP": {"these", "those", "many", "several"}}
CLAUSE_STARTS = {",", "and", "but", "when", "as", "."}


class Parsed(NamedTuple):
    """One sentence with its columns as plain values."""

    words: Sequence[str]
    subject: int
    verb: int
    verb_pos: str
    verb_form: str
    inflected_verb: str
    attractors: int

    @property
    def nouns_between(self) -> list[str]:
        """The number of each noun between subject and verb."""
        return [NOUN[word] for word in self.words[self.subject + 1 : self.verb] if word in NOUN]


def parsed(sentences: Sequences) -> list[Parsed]:
    names = ("words", "subj_idx", "verb_idx", "verb_pos", "verb", "inflected_verb", "attractors")
    return [Parsed(*row) for row in zip(*map(sentences.columns.__getitem__, names), strict=True)]


@cache
def sample(mode: str, max_distance: int = 15) -> list[Parsed]:
    return parsed(generate(6_000, max_distance, mode, seed=5))


@pytest.mark.parametrize("mode", MODES)
def test_verb_agrees_with_the_head_of_its_subject(mode: str) -> None:
    for each in sample(mode):
        assert NOUN[each.words[each.subject]] == each.verb_pos
        assert each.words[each.verb] == each.verb_form
        assert VERB[each.verb_form] == each.verb_pos


@pytest.mark.parametrize("mode", MODES)
def test_inflected_verb_is_the_other_form_of_the_verb(mode: str) -> None:
    pairs = {frozenset(pair) for verbs in VERBS.values() for pair in zip(verbs.singular, verbs.plural, strict=True)}
    for each in sample(mode):
        assert frozenset((each.verb_form, each.inflected_verb)) in pairs


@pytest.mark.parametrize("mode", MODES)
def test_every_determiner_agrees_with_its_noun(mode: str) -> None:
    for each in sample(mode):
        wrong: set[str] = set()
        for word in reversed(each.words):
            if word in NOUN:
                wrong = ONLY_BEFORE["VBP" if NOUN[word] == "VBZ" else "VBZ"]
            assert word not in wrong


@pytest.mark.parametrize("mode", MODES)
def test_every_other_verb_agrees_with_a_subject_of_its_own(mode: str) -> None:
    for each in sample(mode):
        nouns: set[str] = set()
        for place, word in enumerate(each.words):
            if word in VERB and place != each.verb:
                before = each.words[place - 1]
                assert before in NOUN or before in {"who", "that"}
                assert VERB[word] in ({NOUN[before]} if before in NOUN else nouns)
            nouns = set() if word in CLAUSE_STARTS else nouns | {NOUN[word]} if word in NOUN else nouns


@pytest.mark.parametrize("mode", MODES)
def test_attractors_are_the_nouns_between_of_the_other_number(mode: str) -> None:
    for each in sample(mode):
        assert each.attractors == sum(number != each.verb_pos for number in each.nouns_between)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("max_distance", [1, 2, 7, 25, 50])
def test_no_distance_is_above_max_distance(mode: str, max_distance: int) -> None:
    for each in parsed(generate(300, max_distance, mode, seed=1)):
        assert 1 <= each.verb - each.subject <= max_distance


@given(size=st.integers(1, 300), max_distance=st.integers(1, 50), seed=st.integers(0, 2**32))
def test_uniform_distances_are_equally_many_in_each_number(size: int, max_distance: int, seed: int) -> None:
    rows = parsed(generate(size, max_distance, "uniform", seed))
    distances = Counter(each.verb - each.subject for each in rows)
    both = Counter((each.verb - each.subject, each.verb_pos) for each in rows)
    counts = [distances[distance] for distance in range(1, max_distance + 1)]
    assert sum(counts) == size
    assert max(counts) - min(counts) <= 1
    assert all(abs(both[distance, "VBZ"] - both[distance, "VBP"]) <= 1 for distance in distances)


@given(size=st.integers(1, 300), max_distance=st.integers(1, 50), seed=st.integers(0, 2**32))
def test_natural_sentences_are_half_singular(size: int, max_distance: int, seed: int) -> None:
    numbers = Counter(each.verb_pos for each in parsed(generate(size, max_distance, "natural", seed)))
    assert abs(numbers["VBZ"] - numbers["VBP"]) <= 1


def test_natural_distances_fall_from_a_third_at_one_to_few_at_fifteen() -> None:
    counts = Counter(each.verb - each.subject for each in sample("natural"))
    assert counts[1] > len(sample("natural")) / 4
    assert 0 < counts[15] < counts[8] < counts[4] < counts[1]


SHORTCUTS: dict[str, Callable[[Parsed], list[str]]] = {
    "first noun between": lambda each: each.nouns_between[:1],
    "last noun between": lambda each: each.nouns_between[-1:],
    "all nouns between": lambda each: each.nouns_between,
    "nouns before the subject": lambda each: [NOUN[word] for word in each.words[: each.subject] if word in NOUN],
    "nouns after the verb": lambda each: [NOUN[word] for word in each.words[each.verb :] if word in NOUN],
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shortcut", SHORTCUTS)
def test_other_nouns_do_not_tell_the_number(mode: str, shortcut: str) -> None:
    agrees = [number == each.verb_pos for each in sample(mode) for number in SHORTCUTS[shortcut](each)]
    assert len(agrees) > 1_000
    assert np.mean(agrees) == CHANCE


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("known", [lambda each: each.verb - each.subject, lambda each: len(each.nouns_between)])
def test_what_is_most_frequent_at_a_distance_does_not_tell_the_number(
    mode: str, known: Callable[[Parsed], int]
) -> None:
    rows = sample(mode)
    half = len(rows) // 2
    seen = Counter((known(each), each.verb_pos) for each in rows[:half])
    guesses = [max("VBZ", "VBP", key=lambda number: seen[known(each), number]) for each in rows[half:]]
    assert np.mean([guess == each.verb_pos for guess, each in zip(guesses, rows[half:], strict=True)]) == CHANCE


@pytest.mark.parametrize("mode", MODES)
def test_most_subjects_have_a_determiner_that_does_not_tell_the_number(mode: str) -> None:
    telling = ONLY_BEFORE["VBZ"] | ONLY_BEFORE["VBP"]
    neutral = [not telling & set(each.words[max(each.subject - 2, 0) : each.subject]) for each in sample(mode)]
    assert np.mean(neutral) > 0.5


@pytest.mark.parametrize("word", ["who", "whom", "which", "that", "of", "and", "when", "however", "often"])
def test_every_construction_occurs(word: str) -> None:
    assert any(word in each.words for each in sample("natural"))


@pytest.mark.parametrize("mode", MODES)
def test_ten_thousand_sentences_take_less_than_a_second(mode: str) -> None:
    seconds = []
    for _ in range(3):
        start = time.process_time()
        generate(10_000, 15, mode, seed=3)
        seconds.append(time.process_time() - start)
    assert min(seconds) < 1


@pytest.mark.parametrize("mode", MODES)
def test_a_smaller_set_is_the_beginning_of_a_larger_one(mode: str) -> None:
    assert generate(50, 9, mode, seed=4).words == generate(80, 9, mode, seed=4).words[:50]


def test_sizes_do_not_change_the_other_splits() -> None:
    small = load_corpus(DataConfig(train_size=20, dev_size=10))
    large = load_corpus(DataConfig(train_size=40, dev_size=30))
    assert large.train.words[:20] == small.train.words
    assert large.dev.words[:10] == small.dev.words
    assert large.test is not None
    assert small.test is not None
    assert large.test.words == small.test.words


def test_splits_and_seeds_give_different_sentences() -> None:
    one, other = (load_corpus(DataConfig(train_size=50, dev_size=50, seed=seed)) for seed in (1, 2))
    assert one.test is not None
    splits = [one.train.words, one.dev.words, one.test.words[:50], other.train.words, other.dev.words]
    assert len({str(split) for split in splits}) == 5


def test_default_sizes_are_ten_thousand_and_twice_one_thousand() -> None:
    corpus = load_corpus(DataConfig())
    assert corpus.test is not None
    assert [len(split) for split in (corpus.train, corpus.dev, corpus.test)] == [10_000, 1_000, 1_000]


def test_vocabulary_holds_every_generated_word() -> None:
    vocabulary = grammar_vocabulary(2_000)
    assert len(vocabulary) == len(set(vocabulary))
    assert {word for mode in MODES for each in sample(mode) for word in each.words} <= set(vocabulary)


@given(size=st.integers(4, 700))
def test_smaller_vocabulary_is_the_beginning_of_the_whole(size: int) -> None:
    assert grammar_vocabulary(size) == grammar_vocabulary(2_000)[:size]
    assert grammar_vocabulary(size)[:3] == ["UNK", "<s>", "</s>"]


def test_words_that_a_vocabulary_keeps_are_the_more_frequent_ones() -> None:
    sentences = generate(3_000, 15, "natural", seed=1)
    half = encode(sentences, grammar_vocabulary(len(grammar_vocabulary(2_000)) // 2), task_of("language_model"))
    assert np.mean(np.concatenate(half.inputs) == 0) < 0.25
