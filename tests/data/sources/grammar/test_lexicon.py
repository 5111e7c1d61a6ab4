"""The words of the built-in grammar."""

from collections import Counter

import pytest

from toolkit.data.sources.grammar.lexicon import CLOSED, LEXICON, NOUNS, QUALITIES, VERBS, WordClass, ordered_words


def forms(classes: dict[str, WordClass]) -> set[str]:
    return {form for each in classes.values() for form in each.singular + each.plural}


@pytest.mark.parametrize(
    ("name", "singular", "plural"),
    [
        ("person", "child", "children"),
        ("person", "lady", "ladies"),
        ("person", "boy", "boys"),
        ("person", "princess", "princesses"),
        ("thing", "knife", "knives"),
        ("thing", "box", "boxes"),
        ("place", "church", "churches"),
        ("place", "city", "cities"),
        ("place", "valley", "valleys"),
        ("be", "is", "are"),
        ("handle", "has", "have"),
        ("handle", "carries", "carry"),
        ("visit", "reaches", "reach"),
        ("please", "annoys", "annoy"),
    ],
)
def test_forms_are_english(name: str, singular: str, plural: str) -> None:
    assert dict(zip(LEXICON[name].singular, LEXICON[name].plural, strict=True))[singular] == plural


def test_number_of_a_noun_or_verb_is_known_from_its_form() -> None:
    for classes in (NOUNS, VERBS):
        singular = {form for each in classes.values() for form in each.singular}
        plural = {form for each in classes.values() for form in each.plural}
        assert not singular & plural


def test_no_form_is_noun_and_verb_or_one_of_these_and_another_word() -> None:
    assert not forms(NOUNS) & forms(VERBS)
    assert not (forms(NOUNS) | forms(VERBS)) & forms(CLOSED | QUALITIES)


def test_the_determiner_a_is_right_before_every_noun_and_adjective() -> None:
    assert not [word for word in forms(NOUNS | QUALITIES) if word[0] in "aeiou"]


def test_no_class_lists_a_word_twice_except_the_determiners() -> None:
    for name, words in LEXICON.items():
        if name != "det":
            assert max(Counter(words.singular).values()) == 1, name


def test_neutral_determiners_are_as_likely_in_both_numbers() -> None:
    pairs = list(zip(LEXICON["det"].singular, LEXICON["det"].plural, strict=True))
    neutral = {singular for singular, _ in pairs} & {plural for _, plural in pairs}
    assert all(singular == plural for singular, plural in pairs if {singular, plural} & neutral)


def test_ordered_words_are_all_forms_once_and_function_words_come_first() -> None:
    words = list(ordered_words())
    assert len(words) == len(set(words))
    assert set(words) == forms(LEXICON)
    assert set(words[: len(forms(CLOSED))]) == forms(CLOSED)
    assert 300 <= len(words) <= 700
