"""What is odd about a data set that can be read: it may have been meant otherwise, so it is told and not refused."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from toolkit.data.corpus import Origin, Sequences
from toolkit.data.examples import Examples
from toolkit.spec.words import plural
from toolkit.tasks.special_words import END, START, UNKNOWN
from toolkit.tasks.task import Task

UNKNOWN_MARKS = ("<unk>", "[unk]", "<unknown>", "@unk@", "unk")
START_MARKS = (START, "<bos>", "<sos>", "<start>", "[cls]", "<|startoftext|>")
END_MARKS = (END, "<eos>", "<end>", "[sep]", "<|endoftext|>")
"""What other programs write for an unknown word and for a sentence's ends, in lower case."""

UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u2060]")
"""Characters without a shape of their own: two words that differ only in them look the same."""
ODD = {
    re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"): (
        "a space other than the blank",
        "blanks and tabs alone part words, so put a blank in its place if it is to part them",
    ),
    re.compile("\ufffd"): (
        "the replacement character U+FFFD",
        "it stands for letters that were lost when the file was converted, so convert the original anew",
    ),
}

LONG, TIMES = 1000, 8
"""A sentence is too long beside the others if it has so many words, and is so many times as long as 99 in 100."""
BATCH, HIDDEN, STEP_BYTES = 100, 50, 28
"""The default size of a batch and of a layer, and the memory that training takes for each unit of each step: measured
with the cell rnn in single precision for sentences of 5,000 and of 20,000 words. A gru takes three times as much, an
lstm four times."""


@dataclass(frozen=True)
class ReadSplit:
    """A split as it was read.

    Attributes:
        sentences: Its sentences, which were read from a file.
        origin: Where.
        examples: What the network reads of them.
        counts: How often each of their words occurs.
    """

    sentences: Sequences
    origin: Origin
    examples: Examples
    counts: Counter[str]

    @property
    def file(self) -> Path:
        """The file that it was read from."""
        return self.origin.file


def find_remarks(splits: Sequence[ReadSplit], vocabulary: Sequence[str], task: Task) -> Iterator[str]:
    """What is odd about a data set that was read from files.

    Args:
        splits: Its splits.
        vocabulary: The known words.
        task: What is predicted from it.

    Yields:
        One line each: where, what it does, and how to mend it.
    """
    spellings = {plain_spelling(word): word for word in reversed(vocabulary)}
    yield from _vocabulary_remarks(vocabulary, spellings)
    for split in splits:
        yield from _length_remarks(split)
        yield from _spelling_remarks(split, frozenset(vocabulary), spellings)
        yield from _character_remarks(split)
        yield from _mark_remarks(split, task)


def plain_spelling(word: str) -> str:
    """A word in Unicode's form NFC and without characters that cannot be seen."""
    return word if word.isascii() else unicodedata.normalize("NFC", UNSEEN.sub("", word))


def _vocabulary_remarks(vocabulary: Sequence[str], spellings: Mapping[str, str]) -> Iterator[str]:
    for word in vocabulary:
        if word.lower() in UNKNOWN_MARKS and word != UNKNOWN:
            mend = f"write {UNKNOWN} in its place if it stands for unknown words"
            yield f"the vocabulary has the word `{word}` beside {UNKNOWN}, as a word like any other; {mend}"
    twins = [(word, first) for word in vocabulary if (first := spellings[plain_spelling(word)]) != word]
    if twins:
        one, other = map(ascii, twins[0])
        yield (
            f"the vocabulary has {plural(len(twins), 'word')} in two spellings that look the same, such as {one} and "
            f"{other}; write all files in one, for example with `uconv -x nfc`"
        )


def _length_remarks(split: ReadSplit) -> Iterator[str]:
    """Sentences to whose length others are padded, at a great cost in memory."""
    lengths = split.examples.lengths
    usual, longest = int(np.quantile(lengths, 0.99, method="lower")), int(lengths.max())
    if longest < max(LONG, TIMES * usual):
        return
    memory = longest * BATCH * HIDDEN * STEP_BYTES / 2**30
    others = int(np.count_nonzero(lengths >= max(LONG, TIMES * usual))) - 1
    more = f" ({others:,} more like it)" if others else ""
    yield (
        f"{split.origin.place(int(lengths.argmax()))}: {longest:,} words are read of this sentence{more}, of 99 in 100 "
        f"others at most {usual:,}; its whole batch is padded to that length, which takes about {memory:.1f} GiB for "
        f"{BATCH} sentences and {HIDDEN} hidden units; split the line if it is more than one sentence"
    )


def _spelling_remarks(split: ReadSplit, known: frozenset[str], spellings: Mapping[str, str]) -> Iterator[str]:
    """Unknown words of which the vocabulary has another spelling that looks the same."""
    unknown = {word: count for word, count in split.counts.items() if word not in known}
    meant = {word: spellings[plain] for word in unknown if (plain := plain_spelling(word)) in spellings}
    if not meant:
        return
    count, total = sum(unknown[word] for word in meant), sum(unknown.values())
    word = max(meant, key=unknown.__getitem__)
    yield (
        f"{split.file}: {count:,} of {plural(total, 'unknown word')} ({count / total:.1%}) would be known in the "
        f"spelling of the vocabulary, which looks the same: {word!a} stands here, {meant[word]!a} there; write all "
        "files in one, for example with `uconv -x nfc`"
    )


def _character_remarks(split: ReadSplit) -> Iterator[str]:
    """Words with characters that were hardly meant to be in words."""
    for pattern, (name, mend) in ODD.items():
        odd = {word: count for word, count in split.counts.items() if not word.isascii() and pattern.search(word)}
        if odd:
            example = ascii(max(odd, key=odd.__getitem__))
            yield f"{split.file}: {plural(sum(odd.values()), 'word')} with {name} inside, such as {example}; {mend}"


def _mark_remarks(split: ReadSplit, task: Task) -> Iterator[str]:
    """Sentences that have the marks already that the task adds: predicting them is trivial, and lowers the loss."""
    words = split.sentences.words
    ends = ((0, "begin with", START_MARKS, START), (-1, "end with", END_MARKS, END))
    for place, where, marks, own in (end for end in ends if end[-1] in task.special_words):
        found = Counter(mark for sentence in words if (mark := sentence[place]).lower() in marks)
        for mark, count in found.items():
            yield (
                f"{split.file}: {count:,} of {len(words):,} sentences {where} `{mark}`, and {own} is added besides: a "
                "trivial prediction in each, which lowers loss and perplexity; take it out of the file"
            )
