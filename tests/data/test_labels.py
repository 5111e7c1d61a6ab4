"""Labels are those of the training part; what is odd about them is told."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from toolkit.data.corpus import Origin, Sequences
from toolkit.data.dataset import Dataset, load_examples
from toolkit.data.labels import check_labels, labels_of
from toolkit.errors import DataError
from toolkit.spec.schema import DataConfig
from toolkit.tasks.registry import TASKS
from toolkit.tasks.task import Softmax

KIND = replace(
    TASKS["agreement"],
    needs=("words", "label"),
    head=Softmax(column="label"),
    encode=lambda row: (row["words"], row["label"]),
    measures=(),
    tracks=(),
    curves=(),
    measure=None,
    groups=(),
)
"""A task of labels under the name of one that a spec can name."""


@pytest.fixture(autouse=True)
def _as_agreement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TASKS, "agreement", KIND)


def load(folder: Path, train: Sequence[str], dev: Sequence[str], **settings: Any) -> Dataset:
    """A table of sequences with these labels."""
    for part, labels in (("train", train), ("dev", dev)):
        rows = "".join(f"word {number},{label}\n" for number, label in enumerate(labels))
        (folder / f"{part}.csv").write_text(f"text,label\n{rows}", encoding="utf-8")
    config = {"source": "table", "path": str(folder), "task": "agreement", **settings}
    return load_examples(DataConfig.model_validate(config))


def remarks(data: Dataset) -> str:
    assert data.summary is not None
    return "\n".join(data.summary.remarks)


def test_labels_are_those_of_the_training_part_in_the_order_of_the_alphabet(tmp_path: Path) -> None:
    data = load(tmp_path, ["c", "a", "c", "b", "a", "b"], ["a", "b", "c"])
    assert data.labels == ["a", "b", "c"]
    assert [int(target[0]) for target in data.train.targets] == [2, 0, 2, 1, 0, 1]
    assert data.sizes.outputs == 3
    assert remarks(data) == ""


def test_labels_are_those_of_the_whole_training_file_whatever_train_size_is(tmp_path: Path) -> None:
    data = load(tmp_path, ["a", "b", "a", "c", "c"], ["a", "b", "c"], train_size=2)
    assert data.labels == ["a", "b", "c"]
    assert "the train part has no example of the 1 label c" in remarks(data)


def test_a_label_that_the_training_part_has_not_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DataError) as told:
        load(tmp_path, ["a", "b"], ["a", "x", "x", "y"])
    mend = "the training part not; correct it, or give the training part an example of it (a, b)"
    assert str(told.value).splitlines() == [
        f"{tmp_path}/dev.csv:3: the dev part has the label `x`, {mend}",
        f"{tmp_path}/dev.csv:5: the dev part has the label `y`, {mend}",
    ]


def test_a_tag_that_the_training_part_has_not_is_told_with_its_word() -> None:
    tagging = replace(KIND, predicts="each", head=Softmax(column="tags"))
    train = Sequences({"words": [["a", "b"]], "tags": [["X", "Y"]]})
    dev = Sequences({"words": [["a", "b"]], "tags": [["X", "Z"]]}, Origin(Path("dev.conllu"), [7]))
    labels = labels_of(tagging, train)
    assert labels == ["X", "Y"]
    with pytest.raises(DataError, match=r"^dev\.conllu:7, word 2: the dev part has the tags `Z`"):
        check_labels(tagging, labels, {"train": train, "dev": dev})


def test_one_label_alone_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="all of the training part has the label 'a'; expected at least two"):
        load(tmp_path, ["a", "a"], ["a"])


@pytest.mark.parametrize(
    ("train", "dev", "told"),
    [
        (["1", "2", "1", "2"], ["1", "2"], "the label of all sequences is a number (1, 2): each is a class of its own"),
        (["1,5", "-2.0"] * 2, ["1.5"], None),
        (
            ["a", "b", "b"],
            ["a", "b"],
            "1 label of 2 has one example in the training part, such as `a` ({}/train.csv:2",
        ),
        (["b", "b", "a", "c"], ["a", "b", "c"], "2 labels of 3 have one example in the training part, such as `a`"),
        (["a", "b"] * 2, ["a"], "the dev part has no example of the 1 label b"),
        (["Good", "good"] * 2, ["Good", "good"], "the labels `Good` and `good` differ in upper and lower case alone"),
    ],
)
def test_what_is_odd_about_labels_is_told_and_not_mended(
    tmp_path: Path, train: list[str], dev: list[str], told: str | None
) -> None:
    train = [f'"{label}"' for label in train]
    if told is None:
        with pytest.raises(DataError, match=r"the dev part has the label `1\.5`"):
            load(tmp_path, train, dev)
    else:
        assert told.replace("{}", str(tmp_path)) in remarks(load(tmp_path, train, dev))


def test_of_many_labels_some_are_named(tmp_path: Path) -> None:
    labels = [f"l{number:02}" for number in range(30)] * 2
    told = remarks(load(tmp_path, labels, labels[:1]))
    assert told == (
        "the dev part has no example of the 29 labels l01, l02, l03, l04, l05, l06, l07, l08, l09, l10, .. 29 in all"
    )
