"""Specs that extend others, and settings of the command line on top."""

from pathlib import Path

import pytest

from toolkit.errors import SpecError
from toolkit.spec.annealing import Cosine, Step
from toolkit.spec.loader import load_spec, load_specs
from toolkit.spec.sweep import expand

BASE = """
question: Which?
data: {train_size: 100, path: corpus, source: text}
model: {hidden: [20, 30], lookback: 2}
sweep: {grid: {model.cell: [rnn, gru]}, seeds: [1, 2]}
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def top(tmp_path: Path) -> Path:
    write(tmp_path / "shared" / "base.yaml", BASE)
    return write(
        tmp_path / "top.yaml", "name: top\nextends: shared/base.yaml\nmodel: {lookback: 3}\ndata: {path: '${X}'}"
    )


def test_later_override_of_a_section_counts_over_an_earlier_one_of_its_key(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", "name: a\nsweep: {seeds: [1, 2], grid: {model.hidden: [3, 4]}}")
    assert len(expand(load_spec(path, overrides=["sweep.seeds=null", "sweep=null"]))) == 1
    assert len(expand(load_spec(path, overrides=["sweep=null", "sweep.seeds=[7, 8, 9]"]))) == 3


def test_sections_are_merged_key_by_key_and_lists_are_replaced(top: Path) -> None:
    write(
        top,
        "name: top\nextends: shared/base.yaml\nmodel: {hidden: [5]}\n"
        "sweep: {grid: {model.lookback: [0, 1]}, seeds: [7]}",
    )
    experiment = load_spec(top)
    assert (experiment.question, experiment.model.hidden, experiment.model.lookback) == ("Which?", 5, 2)
    assert experiment.sweep.grid == {"model.cell": ["rnn", "gru"], "model.lookback": [0, 1]}
    assert experiment.sweep.seeds == [7]


def test_null_takes_a_section_or_a_list_of_the_base_away(top: Path) -> None:
    write(top, "name: top\nextends: shared/base.yaml\nsweep: null\nmodel: {hidden: null}\ndata: {train_size: null}")
    experiment = load_spec(top)
    assert experiment.sweep.grid == {}
    assert (experiment.model.hidden, experiment.model.lookback, experiment.data.train_size) == (50, 2, None)


def test_paths_are_relative_to_the_file_that_they_stand_in(top: Path, tmp_path: Path) -> None:
    assert load_spec(top, {"X": "here"}).data.path == "here"
    write(top, "name: top\nextends: shared/base.yaml")
    assert load_spec(top).data.path == str(tmp_path / "shared" / "corpus")
    assert load_spec(top, overrides=["data.path=there"]).data.path == "there"


def test_a_variable_that_is_overridden_need_not_be_set(top: Path) -> None:
    with pytest.raises(SpecError, match="X is not set"):
        load_spec(top, {})
    assert load_spec(top, {}, ["data.path=there"]).data.path == "there"


def test_mistakes_of_the_base_are_told_there(top: Path, tmp_path: Path) -> None:
    write(tmp_path / "shared" / "base.yaml", "model:\n  hiden: 3\n")
    write(top, "name: top\nextends: shared/base.yaml\ntrain: {epochs: 0}")
    with pytest.raises(SpecError) as raised:
        load_spec(top)
    assert "base.yaml:2:3: model.hiden is not a known key" in str(raised.value)
    assert "top.yaml:3:17: train.epochs: expected a number of at least 1" in str(raised.value)


def test_a_setting_over_a_sweep_of_the_base_is_told_to_have_no_effect(top: Path) -> None:
    write(top, "name: top\nextends: shared/base.yaml\nmodel: {cell: gru}\ndata: {path: here}")
    with pytest.raises(SpecError) as raised:
        load_spec(top)
    assert "top.yaml:3:15: model.cell is varied by sweep.grid.model.cell, which counts" in str(raised.value)


def test_a_sweep_over_a_setting_of_the_base_counts(tmp_path: Path) -> None:
    write(tmp_path / "base.yaml", "model: {cell: gru}")
    top = write(tmp_path / "top.yaml", "name: top\nextends: base.yaml\nsweep: {grid: {model.cell: [rnn, lstm]}}")
    assert [run.config.model.cell for run in expand(load_spec(top))] == ["rnn", "lstm"]


def test_the_path_of_a_base_may_come_from_the_environment(tmp_path: Path) -> None:
    write(tmp_path / "base.yaml", "model: {hidden: 3}")
    top = write(tmp_path / "top.yaml", "name: top\nextends: '${BASE:-base.yaml}'")
    assert load_spec(top, {}).model.hidden == 3
    assert load_spec(top, {"BASE": str(tmp_path / "base.yaml")}).model.hidden == 3


def test_specs_may_extend_specs_that_extend_specs(tmp_path: Path) -> None:
    write(tmp_path / "1.yaml", "model: {hidden: 1, lookback: 1, cell: gru}")
    write(tmp_path / "2.yaml", "extends: 1.yaml\nmodel: {hidden: 2, lookback: 2}")
    model = load_spec(write(tmp_path / "3.yaml", "name: a\nextends: 2.yaml\nmodel: {hidden: 3}")).model
    assert (model.cell, model.lookback, model.hidden) == ("gru", 2, 3)


@pytest.mark.parametrize(
    ("setting", "key", "value"),
    [
        ("model.hidden=7", "hidden", 7),
        ("model.hidden=[7, 8]", "hidden", [7, 8]),
        ("model.embedding=", "embedding", None),
        ("model.lookback=full", "lookback", "full"),
        ("model={cell: lstm, hidden: 3}", "cell", "lstm"),
    ],
)
def test_settings_override_any_key(tmp_path: Path, setting: str, key: str, value: object) -> None:
    path = write(tmp_path / "a.yaml", "name: a\nmodel: {hidden: 9, embedding: 4}")
    assert getattr(load_spec(path, overrides=[setting]).model, key) == value


def test_of_two_settings_for_a_key_the_later_one_counts(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", "name: a")
    assert load_spec(path, overrides=["train.epochs=1", "train.epochs=2"]).train.epochs == 2


def test_a_schedule_takes_the_place_of_another_kind_and_is_merged_with_its_own(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", "name: a\ntrain: {anneal: {schedule: cosine, epochs: 3}}")
    step = load_spec(path, overrides=["train.anneal={schedule: step, every: 4}"]).train.anneal
    assert step == Step(schedule="step", every=4)
    cosine = load_spec(path, overrides=["train.anneal.final=0.1"]).train.anneal
    assert cosine == Cosine(schedule="cosine", epochs=3, final=0.1)


@pytest.mark.parametrize("section", ["model", "sweep", "sweep.grid", "sweep.seeds", "report.tables", "search"])
def test_what_is_not_there_can_be_taken_away(tmp_path: Path, section: str) -> None:
    path = write(tmp_path / "a.yaml", "name: a")
    assert load_spec(path, overrides=[f"{section}=null"]) == load_spec(path)


def test_an_empty_section_is_as_good_as_left_out(tmp_path: Path) -> None:
    empty, without = (
        load_spec(write(tmp_path / "a.yaml", text)) for text in ("name: a\nmodel:\nsweep:\n  seeds:\n", "name: a")
    )
    assert empty == without


def test_a_space_of_a_search_can_be_given_part_by_part(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", "name: a")
    overrides = ["search.space.model.hidden.int=[10, 20]", "search.space.model.hidden.step=5"]
    search = load_spec(path, overrides=overrides).search
    assert search is not None
    assert (search.space["model.hidden"].int, search.space["model.hidden"].step) == ([10, 20], 5)


def test_settings_reach_sweeps_and_all_given_specs(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{name}.yaml", f"name: {name}\nsweep: {{seeds: [1, 2]}}") for name in "ab"]
    overrides = ["sweep.grid.model.hidden=[3, 4]", "sweep.seeds=[5]"]
    for spec in load_specs(paths, overrides=overrides):
        assert [run.settings for run in expand(spec.experiment)] == [
            {"model.hidden": 3, "train.seed": 5},
            {"model.hidden": 4, "train.seed": 5},
        ]


def test_a_sweep_can_be_taken_away_on_the_command_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", "name: a\nsweep: {grid: {model.hidden: [1, 2]}}")
    overrides = ["sweep.grid.model.hidden=null", "model.hidden=5"]
    assert [run.config.model.hidden for run in expand(load_spec(path, overrides=overrides))] == [5]


def test_overridden_keys_are_known_to_the_runs(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", "name: a")
    (run,) = expand(load_spec(path, overrides=["model.dropout=0.5", "question=Why?"]))
    assert run.overridden == ("model.dropout",)


def test_a_place_in_the_spec_is_shown_for_what_the_command_line_leaves_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", "name: a\nmodel: {hidden: 3, dropout: 2}")
    with pytest.raises(SpecError) as raised:
        load_spec(path, overrides=["model.hidden=5"])
    assert "a.yaml:2:29: model.dropout" in str(raised.value)
