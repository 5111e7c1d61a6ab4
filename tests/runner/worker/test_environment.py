"""What the environment says to Keras and TensorFlow changes no number, or is told."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import pytest

from tests.runner.training import train_whole
from toolkit.backend import require_tensorflow
from toolkit.errors import SpecError
from toolkit.runner import provenance
from toolkit.runner.worker.process import Worker
from toolkit.spec.schema import RunConfig

ROOT = Path(__file__).parents[3]
CONFIG = RunConfig.model_validate(
    {
        "data": {"task": "agreement", "train_size": 60, "dev_size": 40, "distance": "uniform", "max_distance": 2},
        "model": {"hidden": 4},
        "train": {"epochs": 4, "batch_size": 5, "min_change": None, "optimizer": "adam"},
    }
)


@pytest.fixture(scope="module")
def plain() -> Any:
    return train_whole(CONFIG, worker=Worker())


@pytest.mark.parametrize(
    ("setting", "value"),
    [("max_steps_per_epoch", 1), ("max_epochs", 2), ("epsilon", 0.1), ("floatx", "float16")],
)
def test_a_setting_of_keras_changes_no_number(
    plain: Any, setting: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = getattr(keras.config, setting)()
    getattr(keras.config, f"set_{setting}")(value)
    try:
        end = train_whole(CONFIG, worker=Worker())
        assert getattr(keras.config, setting)() == value
    finally:
        getattr(keras.config, f"set_{setting}")(before)
    assert [epoch.dev_loss for epoch in end.record.history] == [epoch.dev_loss for epoch in plain.record.history]
    assert end.weights == plain.weights


def test_the_variables_and_the_file_that_keras_reads_change_no_number(plain: Any, tmp_path: Path) -> None:
    settings = {"floatx": "float64", "epsilon": 0.1, "backend": "tensorflow", "image_data_format": "channels_first"}
    (tmp_path / "keras.json").write_text(json.dumps(settings), encoding="utf-8")
    code = f"""
from tests.runner.training import train_whole
from toolkit.spec.schema import RunConfig
end = train_whole(RunConfig.model_validate({CONFIG.model_dump(mode="json")!r}))
print([epoch.dev_loss for epoch in end.record.history])
"""
    environment = {"KERAS_HOME": str(tmp_path), "KERAS_MAX_EPOCHS": "2", "KERAS_MAX_STEPS_PER_EPOCH": "1"}
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, env=os.environ | environment
    )
    assert told.stdout.splitlines()[-1] == str([epoch.dev_loss for epoch in plain.record.history])


@pytest.mark.parametrize("how", ["variable", "file"])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_another_backend_is_refused_in_one_line_before_training(tmp_path: Path, how: str, workers: str) -> None:
    (tmp_path / "keras.json").write_text(json.dumps({"backend": "jax"}), encoding="utf-8")
    chosen = {"KERAS_BACKEND": "jax"} if how == "variable" else {"KERAS_HOME": str(tmp_path)}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KERAS_")} | chosen
    command = [sys.executable, str(ROOT / "run_spec.py"), str(ROOT / "specs" / "quickstart.yaml"), "-j", workers]
    told = subprocess.run(
        [*command, "--out", str(tmp_path / "reports")], capture_output=True, text=True, check=False, env=environment
    )
    assert told.returncode == 2
    (line,) = told.stderr.splitlines()
    assert "Keras is to use the backend jax" in line
    assert "set KERAS_BACKEND=tensorflow" in line


def test_a_program_that_uses_keras_with_tensorflow_may_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    require_tensorflow()
    monkeypatch.setattr(keras.config, "backend", lambda: "torch")
    with pytest.raises(SpecError, match="the backend torch"):
        require_tensorflow()


def test_flags_that_may_change_last_bits_stand_in_the_provenance(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in provenance.FLAGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=true")
    monkeypatch.setenv("TF_DETERMINISTIC_OPS", "1")
    provenance.surroundings.cache_clear()
    told = provenance.surroundings()["flags"]
    provenance.surroundings.cache_clear()
    assert told == {"TF_DETERMINISTIC_OPS": "1", "XLA_FLAGS": "--xla_cpu_enable_fast_math=true"}
