"""TensorBoard: a log folder a run inside the report folder, written by TensorBoard's own library."""

import shutil
from pathlib import Path

from toolkit.sinks.sink import Runs, Sink, SinkError, curves, trained

FOLDER = "tensorboard"


def tensorboard_sink() -> Sink:
    """A sink that writes each run's curves to `tensorboard/RUN` in the report folder.

    Raises:
        SinkError: TensorBoard is not installed.
    """
    try:
        from tensorboard.summary import Writer  # noqa: PLC0415  an optional extra
    except ImportError as error:
        raise SinkError("--tensorboard needs TensorBoard: pip install 'rnn-spec-toolkit[tensorboard]'") from error

    def write(name: str, runs: Runs, folder: Path) -> None:
        shutil.rmtree(folder / FOLDER, ignore_errors=True)
        for record in trained(runs):
            writer = Writer(str(folder / FOLDER / record.run))
            for column, epoch, value in curves(record):
                writer.add_scalar(column, value, epoch)
            writer.close()

    return write
