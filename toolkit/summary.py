"""What a data set holds, in a few numbers and remarks: most misreadings show in them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from toolkit.spec.words import plural

PartName = Literal["train", "dev", "test"]
Count = Annotated[int, Field(strict=True, ge=0)]
PARTS: dict[PartName, str] = {"train": "training set", "dev": "development set", "test": "test set"}


@dataclass(frozen=True)
class Part:
    """One split.

    Attributes:
        name: One of PARTS.
        sentences: Number of sentences, or of sequences of vectors.
        words: Number of their words, without `<s>` and `</s>` that a task adds, or of their steps.
        unknown: How many of them are read as `UNK`.
        features: How many numbers are read at each step; 0 where words are.
        unit: What is called a word here, such as a character.
    """

    name: PartName
    sentences: Count
    words: Count
    unknown: Count
    features: Count = 0
    unit: str = "word"

    def __str__(self) -> str:
        if self.features:
            steps, numbers = plural(self.words, "step"), plural(self.features, "number")
            return f"{plural(self.sentences, 'sequence')}, {steps} of {numbers}"
        share = self.unknown / self.words if self.words else 0.0
        counts = f"{plural(self.sentences, 'sentence')}, {plural(self.words, self.unit)}"
        return f"{counts}, {self.unknown:,} of them unknown ({share:.1%})"


@dataclass(frozen=True)
class Summary:
    """What a data set holds.

    Attributes:
        origin: The source, and the folder if it reads one.
        vocabulary: Number of known words.
        parts: The splits, in the order of PARTS.
        remarks: What is odd about it, each in a line with its place, and how to mend it.
        unit: What is called a word here, such as a character.
    """

    origin: str
    vocabulary: Count
    parts: Sequence[Part]
    remarks: Sequence[str] = ()
    unit: str = "word"


def summary_lines(summaries: Iterable[Summary]) -> Iterator[str]:
    """Data sets in plain text, those of one folder and vocabulary together, and every remark once."""
    alike: dict[tuple[str, str], list[Summary]] = {}
    for summary in summaries:
        alike.setdefault((summary.origin, _read(summary)), []).append(summary)
    for (origin, read), several in alike.items():
        yield f"data: {origin}, {read}"
        yield from (f"  {part.name:5}  {part}" for part in _parts(several))
    yield from (f"warning: {remark}" for remark in _remarks(one for several in alike.values() for one in several))


def summary_rows(summaries: Sequence[Summary]) -> list[tuple[str, str]]:
    """The same for a report: what each row is about, and what there is to say."""
    parts = _parts(summaries)
    rows: dict[str, list[str]] = {
        meaning: [str(part) for part in parts if part.name == name] for name, meaning in PARTS.items()
    }
    rows["vocabulary"] = list(dict.fromkeys(_read(summary) for summary in summaries))
    told = [(meaning, "; ".join(texts)) for meaning, texts in rows.items() if texts]
    return [*told, *(("warning", remark) for remark in _remarks(summaries))]


def _read(summary: Summary) -> str:
    known = summary.vocabulary
    return f"{plural(known, summary.unit)} known" if known else "no words: numbers are read"


def _remarks(summaries: Iterable[Summary]) -> list[str]:
    """Every remark on any of them, once."""
    return list(dict.fromkeys(remark for summary in summaries for remark in summary.remarks))


def _parts(summaries: Iterable[Summary]) -> list[Part]:
    """The different splits of several data sets, training sets first."""
    different = dict.fromkeys(part for summary in summaries for part in summary.parts)
    return sorted(different, key=lambda part: list(PARTS).index(part.name))
