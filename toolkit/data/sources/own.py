"""Sources of the user's: a function of the `data` section, called and its corpus checked as a file's content is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np

from toolkit.data.corpus import Corpus, Sequences
from toolkit.data.vocabulary import frequent_words
from toolkit.errors import DataError, SettingError
from toolkit.spec.imported import failure_text, planned_code
from toolkit.spec.named_code import source_code
from toolkit.spec.own_code import OwnCode
from toolkit.spec.schema import DataConfig
from toolkit.spec.words import joined, plural
from toolkit.tasks.special_words import UNKNOWN

KEY = "data.source"
PARTS = ("train", "dev", "test")


def load(config: DataConfig) -> Corpus:
    """Call the function that `data.source` names, as its code was when it was hashed.

    Returns:
        Its corpus, with a vocabulary, and of each part the sentences that are asked for.

    Raises:
        DataError: The function cannot be imported, fails, or gives something else than a corpus as it should be.
    """
    code = source_code(config)
    with planned_code(code):
        given = _called(_function(config.source, code), config, code)
    corpus = _checked(given, config.source)
    vocabulary = corpus.vocabulary
    if "words" in corpus.train.columns:
        vocabulary = vocabulary or frequent_words(corpus.train.words, config.vocab_size)
    return replace(
        corpus,
        vocabulary=list(vocabulary),
        train=_first(corpus.train, config.train_size, "train", config.source),
        dev=_first(corpus.dev, config.dev_size, "dev", config.source),
    )


def _function(name: str, code: OwnCode | None) -> Callable[[DataConfig], Any]:
    module, _, function = name.partition(":")
    try:
        found = getattr(import_module(module), function)
    except (Exception, SystemExit) as error:
        raise SettingError(KEY, f"{name} cannot be imported{failure_text(error, code)}") from error
    if not callable(found):
        raise SettingError(KEY, f"{name} is {found!r}; expected a function of the data section")
    return found  # type: ignore[no-any-return]  # what it gives is checked


def _called(function: Callable[[DataConfig], Any], config: DataConfig, code: OwnCode | None) -> Any:
    try:
        return function(config)
    except DataError:
        raise
    except (Exception, SystemExit) as error:
        told = failure_text(error, code)
        raise SettingError(KEY, f"{config.source} fails{told}; mend the function, or what it reads") from error


def _checked(given: object, source: str) -> Corpus:
    if not isinstance(given, Corpus):
        raise SettingError(KEY, f"{source} gives {type(given).__name__}; expected a toolkit.Corpus")
    if faults := list(_faults(given)):
        raise SettingError(KEY, "; ".join(f"{source} gives {fault}" for fault in faults))
    return given


def _faults(corpus: Corpus) -> Iterator[str]:
    """What is wrong with a corpus, each to follow "it gives"."""
    for part in PARTS:
        sentences = getattr(corpus, part)
        if not isinstance(sentences, Sequences):
            if sentences is not None or part != "test":
                yield f"a {part} part that is {type(sentences).__name__}; expected toolkit.Sequences"
        elif fault := _fault(sentences):
            yield f"a {part} part {fault}"
        elif isinstance(corpus.train, Sequences) and (other := _read(corpus.train)) and other != _read(sentences):
            yield f"a {part} part of {_read(sentences)} and a train part of {other}; expected the same of both"
    yield from _vocabulary_faults(corpus.vocabulary)


def _vocabulary_faults(vocabulary: Any) -> Iterator[str]:
    if isinstance(vocabulary, str) or not isinstance(vocabulary, Sequence) or not all(map(_is_word, vocabulary)):
        yield "a vocabulary that is no list of words; expected texts without blanks and line ends"
    elif len(set(vocabulary)) < len(vocabulary):
        twice = next(word for word in vocabulary if vocabulary.count(word) > 1)
        yield f"a vocabulary in which `{twice}` stands twice; leave one out"
    elif vocabulary and UNKNOWN not in vocabulary:
        yield f"a vocabulary without {UNKNOWN}, which stands for unknown words; add it, or give none"


def _fault(sentences: Sequences) -> str:
    """What is wrong with a part, to follow "a part"; empty where nothing is."""
    columns = sentences.columns
    if not (read := next((name for name in ("words", "vectors") if name in columns), "")):
        return f"with the columns {', '.join(map(str, columns)) or 'none'}; expected words or vectors among them"
    if unsized := [name for name, column in columns.items() if not hasattr(column, "__len__")]:
        return f"whose column {unsized[0]} is {type(columns[unsized[0]]).__name__}; expected a list"
    sizes = {name: len(column) for name, column in columns.items()}
    if other := [name for name, size in sizes.items() if size != sizes[read]]:
        told = f"{plural(sizes[other[0]], 'value')} in the column {other[0]} and {sizes[read]:,} in {read}"
        return f"with {told}; expected one for each sequence"
    if not sizes[read]:
        return "without any sequence; expected at least one"
    fault_of = _words_fault if read == "words" else _vectors_fault
    for number, sequence in enumerate(columns[read], start=1):
        if fault := fault_of(sequence):
            return f"whose sequence {number:,} {fault}"
    return ""


def _read(sentences: Sequences) -> str:
    """What is read of a part, for messages: words, or vectors of so many numbers; empty where it has none."""
    if "vectors" not in sentences.columns or "words" in sentences.columns:
        return "words" if "words" in sentences.columns else ""
    features = {np.shape(vectors)[-1] for vectors in sentences.columns["vectors"] if np.ndim(vectors)}
    return f"vectors of {joined(list(map(str, sorted(features))) or ['no'])} numbers"


def _vectors_fault(vectors: Any) -> str:
    if not isinstance(vectors, np.ndarray) or vectors.ndim != 2 or vectors.dtype.kind not in "fiub":
        told = (
            f"{type(vectors).__name__} of shape {np.shape(vectors)}"
            if hasattr(vectors, "shape")
            else f"{vectors!r:.60}"
        )
        return f"is {told}; expected a NumPy array of numbers, of shape (steps, features)"
    if not vectors.size:
        return "has no steps or no numbers; leave it out"
    return "" if np.isfinite(vectors).all() else "has a number that is not finite; expected finite ones"


def _words_fault(words: Any) -> str:
    if isinstance(words, str) or not hasattr(words, "__iter__"):
        return f"is {words!r:.60}; expected a list of words"
    wrong = next((word for word in words if not _is_word(word)), None)
    if wrong is not None:
        return f"has {wrong!r:.60} as a word; expected a text without blanks and line ends"
    return "" if len(words) else "has no words; leave it out"


def _is_word(word: Any) -> bool:
    return isinstance(word, str) and word != "" and not _PARTING & set(word)


_PARTING = set(" \t\n\r")


def _first(sentences: Sequences, size: int | None, part: str, source: str) -> Sequences:
    """The sentences that are asked for; a function that has cut them itself has given no more."""
    if size is None:
        return sentences
    if size > len(sentences):
        asked = f"data.{part}_size asks for {plural(size, 'sequence')}, {source} gives {len(sentences):,}"
        raise SettingError(f"data.{part}_size", f"{asked}; lower it, or leave it out for all")
    return sentences.first(size)
