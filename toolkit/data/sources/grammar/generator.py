"""The source `grammar`: generated English-like sentences whose verb agrees with a subject at a known distance."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from random import Random as Generator
from typing import NamedTuple

from toolkit.data.corpus import Corpus, Sequences
from toolkit.data.sources.grammar.lexicon import NOUNS, VERBS, number_of, ordered_words
from toolkit.data.sources.grammar.phrases import Random, draw_length, draw_phrase, pick
from toolkit.data.sources.grammar.rules import GRAMMAR, literal_words
from toolkit.data.vocabulary import SPECIAL
from toolkit.spec.schema import DataConfig
from toolkit.tasks.marked_verbs import NUMBERS

SIZES = {"train": 10_000, "dev": 1_000, "test": 1_000}
MAX_PHRASE = 12

NOUN_NUMBER = number_of(NOUNS)
OTHER_NUMBER = {
    form: other
    for verbs in VERBS.values()
    for pair in zip(verbs.singular, verbs.plural, strict=True)
    for form, other in (pair, pair[::-1])
}
PLANS = list(accumulate(rule.share for rule in GRAMMAR["Sentence"]))


class Row(NamedTuple):
    """One generated sentence; see Sequences."""

    words: list[str]
    subj_idx: int
    verb_idx: int
    verb_pos: str
    verb: str
    inflected_verb: str
    attractors: int


def load(config: DataConfig) -> Corpus:
    """Generate the corpus that the spec's `data` section describes.

    Each split has its own random stream, so that a size changes neither the other splits nor its split's first
    sentences. Sizes left out are 10,000 for train and 1,000 for dev; test has 1,000.
    """
    sizes = {**SIZES, "train": config.train_size or SIZES["train"], "dev": config.dev_size or SIZES["dev"]}
    splits = (
        generate(size, config.max_distance, config.distance, config.seed * len(sizes) + stream)
        for stream, size in enumerate(sizes.values())
    )
    train, dev, test = splits
    return Corpus(train, dev, test, grammar_vocabulary(config.vocab_size))


def grammar_vocabulary(size: int) -> list[str]:
    """The special tokens and the grammar's words, `size` in all or as many as there are.

    The order is the lexicon's, whatever was generated: function words first, then the likeliest of the others.
    """
    return list(dict.fromkeys([*SPECIAL, *literal_words(), *ordered_words()]))[:size]


def generate(sentences: int, max_distance: int, distance: str, seed: int) -> Sequences:
    """Generate sentences in which only the subject, and what agrees with it, tells the number of the verb.

    Half of the verbs are singular, at every distance. Every other noun's number is drawn by itself.

    Args:
        sentences: How many.
        max_distance: Largest distance from subject to verb, in words, 1 to 50.
        distance: `natural`: as the grammar gives them, short ones most often; `uniform`: each equally often.
        seed: Seed of the random stream, at least 0.

    Returns:
        The sentences with all columns.
    """
    # Of the standard library's generator only `random()` is used: its sequence is promised for every version.
    random = Generator(seed).random
    distances = [None] if distance == "natural" else range(1, max_distance + 1)
    rows = [_row(random, *each, max_distance) for each in islice(_rounds(random, distances), sentences)]
    return Sequences(dict(zip(Row._fields, zip(*rows, strict=True), strict=True)))


def _rounds(random: Random, distances: Sequence[int | None]) -> Iterator[tuple[int | None, int]]:
    """Distances with numbers, endlessly: each distance once a round, with the other number in every second round."""
    while True:
        numbers = {distance: int(random() * 2) for distance in distances}
        for flip in (0, 1):
            for distance in sorted(distances, key=lambda _: random()):
                yield distance, numbers[distance] ^ flip


def _row(random: Random, distance: int | None, number: int, max_distance: int) -> Row:
    plan = GRAMMAR["Sentence"][pick(random, PLANS)]
    front, subject, to_verb, verb, stop = plan.parts
    gap = draw_length(random, to_verb.symbol, max_distance - 1) if distance is None else distance - 1
    between = draw_phrase(random, to_verb.symbol, gap, number)
    before = _phrase(random, front.symbol, number) + _phrase(random, subject.symbol, number)
    after = _phrase(random, verb.symbol, number)
    return Row(
        words=[*before, *between, *after, *stop.forms[number]],
        subj_idx=len(before) - 1,
        verb_idx=len(before) + gap,
        verb_pos=NUMBERS[number],
        verb=after[0],
        inflected_verb=OTHER_NUMBER[after[0]],
        attractors=sum(NOUN_NUMBER.get(word, number) != number for word in between),
    )


def _phrase(random: Random, symbol: str, number: int) -> list[str]:
    return draw_phrase(random, symbol, draw_length(random, symbol, MAX_PHRASE), number)
