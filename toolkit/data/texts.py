"""From texts to the units that are read: `data.normalize`, `lowercase`, `unit` and `max_length`."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from toolkit.data.corpus import Corpus, Sequences
from toolkit.data.reading.parts import as_corpus
from toolkit.data.vocabulary import frequent_words
from toolkit.errors import DataError
from toolkit.spec.schema import DataConfig
from toolkit.spec.words import plural
from toolkit.units.registry import UNITS

FORMS: Mapping[str | None, Literal["NFC", "NFKC"] | None] = {None: None, "nfc": "NFC", "nfkc": "NFKC"}
Parts = Mapping[str, Sequences]


def corpus_of_texts(config: DataConfig, parts: Parts) -> Corpus:
    """A corpus of sequences whose `words` are texts still.

    Each text is normalized, set in lower case, cut into units by what the training part teaches, and shortened, in that
    order. The vocabulary comes from the whole training part, whatever `train_size` is, so that losses with more or
    fewer sequences compare.

    Raises:
        DataError: Nothing is left of a text; or fewer sequences are there than asked for.
    """
    prepared = {part: _with_words(sequences, _spelling(config)) for part, sequences in parts.items()}
    training: Sequence[Any] = prepared["train"].words
    cut = UNITS[config.unit].learn(training, config.vocab_size)
    units = {part: _with_words(sequences, cut) for part, sequences in prepared.items()}
    for sequences in units.values():
        _check_not_empty(sequences)
    return _corpus(config, units, ("words",))


def corpus_of_words(config: DataConfig, parts: Parts, columns: Sequence[str]) -> Corpus:
    """A corpus of sequences that are words already: the spelling of each is changed, and sequences are shortened.

    Args:
        config: The `data` section.
        parts: The sequences.
        columns: Those of their columns that have a value for each word.

    Raises:
        DataError: Nothing is left of a word; or fewer sequences are there than asked for.
    """
    spell = _spelling(config)
    return _corpus(
        config, {part: _with_words(one, lambda words: list(map(spell, words))) for part, one in parts.items()}, columns
    )


def _spelling(config: DataConfig) -> Callable[[str], str]:
    """How a text is written before it is cut."""
    form = FORMS[config.normalize]

    def spell(text: str) -> str:
        text = unicodedata.normalize(form, text) if form else text
        return text.lower() if config.lowercase else text

    return spell if form or config.lowercase else str


def _with_words(sequences: Sequences, change: Callable[[Any], Any]) -> Sequences:
    return Sequences({**sequences.columns, "words": list(map(change, sequences.words))}, sequences.origin)


def _check_not_empty(sequences: Sequences) -> None:
    for number, words in enumerate(sequences.words):
        if not words or not all(words):
            place = sequences.origin.place(number) if sequences.origin else f"sequence {number + 1}"
            raise DataError(f"{place}: nothing is left of the text once it is cut; complete it or delete the row")


def _corpus(config: DataConfig, parts: Parts, columns: Sequence[str]) -> Corpus:
    vocabulary = frequent_words(parts["train"].words, config.vocab_size)
    most, remarks = config.max_length, []
    shortened = dict(parts)
    for part, sequences in parts.items():
        lengths = list(map(len, sequences.words))
        if most is not None and max(lengths) > most:
            count = sum(length > most for length in lengths)
            short = {name: [values[:most] for values in sequences.columns[name]] for name in columns}
            shortened[part] = Sequences({**sequences.columns, **short}, sequences.origin)
            told = f"{count:,} of {plural(len(lengths), 'sequence')} of the {part} part are cut to data.max_length"
            remarks.append(f"{told}: {most:,}; the longest has {plural(max(lengths), config.unit)}")
    return as_corpus(config, shortened, vocabulary, remarks)
