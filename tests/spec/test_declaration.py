"""A spec's runs are spelled out once, however many parts of it name them."""

from pathlib import Path

import pytest

from toolkit.runner.planning.plan import data_lines, plan_specs
from toolkit.spec import declaration
from toolkit.spec.loader import load_specs
from toolkit.spec.overview import overview
from toolkit.spec.schema import Experiment
from toolkit.spec.sweep import RunSpec, expand

SPEC = """
name: a
data: {source: grammar, task: agreement, train_size: 20, dev_size: 10}
evaluate: {by: [distance]}
sweep:
  grid: {model.cell: [rnn, gru], model.lookback: [0, 1, 2]}
  seeds: [1, 2]
report:
  tables: [{name: t, rows: [model.lookback], values: [best_loss, plural_f1], where: {model.cell: gru}}]
  figures:
    - {name: l, x: model.lookback, y: best_loss, where: {model.cell: rnn}}
    - {name: d, x: distance, y: accuracy, hue: model.lookback}
  claims:
    - {claim: It gains., setting: {model.lookback: 2}, than: {model.lookback: 0}, each: [model.cell]}
    - {claim: It is better., setting: {model.cell: gru}, than: {model.cell: rnn}, each: [model.lookback]}
"""


@pytest.fixture
def expansions(monkeypatch: pytest.MonkeyPatch) -> list[Experiment]:
    made: list[Experiment] = []

    def counted(experiment: Experiment) -> list[RunSpec]:
        made.append(experiment)
        return expand(experiment)

    monkeypatch.setattr(declaration, "expand", counted)
    return made


def test_checks_overview_and_plan_share_one_expansion(tmp_path: Path, expansions: list[Experiment]) -> None:
    (tmp_path / "a.yaml").write_text(SPEC, encoding="utf-8")
    loaded = load_specs([tmp_path / "a.yaml"])
    assert "12 = 2 model.cell x 3 model.lookback x 2 seeds" in overview(loaded[0])
    assert [len(runs) for runs in plan_specs(loaded).values()] == [12]
    assert data_lines(loaded)
    assert len(expansions) == 1


def test_claims_are_checked_on_runs_that_are_not_perturbed(tmp_path: Path, expansions: list[Experiment]) -> None:
    (tmp_path / "a.yaml").write_text(f"{SPEC}sensitivity: 2\n", encoding="utf-8")
    (loaded,) = load_specs([tmp_path / "a.yaml"])
    assert len(loaded.runs) == 36
    assert [experiment.sensitivity for experiment in expansions] == [2, 0]


def test_what_the_command_line_set_is_known_to_every_run(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SPEC, encoding="utf-8")
    (loaded,) = load_specs([tmp_path / "a.yaml"], overrides=["model.hidden=3"])
    assert loaded.experiment.overridden == ("model.hidden",)
    assert {run.overridden for run in loaded.runs} == {("model.hidden",)}


def test_no_file_can_say_what_the_command_line_set() -> None:
    assert Experiment.model_validate({"name": "a"}).overridden == ()
    with pytest.raises(ValueError, match="overridden"):
        Experiment.model_validate({"name": "a", "overridden": ["model.hidden"]})
