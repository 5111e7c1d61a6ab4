"""What TensorFlow says that is of no use to who trains runs is not shown; all else is."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import tensorflow as tf

from toolkit.quiet import quiet_tensorflow, without_retracing_alarms
from toolkit.sinks.tensorboard import TensorBoard
from toolkit.spec.schema import Experiment
from toolkit.spec.sweep import expand
from toolkit.store import Epoch, RunRecord


def test_alarms_of_retracing_are_kept_away_while_runs_are_trained_and_no_other_warning() -> None:
    """Functions of the same code in as many models, each traced once."""
    shown: list[str] = []

    def trace_several(step: Callable[[tf.Tensor], tf.Tensor]) -> None:
        for _ in range(6):
            tf.function(step)(tf.constant(1.0))

    logger, handler = logging.getLogger("tensorflow"), logging.Handler()
    handler.emit = lambda record: shown.append(record.getMessage())  # type: ignore[method-assign]
    logger.addHandler(handler)
    try:
        with without_retracing_alarms():
            trace_several(lambda value: value + 1)
            logger.warning("something else")
        trace_several(lambda value: value + 2)
    finally:
        logger.removeHandler(handler)
    assert shown[0] == "something else"
    assert "triggered tf.function retracing" in shown[1]


def test_notices_are_shown_after_all_where_an_import_fails(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet_tensorflow():
        os.write(2, b"a notice\n")
    assert capfd.readouterr().err == ""

    def import_in_vain() -> None:
        with quiet_tensorflow():
            os.write(2, b"a reason\n")
            raise ImportError

    with pytest.raises(ImportError):
        import_in_vain()
    assert capfd.readouterr().err == "a reason\n"


def test_what_tensorboard_imports_says_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = pytest.importorskip("tensorboard.summary", reason="needs the extra `tensorboard`")

    class Loud(summary.Writer):  # type: ignore[misc,name-defined]  # TensorBoard has no types
        def __init__(self, output: str) -> None:
            os.write(2, b"I0000 port.cc:153] oneDNN custom operations are on.\n")
            super().__init__(output)

    monkeypatch.setattr(summary, "Writer", Loud)
    (run,) = expand(Experiment.model_validate({"name": "study"}))
    record = RunRecord("a" * 16, "done", run.config.model_dump(mode="json"), [Epoch(0, 0.7)], epochs=0)
    TensorBoard().write("study", [(run, record)], tmp_path)
    assert list((tmp_path / "tensorboard" / record.identity).iterdir())
    assert capfd.readouterr().err == ""
