"""Stored runs handed on to other tools, by these tools' own libraries."""

import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from toolkit.cli import conclude
from toolkit.errors import ExtraError
from toolkit.experiment import report, run
from toolkit.pipeline.writing import Outcome
from toolkit.sinks.mlflow import SOON, MLflow
from toolkit.sinks.sink import Runs, SinkError, results, trained
from toolkit.sinks.tensorboard import TensorBoard
from toolkit.spec.schema import Experiment
from toolkit.spec.sweep import expand
from toolkit.store import Epoch, RunRecord
from toolkit.tasks.measure import Measure
from toolkit.tasks.registry import TASKS


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


@pytest.fixture
def with_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The task of these runs has a measure, and a curve, more: no sink knows of them."""
    task = TASKS["language_model"]
    quarter, bits = (
        Measure("quarter", 2, found=lambda _: 0.25),
        Measure("bits", 2, found=lambda epoch: epoch.dev_loss / 0.5),
    )
    more = replace(task, measures=(*task.measures, quarter), curves=(*task.curves, bits))
    monkeypatch.setitem(TASKS, "language_model", more)


@pytest.mark.tools
@pytest.mark.usefixtures("with_more")
def test_tensorboard_reads_the_curves_of_each_run(runs: Runs, tmp_path: Path) -> None:
    accumulator = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator", reason="needs the extra `tensorboard`"
    )
    sink = TensorBoard()
    for _ in range(2):
        sink.write("study", runs, tmp_path)
    assert sorted(path.name for path in (tmp_path / "tensorboard").iterdir()) == [f"{n:016x}" for n in range(2)]
    events = accumulator.EventAccumulator(str(tmp_path / "tensorboard" / f"{1:016x}"))
    events.Reload()
    for name, expected in (("dev_loss", [0.7, 0.5]), ("bits", [1.4, 1.0])):
        values = [tensor.tensor_proto.float_val[0] for tensor in events.Tensors(name)]
        assert values == pytest.approx(expected)


@pytest.mark.tools
@pytest.mark.filterwarnings("ignore")  # MLflow's own
@pytest.mark.usefixtures("with_more")
def test_mlflow_has_settings_curves_and_results_of_each_run_once(
    runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    mlflow = pytest.importorskip("mlflow", reason="needs the extra `mlflow`")
    uri = (tmp_path / "mlruns").as_uri()
    sink = MLflow(uri)
    for _ in range(2):
        sink.write("study", runs, tmp_path)
    client = mlflow.MlflowClient(tracking_uri=uri)
    logged = client.search_runs([client.get_experiment_by_name("study").experiment_id])
    assert len(logged) == 2
    (second,) = [run for run in logged if run.data.params["model.lookback"] == "1"]
    assert (second.data.metrics["best_loss"], second.data.metrics["quarter"]) == (0.5, 0.25)
    assert second.data.metrics["bits"] == 1.0
    history = client.get_metric_history(second.info.run_id, "dev_loss")
    assert [(metric.step, metric.value) for metric in history] == [(0, 0.7), (1, 0.5)]


@pytest.mark.parametrize(("module", "make"), [("tensorboard", TensorBoard), ("mlflow", MLflow)])
def test_missing_extra_is_told_with_its_mend(module: str, make: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ExtraError, match=r"pip install 'rnn-spec-toolkit\["):
        make(*(["file:x"] if module == "mlflow" else []))  # type: ignore[operator]


@pytest.fixture
def silent_server() -> Iterator[str]:
    """The address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.tools
def test_a_server_of_mlflow_that_does_not_answer_is_told_within_seconds(
    silent_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("mlflow", reason="needs the extra `mlflow`")
    monkeypatch.setitem(SOON, "MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "120")
    monkeypatch.delenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", raising=False)
    started = time.monotonic()
    with pytest.raises(SinkError, match=f"--mlflow {silent_server}: "):
        MLflow(silent_server).check([])
    assert time.monotonic() - started < 10
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "120"
    assert "MLFLOW_HTTP_REQUEST_MAX_RETRIES" not in os.environ


@pytest.mark.tools
@pytest.mark.skipif(find_spec("sqlalchemy") is not None, reason="all of MLflow is installed")
def test_a_database_that_only_all_of_mlflow_can_open_is_told_with_its_mend(tmp_path: Path) -> None:
    pytest.importorskip("mlflow", reason="needs the extra `mlflow`")
    with pytest.raises(SinkError, match=r"the extra installs only the client: pip install mlflow"):
        MLflow(f"sqlite:///{tmp_path}/runs.db").check([])


def test_an_empty_address_of_mlflow_is_told() -> None:
    with pytest.raises(SinkError, match="expected the address of a tracking server"):
        MLflow("")


@pytest.mark.tools
def test_a_log_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard", reason="needs the extra `tensorboard`")
    (tmp_path / "tensorboard").touch()
    with pytest.raises(SinkError, match="cannot be made"):
        TensorBoard().check([tmp_path])


class Noting:
    """A sink that notes what it is given."""

    option = "--noting"

    def __init__(self) -> None:
        self.tried: list[Path] = []
        self.taken: list[str] = []

    def check(self, folders: Sequence[Path]) -> None:
        self.tried += folders

    def write(self, name: str, runs: Runs, folder: Path) -> None:
        self.taken.append(name)


class Unreachable(Noting):
    def check(self, folders: Sequence[Path]) -> None:
        raise SinkError("--unreachable: nobody answers")


class Failing(Noting):
    option = "--failing"

    def write(self, name: str, runs: Runs, folder: Path) -> None:
        raise ConnectionError("the line is dead")


TINY = "name: {name}\ndata: {{train_size: 20, dev_size: 10}}\nmodel: {{hidden: 2}}\ntrain: {{epochs: 1}}\n"


@pytest.fixture
def specs(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{name}.yaml" for name in ("one", "two")]
    for path in paths:
        path.write_text(TINY.format(name=path.stem), encoding="utf-8")
    return paths


@pytest.mark.parametrize("make", [run, report])
def test_a_sink_that_cannot_be_reached_is_told_before_anything_else(
    specs: list[Path], tmp_path: Path, make: Callable[..., object], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SinkError, match="nobody answers"):
        make(*specs, out=tmp_path, sinks=[Unreachable()])
    assert "to train" not in capsys.readouterr().out
    assert not list(tmp_path.rglob("index.html"))


def test_a_sink_that_fails_at_the_end_costs_neither_the_reports_nor_the_other_sinks(
    specs: list[Path], tmp_path: Path
) -> None:
    other = Noting()
    first, second = report(*specs, out=tmp_path, sinks=[Failing(), other])
    assert first.page.exists()
    assert second.page.exists()
    assert other.tried == [tmp_path / "one", tmp_path / "two"]
    assert other.taken == ["one", "two"]
    assert first.unlogged.startswith("--failing: ConnectionError: the line is dead\n    The runs of one were not")
    assert second.unlogged == ""


def test_a_sink_that_fails_at_the_end_gives_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        conclude([Outcome(tmp_path / "index.html", failed=0, unlogged="--failing: the line is dead")])
    assert ended.value.code == 1
    told = capsys.readouterr()
    assert told.out == f"{tmp_path}/index.html\n"
    assert told.err == "--failing: the line is dead\n"


def test_every_measure_of_a_run_is_handed_on(runs: Runs) -> None:
    (record, *_) = trained(runs)
    assert {"best_loss": 0.5, "best_epoch": 1, "final_loss": 0.5, "training_seconds": 1.0}.items() <= results(
        record
    ).items()
    assert results(record)["perplexity"] == pytest.approx(np.exp(0.5))
    assert "test_loss" not in results(record)


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_run_that_is_asked_for_twice_is_handed_on_with_the_most_epochs(runs: Runs, order: tuple[int, int]) -> None:
    spec, record = runs[0]
    assert record is not None
    longer = replace(record, history=[*record.history, Epoch(2, 0.4)], epochs=2)
    both = {1: record, 2: longer}
    assert [len(one.history) for one in trained([(spec, both[epochs]) for epochs in order])] == [3]
