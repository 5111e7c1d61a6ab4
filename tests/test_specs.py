"""Every example spec is loaded and planned."""

import os
from pathlib import Path

import pytest

from toolkit.runner.plan import plan
from toolkit.spec.loader import load_spec
from toolkit.spec.sweep import expand

SPECS = sorted((Path(__file__).parents[1] / "specs").rglob("*.yaml"))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.name)
def test_example_spec_loads_and_spells_out_its_runs(path: Path) -> None:
    experiment = load_spec(path, {"NLU_DATA": "somewhere"})
    assert experiment.question
    assert expand(experiment)
    assert path.read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.name)
def test_example_spec_can_be_planned(path: Path) -> None:
    if "NLU_DATA" in path.read_text(encoding="utf-8") and "NLU_DATA" not in os.environ:
        pytest.skip("set NLU_DATA to the folder of the NLU+ coursework corpus")
    assert plan(load_spec(path))
