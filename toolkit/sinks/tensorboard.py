"""TensorBoard: a log folder a run inside the report folder, written by TensorBoard's own library."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from toolkit.quiet import quiet_tensorflow
from toolkit.sinks.registry import SINKS
from toolkit.sinks.sink import Runs, SinkError, curves, trained
from toolkit.store.places import place_in, refuse_link

FOLDER = "tensorboard"


class TensorBoard:
    """Writes each run's curves to `tensorboard/RUN` in the report folder.

    Raises:
        ExtraError: TensorBoard is not installed.
    """

    option = "--tensorboard"

    def __init__(self) -> None:
        SINKS["tensorboard"].require()
        from tensorboard.summary import Writer  # noqa: PLC0415  an optional extra

        self._writer = Writer

    def check(self, folders: Sequence[Path]) -> None:
        """Make the log folders, which are no links."""
        for folder in folders:
            logs = refuse_link(place_in(folder, FOLDER))
            try:
                logs.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise SinkError(
                    f"{self.option}: {logs} cannot be made ({error.strerror}); move what is there"
                ) from error
            if not os.access(logs, os.W_OK | os.X_OK):
                raise SinkError(f"{self.option}: {logs} cannot be written to; mend its permissions")

    def write(self, name: str, runs: Runs, folder: Path) -> None:
        """Write the logs anew."""
        logs = refuse_link(place_in(folder, FOLDER))
        shutil.rmtree(logs, ignore_errors=True)
        with quiet_tensorflow():  # TensorBoard imports it where it is installed
            for record in trained(runs):
                writer = self._writer(str(logs / record.identity))
                for column, epoch, value in curves(record):
                    writer.add_scalar(column, value, epoch)
                writer.close()
