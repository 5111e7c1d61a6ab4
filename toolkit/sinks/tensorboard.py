"""TensorBoard: a log folder a run inside the report folder, written by TensorBoard's own library."""

import shutil
from pathlib import Path

from toolkit.extras import require
from toolkit.sinks.sink import Runs, Sink, curves, trained

FOLDER = "tensorboard"


def tensorboard_sink() -> Sink:
    """A sink that writes each run's curves to `tensorboard/RUN` in the report folder.

    Raises:
        ExtraError: TensorBoard is not installed.
    """
    require("tensorboard")
    from tensorboard.summary import Writer  # noqa: PLC0415  an optional extra

    def write(name: str, runs: Runs, folder: Path) -> None:
        shutil.rmtree(folder / FOLDER, ignore_errors=True)
        for record in trained(runs):
            writer = Writer(str(folder / FOLDER / record.run))
            for column, epoch, value in curves(record):
                writer.add_scalar(column, value, epoch)
            writer.close()

    return write
