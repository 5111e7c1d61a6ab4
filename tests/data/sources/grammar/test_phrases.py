"""Drawing phrases of the built-in grammar."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.data.sources.grammar.phrases import draw_length, draw_phrase, probability
from toolkit.data.sources.grammar.rules import GRAMMAR

TO_VERB = ["PersonToVerb", "ThingToVerb", "PlaceToVerb"]


def freely_drawn_length(random: Random, symbol: str) -> int:
    """The length of a phrase expanded rule by rule, with no length given."""
    rules = GRAMMAR[symbol]
    [rule] = random.choices(rules, [rule.share for rule in rules])
    return sum(1 if part.forms else freely_drawn_length(random, part.symbol) for part in rule.parts)


@pytest.mark.parametrize("symbol", GRAMMAR)
def test_shares_of_a_symbol_sum_to_one(symbol: str) -> None:
    assert sum(rule.share for rule in GRAMMAR[symbol]) == pytest.approx(1)


@pytest.mark.parametrize("symbol", GRAMMAR)
def test_every_symbol_that_a_rule_uses_has_rules(symbol: str) -> None:
    assert all(part.symbol in GRAMMAR for rule in GRAMMAR[symbol] for part in rule.parts if not part.forms)


@pytest.mark.parametrize("symbol", ["Sentence", "Front", "Place", *TO_VERB])
def test_probability_of_a_length_is_its_frequency_in_free_expansion(symbol: str) -> None:
    random = Random(1)
    draws = 4_000
    counts = Counter(freely_drawn_length(random, symbol) for _ in range(draws))
    for length in range(30):
        assert counts[length] / draws == pytest.approx(probability(symbol, length), abs=0.025)


@pytest.mark.parametrize("symbol", TO_VERB)
def test_every_number_of_words_from_0_to_49_fits_between_subject_and_verb(symbol: str) -> None:
    assert all(probability(symbol, length) > 0 for length in range(50))


@given(
    symbol=st.sampled_from(sorted(GRAMMAR)),
    length=st.integers(0, 30),
    number=st.integers(0, 1),
    seed=st.integers(0, 2**32),
)
def test_drawn_phrase_has_the_length_asked_for(symbol: str, length: int, number: int, seed: int) -> None:
    if probability(symbol, length) > 0:
        assert len(draw_phrase(Random(seed).random, symbol, length, number)) == length


@given(symbol=st.sampled_from(TO_VERB), longest=st.integers(0, 49), seed=st.integers(0, 2**32))
def test_drawn_length_is_possible_and_not_above_the_longest(symbol: str, longest: int, seed: int) -> None:
    length = draw_length(Random(seed).random, symbol, longest)
    assert 0 <= length <= longest
    assert probability(symbol, length) > 0
