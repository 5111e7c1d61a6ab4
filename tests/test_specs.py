"""Every example spec is loaded and planned."""

import os
from pathlib import Path

import pytest

from toolkit.experiment import run
from toolkit.runner.planning.plan import plan
from toolkit.spec.loader import load_spec
from toolkit.spec.sweep import expand

SPECS = sorted((Path(__file__).parents[1] / "specs").rglob("*.yaml"))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.name)
def test_example_spec_loads_and_spells_out_its_runs(path: Path) -> None:
    experiment = load_spec(path, {"NLU_DATA": "somewhere"})
    assert experiment.question
    assert bool(expand(experiment)) is not bool(experiment.combine)
    assert path.read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.name)
def test_example_spec_can_be_planned(path: Path) -> None:
    experiment = load_spec(path, {"NLU_DATA": os.environ.get("NLU_DATA", "nowhere")})
    if experiment.data.source == "coursework" and "NLU_DATA" not in os.environ:
        pytest.skip("set NLU_DATA to the folder of the NLU+ coursework corpus")
    assert bool(plan(experiment)) is not bool(experiment.combine)


@pytest.mark.slow
@pytest.mark.parametrize("path", [path for path in SPECS if path.parent.name == "specs"], ids=lambda path: path.name)
def test_example_spec_trains_in_small(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if "NLU_DATA" in text and "NLU_DATA" not in os.environ:
        pytest.skip("set NLU_DATA to the folder of the NLU+ coursework corpus")
    small = ["data.train_size=40", "data.dev_size=30", "train.epochs=1", "data.vocab_size=60"]
    small += ["sweep.seeds=null"] if load_spec(path).sweep.seeds else []
    small += ["report.published=null"] if "published:" in text else []
    small += ["track.epochs=[1]"] if "track:" in text else []
    small += ["search.max_trials=4", "search.confirm_seeds=1"] if "search:" in text else []
    (outcome,) = run(path, out=tmp_path, overrides=small)
    assert outcome.failed == 0
    assert outcome.page.exists()
