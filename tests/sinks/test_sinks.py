"""Stored runs handed on to other tools, by these tools' own libraries."""

import sys
from pathlib import Path

import pytest

from toolkit.errors import ExtraError
from toolkit.sinks.mlflow import mlflow_sink
from toolkit.sinks.sink import Runs
from toolkit.sinks.tensorboard import tensorboard_sink
from toolkit.spec.schema import Experiment
from toolkit.spec.sweep import expand
from toolkit.store import Epoch, RunRecord


@pytest.fixture
def runs() -> Runs:
    """Two runs, one of them twice, and one that was not trained."""
    spec = {"name": "study", "sweep": {"grid": {"model.lookback": [0, 1, 2]}}}
    history = [Epoch(0, 0.7), Epoch(1, 0.5, train_loss=0.6, learning_rate=0.5, seconds=1.0)]
    pairs = [
        (run, RunRecord(f"{number:016x}", "done", run.config.model_dump(mode="json"), history, epochs=1))
        for number, run in enumerate(expand(Experiment.model_validate(spec)))
    ]
    return [pairs[0], pairs[1], pairs[1], (pairs[2][0], None)]


def test_tensorboard_reads_the_curves_of_each_run(runs: Runs, tmp_path: Path) -> None:
    accumulator = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator", reason="needs the extra `tensorboard`"
    )
    sink = tensorboard_sink()
    for _ in range(2):
        sink("study", runs, tmp_path)
    assert sorted(path.name for path in (tmp_path / "tensorboard").iterdir()) == [f"{n:016x}" for n in range(2)]
    events = accumulator.EventAccumulator(str(tmp_path / "tensorboard" / f"{1:016x}"))
    events.Reload()
    values = [tensor.tensor_proto.float_val[0] for tensor in events.Tensors("dev_loss")]
    assert values == pytest.approx([0.7, 0.5])


@pytest.mark.filterwarnings("ignore")  # MLflow's own
def test_mlflow_has_settings_curves_and_results_of_each_run_once(
    runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    mlflow = pytest.importorskip("mlflow", reason="needs the extra `mlflow`")
    uri = (tmp_path / "mlruns").as_uri()
    sink = mlflow_sink(uri)
    for _ in range(2):
        sink("study", runs, tmp_path)
    client = mlflow.MlflowClient(tracking_uri=uri)
    logged = client.search_runs([client.get_experiment_by_name("study").experiment_id])
    assert len(logged) == 2
    (second,) = [run for run in logged if run.data.params["model.lookback"] == "1"]
    assert second.data.metrics["best_loss"] == 0.5
    history = client.get_metric_history(second.info.run_id, "dev_loss")
    assert [(metric.step, metric.value) for metric in history] == [(0, 0.7), (1, 0.5)]


@pytest.mark.parametrize(("module", "make"), [("tensorboard", tensorboard_sink), ("mlflow", mlflow_sink)])
def test_missing_extra_is_told_with_its_mend(module: str, make: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ExtraError, match=r"pip install 'rnn-spec-toolkit\["):
        make(*(["file:x"] if module == "mlflow" else []))  # type: ignore[operator]
