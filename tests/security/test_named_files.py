"""Files that a spec names may be any: only fit ones are read, and none is shown that is not ours."""

import os
from pathlib import Path

import pytest

from toolkit.data.reading.files import read_lines
from toolkit.errors import DataError, SpecError
from toolkit.spec.loader import load_spec

OF_THE_SYSTEM = "root:x:0:0:hunter2:/root:/bin/bash"


def error_of(folder: Path, spec: str) -> str:
    (folder / "spec.yaml").write_text(spec, encoding="utf-8")
    with pytest.raises(SpecError) as raised:
        load_spec(folder / "spec.yaml", {})
    return str(raised.value)


@pytest.mark.parametrize("end", ["\n", ",a,b\n", "\nmetric,value\n"])
def test_a_published_table_that_is_none_is_told_by_its_place_alone(tmp_path: Path, end: str) -> None:
    (tmp_path / "passwd").write_text(OF_THE_SYSTEM + end, encoding="utf-8")
    message = error_of(tmp_path, "name: a\nreport: {published: passwd}")
    assert f"{tmp_path / 'passwd'}:1: expected the columns metric, value" in message
    assert "hunter2" not in message


@pytest.mark.parametrize("named", ["published", "extends"])
@pytest.mark.parametrize("kind", ["pipe", "device", "large"])
def test_a_pipe_a_device_and_a_huge_file_are_refused_at_once(tmp_path: Path, named: str, kind: str) -> None:
    if kind == "pipe":
        os.mkfifo(tmp_path / "file")
    elif kind == "device":
        (tmp_path / "file").symlink_to("/dev/zero")
    else:
        with (tmp_path / "file").open("wb") as file:
            file.truncate(10**12)
    key = {"published": "report: {published: file}", "extends": "extends: file"}[named]
    reason = "at most 4,000,000 bytes are read" if kind == "large" else "expected a regular file"
    assert reason in error_of(tmp_path, f"name: a\n{key}")


@pytest.mark.parametrize("kind", ["pipe", "large"])
def test_a_data_file_is_a_regular_file_within_a_size(tmp_path: Path, kind: str) -> None:
    if kind == "pipe":
        os.mkfifo(tmp_path / "train.txt")
    else:
        with (tmp_path / "train.txt").open("wb") as file:
            file.truncate(10**12)
    with pytest.raises(DataError, match=r"train.txt: it is .*; put a data file in its place"):
        read_lines(tmp_path / "train.txt")
