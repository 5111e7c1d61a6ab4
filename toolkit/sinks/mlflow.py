"""MLflow: a run of a tracking server for each stored run, by MLflow's own client."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from toolkit.escape import without_passwords
from toolkit.sinks.registry import SINKS
from toolkit.sinks.sink import Runs, SinkError, curves, results, settings, trained

IDENTITY = "toolkit.run"
"""The tag that a run is known by, so that it is handed on once."""
DATABASES = ("sqlite", "postgresql", "mysql", "mssql")
"""Schemes of addresses that mlflow-skinny, which the extra installs, cannot open."""
SOON = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "3", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}
"""MLflow's own settings, with which an unreachable server is told within seconds; by default it takes minutes."""
MOST_METRICS = 1000
"""MLflow takes no more in one call."""


class MLflow:
    """Logs settings, curves and results to a tracking server, under the experiment's name.

    Args:
        uri: Where MLflow tracks, such as `http://localhost:5000`, or `sqlite:///mlflow.db` where all of MLflow is
            installed.

    Raises:
        ExtraError: MLflow is not installed.
        SinkError: No address is given.
    """

    def __init__(self, uri: str) -> None:
        self.option = f"--mlflow {without_passwords(uri)}"
        if not uri:
            raise SinkError("--mlflow: expected the address of a tracking server, such as http://localhost:5000")
        SINKS["mlflow"].require()
        from mlflow import MlflowClient  # noqa: PLC0415  an optional extra

        self._uri = uri
        self._make_client = MlflowClient

    def check(self, folders: Sequence[Path]) -> None:
        """Ask the server for its experiments, which it answers to those alone who may log."""
        self._client()

    def write(self, name: str, runs: Runs, folder: Path) -> None:
        """Log the runs; a server that went away meanwhile is told as soon as one that was never there."""
        client = self._client()
        known = client.get_experiment_by_name(name)
        experiment = known.experiment_id if known else client.create_experiment(name)
        for record in trained(runs):
            for former in client.search_runs([experiment], f"tags.`{IDENTITY}` = '{record.identity}'"):
                client.delete_run(former.info.run_id)
            _log(
                client,
                client.create_run(experiment, run_name=record.identity, tags={IDENTITY: record.identity}),
                record,
            )

    def _client(self) -> Any:
        try:
            with _told_soon():
                client = self._make_client(tracking_uri=self._uri)
                client.search_experiments(max_results=1)
        except Exception as error:  # MLflow raises its own errors, requests', SQLAlchemy's and others
            raise SinkError(f"{self.option}: {_mend(self._uri) or error}") from error
        return client


@contextmanager
def _told_soon() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in SOON}
    os.environ.update(SOON)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _mend(uri: str) -> str:
    """What to do about an address that the installed MLflow cannot open; empty where it is something else."""
    scheme = uri.partition(":")[0].partition("+")[0]
    if scheme not in DATABASES or find_spec("sqlalchemy") is not None:
        return ""
    return (
        "a database is opened by all of MLflow, of which the extra installs only the client: pip install mlflow; or "
        "start a server on it (mlflow server), and give its address, http://.."
    )


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
