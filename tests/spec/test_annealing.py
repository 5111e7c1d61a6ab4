"""Learning-rate schedules as functions of the epoch."""

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import TypeAdapter

import toolkit
from toolkit.spec.annealing import SCHEDULES, Anneal, Constant, Harmonic, rate_at

WRITTEN = {
    "harmonic": {"schedule": "harmonic", "epochs": 5},
    "exponential": {"schedule": "exponential", "factor": 0.5},
    "cosine": {"schedule": "cosine", "epochs": 4, "final": 0.2},
    "step": {"schedule": "step", "every": 3, "factor": 0.1},
    "constant": {"schedule": "constant"},
}
# lr_0 = 0.5 at epochs 0, 2, 3, 4 and 9, by hand.
RATES = {
    "harmonic": [0.5, 0.5 * 5 / 7, 0.5 * 5 / 8, 0.5 * 5 / 9, 0.5 * 5 / 14],
    "exponential": [0.5, 0.125, 0.0625, 0.03125, 0.5 / 512],
    "cosine": [0.5, 0.3, 0.1 + 0.4 * (1 - math.sqrt(0.5)) / 2, 0.1, 0.1],
    "step": [0.5, 0.5, 0.05, 0.05, 0.0005],
    "constant": [0.5] * 5,
}


def read(name: str) -> Anneal:
    anneal: Anneal = TypeAdapter(Anneal).validate_python(WRITTEN[name])
    return anneal


@pytest.mark.parametrize("name", SCHEDULES)
def test_rates_are_those_of_the_formula(name: str) -> None:
    assert [rate_at(0.5, read(name), epoch) for epoch in (0, 2, 3, 4, 9)] == pytest.approx(RATES[name], rel=1e-12)


def test_short_and_long_forms_are_the_same() -> None:
    for epoch in (0, 1, 7):
        assert rate_at(0.5, Harmonic(schedule="harmonic", epochs=5), epoch) == rate_at(0.5, 5, epoch)
        assert rate_at(0.5, Constant(schedule="constant"), epoch) == rate_at(0.5, 0, epoch) == 0.5


LINEAR = '''class Linear(Schedule):
    """lr_e falls from lr_0 to 0 in equal steps."""

    schedule: Literal["linear"] = Field(description="which schedule it is")
    epochs: PositiveInt = Field(description="epochs until the rate is 0")

    def rate(self, initial: float, epoch: int) -> float:
        """lr_0 * max(0, 1 - e / epochs)."""
        return initial * max(0.0, 1 - epoch / self.epochs)


Named = (
    Annotated[Linear, Tag("linear")]
    | '''
SPEC = """
name: falling
sweep: {grid: {train.anneal: [{schedule: linear, epochs: 4}, 5]}}
"""
USE = """
import json, sys
from toolkit import load_spec
from toolkit.spec.annealing import rate_at
from toolkit.spec.sweep import expand

first, _ = expand(load_spec(sys.argv[1]))
print(json.dumps([rate_at(1.0, first.config.train.anneal, epoch) for epoch in range(6)]))
"""


def test_a_schedule_is_added_in_one_file(tmp_path: Path) -> None:
    shutil.copytree(Path(toolkit.__file__).parent, tmp_path / "toolkit", ignore=shutil.ignore_patterns("__pycache__"))
    room = tmp_path / "toolkit" / "spec" / "annealing.py"
    before, found, after = room.read_text(encoding="utf-8").partition("Named = (\n    ")
    assert found
    room.write_text(before + LINEAR + after, encoding="utf-8")
    spec = tmp_path / "falling.yaml"
    spec.write_text(SPEC, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}

    def python(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    assert json.loads(python("-c", USE, str(spec))) == [1, 0.75, 0.5, 0.25, 0, 0]
    assert "2 = 2 train.anneal" in python("-m", "toolkit", "--check", str(spec))
    assert '"linear"' in python("-m", "toolkit", "--schema")
