"""The sources by name: what each delivers and what it takes, known without reading any data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from toolkit.spec.words import joined

if TYPE_CHECKING:
    from toolkit.spec.schema import DataConfig

POSITIONS = ("subj_idx", "verb_idx")
"""The columns that count words."""
MARKED_VERBS = (*POSITIONS, "verb_pos", "verb", "inflected_verb")
"""The columns of sentences whose subject and verb are marked."""
EACH_STEP = ("words", "tags", "vectors")
"""The columns that have a value for each step, where others have one for each sequence."""
TEXT_KEYS = ("unit", "lowercase", "normalize", "max_length")
"""The keys of `data` that say how a text is cut into what is read."""
PARTS = {"train": "train", "dev": "dev", "test": "test"}
"""The names of files that are called as the parts that they hold."""


@dataclass(frozen=True)
class Condition:
    """When a source delivers a column that it does not always deliver.

    Attributes:
        holds: Whether it does so for a `data` section.
        told: The settings with which it does, to follow "with".
    """

    holds: "Callable[[DataConfig], bool]"
    told: str


@dataclass(frozen=True)
class Source:
    """Where sequences come from. All that the language knows of a source stands here.

    Attributes:
        name: What it is called.
        loader: What makes its `Corpus` of the `data` section, as `package.module:function`; imported when data is read.
        delivers: The columns that its sequences have, or may have beside those that its files name; None where that
            shows only once it is called.
        conditions: Of those that they have not always, when they do.
        keys: The keys of `data` that are its own, which mean nothing to another; None where it may read any.
        requires: Those of its keys that must be given.
        needs_path: Whether `data.path` must be given, or must not; None where it may be.
        files: What the folder at `data.path` holds: by the part that each is of, the names of its files, all of which
            may be packed by gzip, with `.gz` behind their names. The test set's may be left out. A name without an
            ending may have any of `endings`.
        endings: What the names of its files may end in; where there are some, `data.path` may be one file, of which
            `data.split` says what is dev and test.
        roles: The keys of `data.columns` that it takes.
        are_words: Why it does not take all of `TEXT_KEYS`, where it could be expected to; else empty.
        any_column: Whether its files may have any other column, which is delivered under its name.
        check: What looks at the files before they are read, as `package.module:function` of the `data` section and of
            the files by their part; empty where nothing does.
        makes_vocabulary: Whether it makes the vocabulary, of the words that it finds; otherwise that is part of its
            data.
    """

    name: str
    loader: str
    delivers: tuple[str, ...] | None
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    keys: tuple[str, ...] | None = ()
    requires: tuple[str, ...] = ()
    needs_path: bool | None = True
    files: Mapping[str, str] = field(default_factory=dict)
    endings: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    are_words: str = ""
    any_column: bool = False
    check: str = ""
    makes_vocabulary: bool = True

    def lacks(self, columns: tuple[str, ...]) -> list[str]:
        """Which of some columns it never delivers; none where that shows only once it is called."""
        if self.delivers is None:
            return []
        others = EACH_STEP if self.any_column else columns
        return [column for column in columns if column not in self.delivers and column in others]

    def delivered(self, columns: tuple[str, ...], data: "DataConfig") -> list[str]:
        """Which of some columns it delivers for a `data` section; all where that shows only once it is called."""
        unmet = [column for column, condition in self.conditions.items() if not condition.holds(data)]
        return [column for column in columns if column not in {*unmet, *self.lacks(columns)}]


def _kinds(*kinds: str) -> Condition:
    return Condition(lambda data: data.kind in kinds, f"data.kind: {joined(kinds, 'or')}")


_WINDOW = Condition(lambda data: bool(data.window), "data.window")
_READ = "data.window, for forecasts, or with data.columns: {series: ..}, for series that are read whole"


def _names(data: "DataConfig", *roles: str) -> bool:
    """Whether a `data` section says which columns play some roles."""
    return data.columns is not None and all(getattr(data.columns, role) is not None for role in roles)


def _whole_series(role: str) -> Condition:
    """What there is one of for each series that is read whole."""
    told = f"data.columns: {{series: .., {role}: ..}} and without data.window"
    return Condition(lambda data: not data.window and _names(data, "series", role), told)


SOURCES = {
    source.name: source
    for source in (
        Source(
            "grammar",
            "toolkit.data.sources.grammar.generator:load",
            delivers=("words", *MARKED_VERBS, "attractors"),
            keys=("max_distance", "distance", "seed"),
            are_words="its words are those of its lexicon",
            needs_path=False,
        ),
        Source(
            "coursework",
            "toolkit.data.sources.coursework:load",
            delivers=("words", *MARKED_VERBS),
            are_words="its words, and where among them subject and verb stand, are those of its files",
            files={
                "train": "wiki-train.txt",
                "dev": "wiki-dev.txt",
                "test": "wiki-test.txt",
                "vocabulary": "vocab.wiki.txt",
            },
            makes_vocabulary=False,
        ),
        Source(
            "text",
            "toolkit.data.sources.text:load",
            delivers=("words",),
            keys=TEXT_KEYS,
            files={"train": "train.txt", "dev": "dev.txt", "test": "test.txt"},
        ),
        Source(
            "table",
            "toolkit.data.sources.table:load",
            delivers=("words", "label", "target"),
            keys=("columns", "split", "seed", *TEXT_KEYS),
            files=PARTS,
            endings=(".csv", ".tsv", ".jsonl", ".parquet"),
            roles=("text", "label", "target"),
            any_column=True,
            check="toolkit.data.sources.table:check",
        ),
        Source(
            "conll",
            "toolkit.data.sources.conll:load",
            delivers=("words", "tags"),
            keys=("columns", "split", "seed", "lowercase", "normalize", "max_length"),
            are_words="a tag belongs to a word, so its words are not cut",
            files=PARTS,
            endings=(".conllu", ".conll", ".txt"),
            roles=("words", "tags"),
            any_column=True,
            check="toolkit.data.sources.conll:check",
        ),
        Source(
            "series",
            "toolkit.data.sources.series.series:load",
            delivers=("vectors", "label", "target", "ahead", "last_value", "naive_error", "last_season"),
            conditions={
                "vectors": Condition(lambda data: bool(data.window) or _names(data, "series"), _READ),
                "label": _whole_series("label"),
                "target": _whole_series("target"),
                **dict.fromkeys(("ahead", "last_value", "naive_error"), _WINDOW),
                "last_season": Condition(lambda data: bool(data.window and data.season), "data.window and data.season"),
            },
            keys=("columns", "split", "seed", "window", "horizon", "season"),
            are_words="it has numbers and no words",
            files=PARTS,
            endings=(".csv", ".tsv"),
            roles=("label", "target", "inputs", "series", "time"),
            check="toolkit.data.sources.series.series:check",
            makes_vocabulary=False,
        ),
        Source(
            "memory",
            "toolkit.data.sources.memory:load",
            delivers=("words", "tags", "label", "vectors", "target"),
            conditions={
                "words": _kinds("copy", "recall", "parity"),
                "tags": _kinds("copy"),
                "label": _kinds("recall", "parity"),
                "vectors": _kinds("adding"),
                "target": _kinds("adding"),
            },
            keys=("kind", "lag", "seed"),
            are_words="its words are symbols of its own",
            requires=("kind",),
            needs_path=False,
        ),
    )
}
"""The toolkit's own sources by name; whoever adds one adds the file of its loader, and declares it here."""


def source_of(name: str) -> Source:
    """The source that `data.source` names: one of `SOURCES`, or a function of the user's, of which little is known."""
    return SOURCES.get(name) or Source(name, name, delivers=None, keys=None, needs_path=None, makes_vocabulary=False)
