"""The sinks by name: whoever adds one adds its file, and an entry here."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from toolkit.entries import Entry

if TYPE_CHECKING:
    from toolkit.sinks.sink import Sink

SINKS = {
    entry.name: entry
    for entry in (
        Entry(
            "tensorboard",
            "toolkit.sinks.tensorboard:TensorBoard",
            "Write TensorBoard logs beside each report.",
            tool="TensorBoard",
            modules=("tensorboard", "tensorboard.summary"),
        ),
        Entry(
            "mlflow",
            "toolkit.sinks.mlflow:MLflow",
            "Log the runs to the MLflow tracking server at URI.",
            metavar="URI",
            tool="MLflow",
            modules=("mlflow",),
        ),
    )
}
"""An entry's place is a class: it is made with what its option takes, or with nothing."""


def sinks_of(options: Mapping[str, Any]) -> "list[Sink]":
    """The sinks that a call asks for.

    Args:
        options: What was given by the name of the option; false or null where it was not.

    Raises:
        ExtraError: What a sink needs is not installed.
        SinkError: What was given is no address.
    """
    asked = [entry for name, entry in SINKS.items() if options[name] not in (None, False)]
    return [entry.found()(options[entry.name]) if entry.metavar else entry.found()() for entry in asked]
