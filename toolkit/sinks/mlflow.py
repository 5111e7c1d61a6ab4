"""MLflow: a run of a tracking server for each stored run, by MLflow's own client."""

from pathlib import Path
from typing import Any

from toolkit.extras import require
from toolkit.sinks.sink import Runs, Sink, SinkError, curves, results, settings, trained

IDENTITY = "toolkit.run"
"""The tag that a run is known by, so that it is handed on once."""


def mlflow_sink(uri: str) -> Sink:
    """A sink that logs settings, curves and results to a tracking server, under the experiment's name.

    Args:
        uri: Where MLflow tracks, such as `http://localhost:5000` or `sqlite:///mlflow.db`.

    Raises:
        ExtraError: MLflow is not installed.
    """
    require("mlflow")
    from mlflow import MlflowClient  # noqa: PLC0415  an optional extra
    from mlflow.exceptions import MlflowException  # noqa: PLC0415  as above

    def write(name: str, runs: Runs, _: Path) -> None:
        try:
            _log_all(MlflowClient(tracking_uri=uri), name, runs)
        except MlflowException as error:
            raise SinkError(f"--mlflow {uri}: {error}") from error

    return write


def _log_all(client: Any, name: str, runs: Runs) -> None:
    known = client.get_experiment_by_name(name)
    experiment = known.experiment_id if known else client.create_experiment(name)
    for record in trained(runs):
        for former in client.search_runs([experiment], f"tags.`{IDENTITY}` = '{record.run}'"):
            client.delete_run(former.info.run_id)
        _log(client, client.create_run(experiment, run_name=record.run, tags={IDENTITY: record.run}), record)


def _log(client: Any, run: Any, record: Any) -> None:
    from mlflow.entities import Metric, Param  # noqa: PLC0415  an optional extra

    when = run.info.start_time
    metrics = [Metric(column, value, when, epoch) for column, epoch, value in curves(record)]
    metrics += [Metric(key, float(value), when, 0) for key, value in results(record).items()]
    params = [Param(key, value) for key, value in settings(record).items()]
    client.log_batch(run.info.run_id, params=params)
    for start in range(0, len(metrics), MOST_METRICS):
        client.log_batch(run.info.run_id, metrics=metrics[start : start + MOST_METRICS])
    client.set_terminated(run.info.run_id, "FAILED" if record.status == "failed" else "FINISHED")


MOST_METRICS = 1000
"""MLflow takes no more in one call."""
