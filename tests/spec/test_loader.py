from pathlib import Path

import pytest

from toolkit.errors import SpecError
from toolkit.spec.loader import load_spec, load_specs


def write(folder: Path, text: str, name: str = "a.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def error_of(path: Path, **environment: str) -> str:
    with pytest.raises(SpecError) as raised:
        load_spec(path, environment)
    return str(raised.value)


def test_left_out_keys_have_their_defaults(tmp_path: Path) -> None:
    experiment = load_spec(write(tmp_path, "name: a"))
    assert (experiment.model.cell, experiment.model.hidden, experiment.train.min_change) == ("rnn", 50, 0.0001)


def test_whole_numbers_serve_as_learning_rates(tmp_path: Path) -> None:
    assert load_spec(write(tmp_path, "{name: a, train: {learning_rate: 1}}")).train.learning_rate == 1.0


def test_path_in_the_spec_is_relative_to_the_spec(tmp_path: Path) -> None:
    experiment = load_spec(write(tmp_path, "{name: a, data: {source: text, path: corpus}}"))
    assert experiment.data.path == str(tmp_path / "corpus")


def test_swept_paths_are_relative_to_the_spec(tmp_path: Path) -> None:
    text = "{name: a, data: {source: text}, sweep: {grid: {data.path: [one, '${HERE}/two']}}}"
    experiment = load_spec(write(tmp_path, text), {"HERE": "some"})
    assert experiment.sweep.grid["data.path"] == [str(tmp_path / "one"), "some/two"]


def test_path_from_the_environment_is_relative_to_the_working_directory(tmp_path: Path) -> None:
    path = write(tmp_path, "{name: a, data: {source: text, path: '${HERE}/corpus'}}")
    assert load_spec(path, {"HERE": "some"}).data.path == "some/corpus"


def test_default_of_an_unset_variable_counts_as_written_in_the_spec(tmp_path: Path) -> None:
    path = write(tmp_path, "{name: a, data: {source: text, path: '${HERE:-corpus}'}}")
    assert load_spec(path, {}).data.path == str(tmp_path / "corpus")


def test_unset_variable_says_what_to_set(tmp_path: Path) -> None:
    message = error_of(write(tmp_path, "name: a\ndata: {path: '${NLU_DATA}'}"))
    assert "a.yaml:2:14: the environment variable NLU_DATA is not set; set it: NLU_DATA=.." in message


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    told = error_of(write(tmp_path, "name: a b\nmodel: {cell: x, hidden: 0}\ntrain: {epochs: 0}"))
    places = [line.split(": ")[0].removeprefix(f"{tmp_path}/") for line in told.splitlines() if ".yaml:" in line]
    assert places == ["a.yaml:1:7", "a.yaml:2:15", "a.yaml:2:26", "a.yaml:3:17"]


@pytest.mark.parametrize("name", ["../up", "a/b", "", "runs", "."])
def test_name_that_is_no_folder_of_its_own_is_refused(tmp_path: Path, name: str) -> None:
    assert "name: " in error_of(write(tmp_path, f"name: '{name}'"))


def test_missing_name_is_told(tmp_path: Path) -> None:
    assert "name is missing; add `name: ..`" in error_of(write(tmp_path, "model: {}"))


def test_missing_file_folder_and_binary_file_are_told(tmp_path: Path) -> None:
    assert "there is no such file" in error_of(tmp_path / "none.yaml")
    assert "is a folder" in error_of(tmp_path)
    (tmp_path / "binary.yaml").write_bytes(b"name: \xff\xfe")
    assert "is not text in UTF-8" in error_of(tmp_path / "binary.yaml")
    assert "a spec is a list of" in error_of(write(tmp_path, "", "empty.yaml"))


def test_mistakes_of_all_specs_and_equal_names_are_told_together(tmp_path: Path) -> None:
    first, second = write(tmp_path, "name: a", "1.yaml"), write(tmp_path, "name: a", "2.yaml")
    third = write(tmp_path, "nam: a", "3.yaml")
    with pytest.raises(SpecError) as raised:
        load_specs([first, second, third])
    assert "2.yaml:1:7: name: " in str(raised.value)
    assert "has the name `a` too" in str(raised.value)
    assert "nam is not a known key" in str(raised.value)


def test_a_mistake_of_the_command_line_is_told_once_for_all_specs(tmp_path: Path) -> None:
    paths = [write(tmp_path, f"name: {name}", f"{name}.yaml") for name in "ab"]
    with pytest.raises(SpecError) as raised:
        load_specs(paths, overrides=["model.hiden=3"])
    assert str(raised.value).count("model.hiden is not a known key") == 1
