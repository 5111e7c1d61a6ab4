"""A declarative experiment toolkit for recurrent networks.

`load_spec` reads a spec, `run` trains everything in it and writes the report, `build` makes the Keras model of one run,
`load_model` that of a stored one with its best weights, `hypermodel` gives a spec's search to keras-tuner's own tuners,
and `TruncatedRNN` is the layer with exact truncated back-propagation through time. A source of one's own is a
function that returns a `Corpus` of `Sequences`, perhaps with their `Origin`; a task of one's own is a `Task`. Each is
imported when first used, so that reading specs does not wait for TensorFlow.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from toolkit.version import __version__

if TYPE_CHECKING:
    from toolkit.builder.recurrent.truncated_rnn import TruncatedRNN
    from toolkit.data.corpus import Corpus, Origin, Sequences
    from toolkit.experiment import run
    from toolkit.runner.search.hypermodel import hypermodel
    from toolkit.runner.stored import load_model
    from toolkit.runner.worker.protocols import build
    from toolkit.spec.loader import load_spec
    from toolkit.spec.schema import DataConfig
    from toolkit.tasks.task import Task

__all__ = [
    "Corpus",
    "DataConfig",
    "Origin",
    "Sequences",
    "Task",
    "TruncatedRNN",
    "__version__",
    "build",
    "hypermodel",
    "load_model",
    "load_spec",
    "run",
]

_HOMES = {
    "Corpus": "toolkit.data.corpus",
    "DataConfig": "toolkit.spec.schema",
    "Origin": "toolkit.data.corpus",
    "Sequences": "toolkit.data.corpus",
    "Task": "toolkit.tasks.task",
    "TruncatedRNN": "toolkit.builder.recurrent.truncated_rnn",
    "build": "toolkit.runner.worker.protocols",
    "load_model": "toolkit.runner.stored",
    "hypermodel": "toolkit.runner.search.hypermodel",
    "load_spec": "toolkit.spec.loader",
    "run": "toolkit.experiment",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'toolkit' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
