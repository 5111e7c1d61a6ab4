"""Which columns are read, and what is told or refused of files of numbers."""

import gzip
import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.data.sources.series.conftest import Load, rows
from tests.spec.test_loader import error_of, write
from toolkit.data.corpus import Corpus
from toolkit.data.dataset import load_corpus
from toolkit.data.inspection import inspect
from toolkit.data.kept import load_data
from toolkit.errors import DataError, SpecError
from toolkit.spec.loader import load_specs
from toolkit.spec.schema import DataConfig
from toolkit.tasks.registry import TASKS
from toolkit.tasks.task import Linear, Task

VALUES = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4]
DAY = date(1984, 12, 20)
LAST_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def dated(form: str = "%Y-%m-%d", step: int = 1, skipped: tuple[int, ...] = ()) -> str:
    """Values with dates, of which some steps are left out."""
    dates = [
        DAY + timedelta(days=step * number) for number in range(len(VALUES) + len(skipped)) if number not in skipped
    ]
    return rows([f'"{day.strftime(form)}",{value}' for day, value in zip(dates, VALUES, strict=True)], '"Date","Temp"')


def inputs(corpus: Corpus) -> list[str]:
    assert corpus.scaling is not None
    return [scale.name for scale in corpus.scaling.inputs]


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y-%m-%d 12:00"])
def test_dates_are_not_read_and_even_ones_are_not_told_of(load: Load, form: str) -> None:
    corpus = load(dated(form), window=2)
    assert inputs(corpus) == ["Temp"]
    assert not corpus.remarks


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        (
            dated(skipped=(3,)),
            r"a\.csv:5: 1984-12-24 comes 2 days after 1984-12-22, where most steps are 1 day; 1 step",
        ),
        (dated(step=7, skipped=(3, 4, 9)), "comes 21 days after .*, where most steps are 7 days; 2 steps of 19 are"),
        (rows([f"1984-{1 + month:02}-28,{month % 5}" for month in range(12)], "t,x"), ""),
        (rows([f"{1984 + month // 12}-{1 + month % 12:02},{month % 5}" for month in range(30)], "t,x"), ""),
        (rows([f"198{year}-{month},{month}" for year in range(5) for month in ("01", "04", "07", "10")], "t,x"), ""),
        (rows([f"1984-{month}-{day},{day % 7}" for month, day in enumerate(LAST_DAYS, start=1)], "t,x"), ""),
        (
            rows([f"1984-{month:02},{month % 5}" for month in range(1, 13) if month != 4], "t,x"),
            "1984-05 comes 2 months after 1984-03, where most steps are 1 month; 1 step of 10 is",
        ),
    ],
)
def test_a_gap_is_told_with_its_place_and_equal_steps_are_not(load: Load, dates: str, told: str) -> None:
    corpus = load(dates, window=2)
    if told:
        (remark,) = corpus.remarks
        assert re.search(told, remark)
    else:
        assert not corpus.remarks


def test_a_column_that_counts_the_steps_is_told_and_not_read(load: Load) -> None:
    text = rows([f"{1900 + step},{value}" for step, value in enumerate(VALUES)], "year,x")
    corpus = load(text, window=2)
    assert inputs(corpus) == ["x"]
    assert [remark for remark in corpus.remarks if "the column `year` counts the steps" in remark]
    named = load(text, window=2, columns={"inputs": ["year", "x"], "target": "x"})
    assert inputs(named) == ["year", "x"]
    said = load(text, window=2, columns={"time": "year"})
    assert inputs(said) == ["x"]
    assert not said.remarks


def test_a_file_without_a_head_has_numbered_columns(load: Load) -> None:
    text = "".join(f"{value},{step % 2}\n" for step, value in enumerate(VALUES))
    corpus = load(text, window=2, columns={"target": 1})
    assert inputs(corpus) == ["column 1", "column 2"]
    assert len(corpus.train) == 10


def test_tabs_gzip_and_windows_line_ends_are_read(load: Load, tmp_path: Path) -> None:
    plain = load(rows(VALUES), window=2)
    (tmp_path / "b.tsv").write_bytes("\r\n".join(["x\ty", *(f"{value}\t0" for value in VALUES)]).encode())
    (tmp_path / "c.csv.gz").write_bytes(gzip.compress(rows(VALUES).encode()))
    for name in ("b.tsv", "c.csv.gz"):
        settings = {"source": "series", "path": str(tmp_path / name), "window": 2, "split": {"dev": 0.2, "test": 0.2}}
        columns = {"columns": {"inputs": ["x"]}} if name == "b.tsv" else {}
        found = load_corpus(DataConfig.model_validate({**settings, **columns}))
        np.testing.assert_array_equal(found.train.columns["vectors"], plain.train.columns["vectors"])


NUMBERS = {
    "1,5": "`x` is '1,5'; write 1.5, with a point",
    "nan": "`x` is 'nan', and a network cannot read what is missing or infinite; fill it in or delete the row",
    "-inf": "`x` is '-inf', and a network",
    "NA": "`x` is 'NA', and a network",
    "": "`x` is empty; a network cannot read what is missing, so fill it in or delete the row",
    "?0.2": "`x` is '?0.2', which is no number; mend it, or delete the row",
    "1e400": "`x` is 1e400, which is too large; at most 1e+100",
    "0x1F": "`x` is '0x1F', which is no number",
    "1_000": "`x` is '1_000', which is no number",
    "٣": "`x` is '٣', which is no number",
}


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("row", [0, 7])
def test_a_number_that_is_none_is_told_with_its_line(load: Load, number: str, row: int) -> None:
    values: list[Any] = [*VALUES[:row], f'"{number}"', *VALUES[row + 1 :]]
    text = rows([f"{step % 3},{value}" for step, value in enumerate(values)], "y,x")
    with pytest.raises(DataError) as caught:
        load(text, window=2, columns={"target": "y"})
    assert f"a.csv:{row + 2}: {NUMBERS[number]}" in str(caught.value)


FAULTS: Mapping[str, tuple[str, dict[str, Any], str]] = {
    "out of order": (
        rows(["1984-01,1", "1984-03,2", "1984-02,3"], "t,x"),
        {"window": 1},
        "a.csv:4: `t`: 1984-02 follows 1984-03; sort the rows by time, the earliest first",
    ),
    "twice": (rows(["1984-01,1", "1984-01,2"], "t,x"), {"window": 1}, "a.csv:3: `t`: 1984-01 stands twice in a row"),
    "no date": (
        rows(["1984-01,1", "soon,2"], "t,x"),
        {"window": 1},
        "a.csv:3: `t` is 'soon'; expected a date as in line 2",
    ),
    "no time": (
        rows(["soon,1", "later,2"], "t,x"),
        {"window": 1, "columns": {"time": "t"}},
        "a.csv:2: `t` is 'soon'; expected a date such as 1981-01-31",
    ),
    "counted backwards": (
        rows(["5,1", "4,2"], "t,x"),
        {"window": 1, "columns": {"time": "t"}},
        "a.csv:3: `t`: 4 follows 5; sort the rows",
    ),
    "words": (
        rows(["good,1", "bad,2"], "mood,x"),
        {"window": 1},
        "a.csv:2: `mood` has `good`, which is neither a number nor a date such as 1981-01-31, 1981-01 or",
    ),
    "no such column": (
        rows(VALUES),
        {"window": 2, "columns": {"target": "valeu"}},
        "data.columns: target: {file} has no column `valeu`; did you mean `value`?; it has `value`",
    ),
    "no column left": (
        rows(["1984-01", "1984-02"], "t"),
        {"window": 1},
        "data.columns: {file}: no column of numbers is left to be read; name the columns that are read",
    ),
    "no series": (
        rows([f"{value}," for value in VALUES], "x,id"),
        {"window": 2, "columns": {"series": "id"}},
        "a.csv:2: `id` is empty; say which series the row is of, or delete it",
    ),
    "a head alone": ("x\n", {"window": 2}, "a.csv:2: expected a row of numbers, found the end of the file"),
    "too few fields": ("x,y\n1,2\n3\n", {"window": 2}, "a.csv:3: the row has 1 field, where the head has 2 (x, y)"),
    "a column twice": ("x,x\n1,2\n", {"window": 2}, "a.csv:1: the column `x` stands twice in the head"),
    "an open quote": ('x\n1\n"2\n', {"window": 2}, "a.csv:3: a quote that opens in this row never closes"),
    "two labels": (
        rows(["1,a,u", "2,a,v", "3,b,u"], "x,id,kind"),
        {"columns": {"series": "id", "label": "kind"}},
        "a.csv:3: `kind` is `v` here and `u` in line 2 of the same series; a series has one label",
    ),
    "no label": (
        rows(["1,a,", "2,a,"], "x,id,kind"),
        {"columns": {"series": "id", "label": "kind"}},
        "a.csv:2: `kind` is empty; give the series a label, or delete it",
    ),
    "two numbers": (
        rows(["1,a,5", "2,a,6"], "x,id,y"),
        {"columns": {"series": "id", "target": "y"}},
        "a.csv:3: `y` is 6 here and 5 in line 2 of the same series; a series that is read whole has one number",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_with_a_file_is_one_message_with_its_place(load: Load, tmp_path: Path, fault: str) -> None:
    text, settings, told = FAULTS[fault]
    with pytest.raises(DataError) as caught:
        load(text, **settings)
    assert told.replace("{file}", str(tmp_path / "a.csv")) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_mistakes_of_several_files_are_told_at_once(load: Load) -> None:
    files = {"train.csv": rows(VALUES), "dev.csv": rows(["1", "x"]), "test.csv": rows(["2"], "valeu")}
    with pytest.raises(DataError) as caught:
        load(files, window=2)
    told = str(caught.value)
    assert "dev.csv:3: `value` is 'x', which is no number" in told
    assert "test.csv has no column `value`; did you mean `valeu`?" in told


FORECAST = Task(
    name="agreement",
    meaning="forecast a number",
    version=1,
    needs=("vectors", "ahead"),
    predicts="last",
    head=Linear("ahead"),
    encode=lambda row: (row["vectors"], row["ahead"]),
    beside=("last_value", "last_season", "naive_error"),
)


def test_a_spec_is_held_against_what_the_source_delivers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TASKS, "agreement", FORECAST)
    (tmp_path / "x.csv").write_text(rows(VALUES), encoding="utf-8")
    head = "name: a\ndata: {source: series, task: agreement, path: x.csv, split: {dev: 0.2}"
    specs = load_specs([write(tmp_path, head + ", window: 3}\n")])
    inspect(specs)
    assert "needs the columns vectors and ahead, which the source series has only with data.window" in error_of(
        write(tmp_path, head + "}\n")
    )
    told = error_of(write(tmp_path, head + ", columns: {text: value}}\n"))
    assert "data.columns.text is for data.source: table; series has no such column" in told
    missing = load_specs([write(tmp_path, head + ", window: 3, columns: {target: valeu}}\n")])
    with pytest.raises(SpecError, match="has no column `valeu`; did you mean `value`"):
        inspect(missing)


def test_a_loaded_series_has_all_that_measures_need(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TASKS, "agreement", FORECAST)
    path = tmp_path / "x.csv"
    path.write_text(rows(VALUES), encoding="utf-8")
    settings = {"source": "series", "task": "agreement", "path": str(path), "window": 3, "season": 4}
    config = DataConfig.model_validate({**settings, "split": {"dev": 0.2}})
    found = load_data(config)
    assert set(found.dev.beside) == {"last_value", "last_season", "naive_error"}
    assert found.scaling is not None
    assert found.scaling.target is not None
    targets = found.scaling.target.in_own_unit(np.concatenate(found.dev.targets)[:, 0])
    np.testing.assert_allclose(targets, VALUES[16:])
    scaled = found.scaling.target.scaled(np.array([[1.0], [2.0], [3.0], [4.0]]))
    said = found.dev.predictions_of(scaled, np.zeros(4), found.train)
    np.testing.assert_allclose(said.said[:, 0], [1, 2, 3, 4])
    np.testing.assert_allclose(said.targets[:, 0], VALUES[16:])
    np.testing.assert_allclose(said.training[:, 0], VALUES[3:16])
    assert said.beside["last_value"].tolist() == VALUES[15:19]
    assert found.summary is not None
    assert [str(part) for part in found.summary.parts] == [
        "13 sequences, 39 steps of 1 number",
        "4 sequences, 12 steps of 1 number",
    ]
    assert load_data(config) is found
    path.write_text(rows([*VALUES[:-1], 5]), encoding="utf-8")
    assert load_data(config).digest != found.digest
