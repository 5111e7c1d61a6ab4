"""Reading tables: CSV, TSV, JSONL and Parquet, of parts in a folder or one that is split."""

import csv
import io
import json
import math
import os
import re
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from toolkit.cli import main
from toolkit.data.dataset import load_corpus
from toolkit.data.reading.folders import check_files
from toolkit.data.reading.tables.formats import read_rows
from toolkit.errors import DataError, SettingError
from toolkit.spec.schema import DataConfig, RunConfig

REAL = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[4] / "shared" / "data")) / "classification"
REVIEWS = 'text,label,length\na good film,good,3\n"bad, and\nlong",bad,3\n\nfine,good,1\n'
"""Its second row has two lines, and a blank one follows."""


def config(path: Path, **settings: Any) -> DataConfig:
    return DataConfig.model_validate({"source": "table", "path": str(path), **settings})


def folder(place: Path, ending: str = ".csv", **parts: str) -> Path:
    """A folder of tables; a part that is not given is REVIEWS."""
    for part, text in {"train": REVIEWS, "dev": REVIEWS, **parts}.items():
        (place / f"{part}{ending}").write_text(text, encoding="utf-8")
    return place


def one_file(place: Path, name: str, text: str) -> Path:
    (place / name).write_text(text, encoding="utf-8")
    return place / name


def wrong(path: Path, **settings: Any) -> str:
    with pytest.raises(DataError) as told:
        load_corpus(config(path, **settings))
    return str(told.value)


def test_a_folder_of_csv_gives_words_labels_and_whole_numbers(tmp_path: Path) -> None:
    corpus = load_corpus(config(folder(tmp_path)))
    assert corpus.train.columns == {
        "words": [["a", "good", "film"], ["bad,", "and", "long"], ["fine"]],
        "label": ["good", "bad", "good"],
        "length": [3, 3, 1],
    }
    assert corpus.test is None
    assert corpus.vocabulary[:3] == ["UNK", "<s>", "</s>"]


def test_a_row_is_found_in_the_line_that_it_begins_in(tmp_path: Path) -> None:
    train = load_corpus(config(folder(tmp_path))).train
    assert train.origin is not None
    assert list(train.origin.lines) == [2, 3, 6]
    assert train.origin.place(2) == f"{tmp_path / 'train.csv'}:6"


def test_columns_say_which_plays_which_part(tmp_path: Path) -> None:
    text = "topic,id,sentence\nart,1,a b\nsport,2,c\n"
    train = load_corpus(config(folder(tmp_path, train=text, dev=text), columns={"text": "sentence", "label": "topic"}))
    assert train.train.columns == {
        "words": [["a", "b"], ["c"]],
        "label": ["art", "sport"],
        "topic": ["art", "sport"],
        "id": [1, 2],
    }


def test_numbers_say_which_column_plays_which_part_where_there_is_no_head(tmp_path: Path) -> None:
    text = "art\ta b\nsport\tc\n"
    path = folder(tmp_path, ".tsv", train=text, dev=text)
    columns = load_corpus(config(path, columns={"text": 2, "label": 1})).train.columns
    assert (columns["words"], columns["label"]) == ([["a", "b"], ["c"]], ["art", "sport"])


def test_a_target_is_a_number(tmp_path: Path) -> None:
    text = "text,score\na,1\nb,-2.5e1\nc, .5 \n"
    columns = load_corpus(config(folder(tmp_path, train=text, dev=text), columns={"target": "score"})).train.columns
    assert columns["target"] == [1.0, -25.0, 0.5]


def test_json_lines_are_read(tmp_path: Path) -> None:
    rows = [{"text": "a\tb  c", "label": 1, "more": [1]}, {"text": "é", "label": True}]
    text = "\n".join(map(json.dumps, rows))
    train = load_corpus(config(folder(tmp_path, ".jsonl", train=text, dev=text))).train
    assert train.columns == {"words": [["a", "b", "c"], ["é"]], "label": ["1", "true"], "more": ["[1]", ""]}


def test_a_packed_table_is_read(tmp_path: Path) -> None:
    for part in ("train", "dev"):
        pd.DataFrame({"text": ["a b"], "label": ["x"]}).to_csv(tmp_path / f"{part}.csv.gz", index=False)
    assert load_corpus(config(tmp_path)).train.words == [["a", "b"]]


def test_parquet_is_read(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"text": ["a b", "c"], "label": [1, 0], "length": pd.Series([2, None], dtype="Int64")})
    for part in ("train", "dev"):
        frame.to_parquet(tmp_path / f"{part}.parquet")
    train = load_corpus(config(tmp_path)).train
    assert train.columns == {"words": [["a", "b"], ["c"]], "label": ["1", "0"], "length": ["2", ""]}
    frame.assign(text=pd.Series(["a", None])).to_parquet(tmp_path / "dev.parquet")
    assert "dev.parquet:2: text: the text is empty or missing" in wrong(tmp_path)
    (tmp_path / "dev.parquet").write_bytes(b"PAR1 and nothing else")
    assert "dev.parquet: cannot be read as Parquet" in wrong(tmp_path)


def test_parquet_without_pyarrow_is_told_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    monkeypatch.setattr("toolkit.extras.find_spec", lambda _: None)
    for part in ("train", "dev"):
        (tmp_path / f"{part}.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError) as told:
        check_files(RunConfig(data=config(tmp_path)))
    assert "train.parquet: a Parquet file needs pyarrow: " in str(told.value)
    assert "-m pip install 'rnn-spec-toolkit[parquet]'" in str(told.value)


def numbered_rows(count: int) -> str:
    return "text,label\n" + "".join(f"word{row},{row % 2}\n" for row in range(count))


def test_one_file_is_split_into_the_shares_that_are_asked_for(tmp_path: Path) -> None:
    path = one_file(tmp_path, "all.csv", numbered_rows(50))
    corpus = load_corpus(config(path, split={"dev": 0.1, "test": 0.2}))
    assert corpus.test is not None
    parts = (corpus.train, corpus.dev, corpus.test)
    assert [len(part) for part in parts] == [35, 5, 10]
    numbers = [[int(words[0].removeprefix("word")) for words in part.words] for part in parts]
    assert sorted(chain(*numbers)) == list(range(50))
    assert all(part == sorted(part) for part in numbers)
    assert [list(part.origin.lines) for part in parts if part.origin] == [
        [number + 2 for number in part] for part in numbers
    ]


def test_a_split_depends_on_the_seed_alone(tmp_path: Path) -> None:
    path = one_file(tmp_path, "all.csv", numbered_rows(40))
    one, again, other = (load_corpus(config(path, split={"dev": 0.25}, seed=seed)).dev.words for seed in (1, 1, 2))
    assert one == again != other
    # What every version of Python gives: Random(1).random() for 40 rows, the ten smallest of which are dev.
    draws = Random(1)
    rank = sorted(range(40), key={row: draws.random() for row in range(40)}.__getitem__)
    assert [words[0] for words in one] == [f"word{row}" for row in sorted(rank[:10])]


Mistake = tuple[str, dict[str, Any], str]
MISTAKES: dict[str, Mistake] = {
    "a missing column": (
        "sentence,label\na,x\n",
        {},
        "train.csv: there is no column `text`, the file has `sentence`, `label`; say which it is: data.columns: "
        "{text: sentence}",
    ),
    "a column that is spelled otherwise": (
        "text,topic\na,x\n",
        {"columns": {"label": "topik"}},
        "data.columns: {}/train.csv: there is no column `topik`, the file has `text`, `topic`; did you mean `topic`?",
    ),
    "a column twice": ("text,a,a\nb,c,d\n", {}, "train.csv:1: the column `a` stands twice in the head; rename one"),
    "too few fields": (
        'text,label\n"a\nb",x\nc\n',
        {},
        "train.csv:4: the row has 1 field, where the head has 2 (text, label); put",
    ),
    "too many fields": ("text,label\na,b,x\n", {}, "train.csv:2: the row has 3 fields, where the head has 2"),
    "a quote that never closes": (
        'text,label\n"a\nb",x\n"c,y\nd,z\n',
        {},
        "train.csv:4: a quote that opens in this row never closes; close it",
    ),
    "a quote inside": ('text,label\n"a "b" c",x\n', {}, "train.csv:2: something follows a closing quote"),
    "an empty text": ('text,label\na,x\n" ",x\n', {}, "train.csv:3: text: the text is empty or missing; complete"),
    "an empty label": ("text,label\na,\n", {"columns": {"label": "label"}}, "train.csv:2: label: the label is empty"),
    "nan": ("text,y\na,1\nb,nan\n", {"columns": {"target": "y"}}, "train.csv:3: y: is 'nan', and a network cannot"),
    "inf": ("text,y\na,-inf\n", {"columns": {"target": "y"}}, "train.csv:2: y: is '-inf', and a network"),
    "too large": ("text,y\na,1e999\n", {"columns": {"target": "y"}}, "train.csv:2: y: is 1e999, which is too large"),
    "a comma": ('text,y\na,"1,5"\n', {"columns": {"target": "y"}}, "train.csv:2: y: is '1,5'; write 1.5, with a point"),
    "no number": ("text,y\na,\n", {"columns": {"target": "y"}}, "train.csv:2: y: is empty; a network cannot read"),
    "a head alone": ("text,label\n", {}, "train.csv:2: expected a row, found the end of the file"),
    "nothing": ("\n\n", {}, "train.csv:1: the file has only blank lines"),
    "semicolons": ("text;label\na;b\n", {}, "train.csv:1: the head is one column, `text;label`; fields are parted by"),
    "a control character": ("text,label\na,x\nb\x01c,y\n", {}, "train.csv:3: the control character U+0001"),
    "a split of a folder": ("text\na\n", {"split": {"dev": 0.5}}, "is no file of which they could be shares"),
    "too few rows": ("text\na\n", {"train_size": 2}, "data.train_size asks for 2 sentences, the file has 1"),
    "a column beyond": ("a,b\n", {"columns": {"text": 3}}, "there is no column `column 3`, the file has `column 1`"),
    "what the task needs": (
        "text\na\n",
        {"task": "agreement"},
        "the task agreement needs the column `verb_idx`, which is not there; the file has `text`",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_place_and_mend(tmp_path: Path, name: str) -> None:
    text, settings, told = MISTAKES[name]
    assert told.replace("{}", str(tmp_path)) in wrong(folder(tmp_path, train=text), **settings)


JSON_MISTAKES = {
    '{"text": "a"': "train.jsonl:2: the line is no JSON (Expecting ',' delimiter at character",
    "[1]": 'train.jsonl:2: the line is a list; expected an object, such as {"text": "a word"}',
    "5": "train.jsonl:2: the line is 5; expected an object",
    '{"text": "a", "text": "b"}': "train.jsonl:2: the object cannot be read (the key `text` stands twice)",
    '{"text": 5}': "train.jsonl:2: text: 5 is no text; put it between quotes",
    '{"text": null}': "train.jsonl:2: text: the text is empty or missing",
    '{"label": "x"}': "train.jsonl:2: text: the text is empty or missing",
    '{"text": "a\\u0000b"}': "train.jsonl:2: text: the control character U+0000 (NUL)",
    '{"text": "\\ud800"}': "train.jsonl:2: text: half of a surrogate pair",
    "[" * 100_000: "train.jsonl:2: the object cannot be read (it is nested too deeply)",
    '{"text": %s}' % ("9" * 5000): "train.jsonl:2: the object cannot be read (Exceeds the limit",
}


@pytest.mark.parametrize("line", JSON_MISTAKES, ids=lambda line: line[:20])
def test_a_line_that_is_no_fitting_object_is_told(tmp_path: Path, line: str) -> None:
    text = f'{{"text": "a", "label": "b"}}\n{line}\n'
    assert JSON_MISTAKES[line] in wrong(folder(tmp_path, ".jsonl", train=text, dev='{"text": "a"}'))


def test_what_is_wrong_with_all_files_is_told_at_once(tmp_path: Path) -> None:
    told = wrong(folder(tmp_path, train="text\n \n", dev="text,text\na,b\n"))
    assert "train.csv:2: text: the text is empty" in told
    assert "dev.csv:1: the column `text` stands twice" in told


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (lambda place: one_file(place, "all.csv", REVIEWS), "data.path: {}/all.csv is one file; say which shares of"),
        (lambda place: one_file(place, "all.txt", REVIEWS), "{}/all.txt: table reads files whose names end in .csv, "),
        (lambda place: place / "none.csv", "{}/none.csv does not exist; expected the folder with train, dev and, if"),
        (lambda place: place, "{}: there is no train.csv, train.tsv, train.jsonl or train.parquet; add one or mend"),
        (
            lambda place: folder(folder(place), ".tsv").parent / place.name,
            "{}/train.csv is there and train.tsv too; delete one of them",
        ),
    ],
)
def test_what_is_wrong_with_a_path_is_told(tmp_path: Path, write: Callable[[Path], Path], told: str) -> None:
    assert told.format(tmp_path) in wrong(write(tmp_path))


@pytest.mark.parametrize(
    ("rows", "split", "told"),
    [
        (9, {"dev": 0.05}, "data.split: dev: 0.05 of 9 sequences is none; raise it, or add rows"),
        (2, {"dev": 0.5, "test": 0.49}, "data.split: of 2 sequences none is left for training"),
    ],
)
def test_a_share_that_is_no_row_is_told(tmp_path: Path, rows: int, split: dict[str, float], told: str) -> None:
    assert told in wrong(one_file(tmp_path, "all.csv", numbered_rows(rows)), split=split)


def test_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    path = folder(tmp_path)
    (path / "train.csv").write_bytes("text,label\na,x\ncafé,y\n".encode("latin1"))
    assert "train.csv:3: byte 0xe9 is not UTF-8; save the file in UTF-8" in wrong(path)
    (path / "train.csv").write_bytes(REVIEWS.encode("utf-16"))
    assert "train.csv: is text in UTF-16; convert it to UTF-8" in wrong(path)


def test_missing_columns_are_told_from_the_first_rows(tmp_path: Path) -> None:
    path = folder(tmp_path, train="sentence\na\nb,c\n", dev="text\n" + "a\n" * 9 + "b,c\n")
    with pytest.raises(SettingError) as told:
        check_files(RunConfig(data=config(path)))
    assert "data.columns: " in str(told.value)
    assert "train.csv: there is no column `text`" in str(told.value)


def test_a_test_part_by_shares_can_be_measured(tmp_path: Path) -> None:
    path = one_file(tmp_path, "all.csv", numbered_rows(9))
    for split, fits in (({"dev": 0.2, "test": 0.2}, True), ({"dev": 0.2}, False)):
        run = RunConfig.model_validate({"data": config(path, split=split).model_dump(), "evaluate": {"test": True}})
        if fits:
            check_files(run)
        else:
            with pytest.raises(SettingError, match="there is no test set"):
                check_files(run)


CHARACTERS = st.characters(
    exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\ufeff", include_characters="\t\n"
)
FIELD = st.text(CHARACTERS, max_size=12)
ROWS = st.lists(st.tuples(FIELD.filter(str.strip), FIELD, FIELD), min_size=1, max_size=6)


def by_csv(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([("text", "one", "two"), *rows])
    return out.getvalue()


def by_pandas(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    return str(pd.DataFrame(rows, columns=["text", "one", "two"]).to_csv(index=False, sep=delimiter))


@pytest.mark.parametrize("write", [by_csv, by_pandas])
@pytest.mark.parametrize(("ending", "delimiter"), [(".csv", ","), (".tsv", "\t")])
@given(rows=ROWS)
def test_what_is_written_is_read_back(
    write: Callable[[Sequence[Sequence[str]], str], str], ending: str, delimiter: str, rows: list[tuple[str, ...]]
) -> None:
    with TemporaryDirectory() as place:
        path = Path(place, f"table{ending}")
        path.write_text(write(rows, delimiter), encoding="utf-8", newline="")
        read = list(read_rows(path))
    assert [tuple(row.values.values()) for row in read] == rows
    # A field's line ends move the rows after it.
    lines = [2]
    for row in rows[:-1]:
        lines.append(lines[-1] + 1 + sum(field.count("\n") for field in row))
    assert [row.line for row in read] == lines


@given(
    st.lists(st.fixed_dictionaries({"text": FIELD, "n": st.floats(allow_nan=False, allow_infinity=False)}), min_size=1)
)
def test_json_lines_that_are_written_are_read_back(rows: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as place:
        path = Path(place, "table.jsonl")
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        assert [dict(row.values) for row in read_rows(path)] == rows


@given(st.floats(-1e100, 1e100))
def test_every_number_that_python_writes_is_a_target(number: float) -> None:
    with TemporaryDirectory() as place:
        path = folder(Path(place), train=f"text,target\na,{number!r}\n", dev="text,target\na,1\n")
        read = load_corpus(config(path, columns={"target": "target"})).train.columns["target"][0]
    assert read == number
    assert math.copysign(1, read) == math.copysign(1, number)


@pytest.mark.parametrize(
    ("option", "train", "told"),
    [
        ("--check", "sentence\na\n", "spec.yaml:2:41: data.columns: {}/train.csv: there is no column `text`"),
        ("--check", "text,a,a\nb,c,d\n", "{}/train.csv:1: the column `a` stands twice in the head"),
        ("--plan", "text\na\nb,c\n", "{}/train.csv:3: the row has 2 fields, where the head has 1"),
        ("--plan", 'text\n"a\n', "{}/train.csv:2: a quote that opens in this row never closes"),
    ],
)
def test_a_mistake_ends_a_call_with_status_2_and_one_message(
    tmp_path: Path, option: str, train: str, told: str
) -> None:
    path = folder(tmp_path, train=train, dev="text\na\n")
    (tmp_path / "spec.yaml").write_text(
        "name: a\ndata: {source: table, path: ., columns: {text: text}}\n", encoding="utf-8"
    )
    result = CliRunner().invoke(main, [str(tmp_path / "spec.yaml"), option])
    assert result.exit_code == 2
    assert told.replace("{}", str(path)) in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(not REAL.exists(), reason="the questions are not there; SHARED_DATA names their folder's folder")
def test_real_questions_are_read_once_they_are_in_utf_8(tmp_path: Path) -> None:
    """`label text` a line, in bytes that are not UTF-8: told with the line, and read as a table without a head."""
    files = {"train": REAL / "TREC.train.all", "dev": REAL / "TREC.test.all"}
    settings = {"columns": {"label": 1, "text": 2}}
    for part, file in files.items():
        (tmp_path / f"{part}.tsv").write_bytes(re.sub(rb"(?m)^([0-9]) ", rb"\1\t", file.read_bytes()))
    line = 1 + next(n for n, row in enumerate(files["train"].read_bytes().split(b"\n")) if not row.isascii())
    assert f"train.tsv:{line}: byte 0x" in wrong(tmp_path, **settings)
    for part in files:
        text = (tmp_path / f"{part}.tsv").read_bytes().decode("latin1")
        (tmp_path / f"{part}.tsv").write_text(text, encoding="utf-8")
    corpus = load_corpus(config(tmp_path, **settings))
    assert (len(corpus.train), len(corpus.dev)) == (5452, 500)
    assert set(corpus.train.columns["label"]) == set("012345")
