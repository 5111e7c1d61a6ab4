"""Who trains the workloads: the toolkit and its peers, each in a module that is imported where it trains."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from workloads import Workload


class Trainer(Protocol):
    """Trains a workload's batches, one network at a time."""

    def prepare(self, workload: Workload) -> None:
        """Make the network and forget the one before."""

    def seconds(self, updates: int) -> float:
        """Train on the first so many batches of an epoch; how long it took, in seconds."""


@dataclass(frozen=True)
class Contestant:
    """A way of training.

    Attributes:
        name: As in the tables.
        differs: What it does differently, for the tables' reader.
        module: Where its class `Trainer` is.
        settings: Arguments of the class.
        whole: Whether it is timed on whole epochs only, each of which has other batches.
        library: What has to be installed for it, beside what the toolkit needs.
    """

    name: str
    differs: str
    module: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    whole: bool = False
    library: str | None = None

    @property
    def is_installed(self) -> bool:
        """Whether its library is there."""
        return self.library is None or find_spec(self.library) is not None

    def trainer(self) -> Trainer:
        """Make the trainer."""
        made: Trainer = import_module(f"contestants.{self.module}").Trainer(**self.settings)
        return made


TOOLKIT = Contestant(
    "toolkit",
    "as it trains every run: on one thread, truncated BPTT, sentences shuffled anew for each epoch, only words and no "
    "padding in the output layer",
    "toolkit_runs",
    {"one_thread": True},
    whole=True,
)
TOOLKIT_ON_ALL_CORES = Contestant(
    "toolkit, all cores", "the same on all cores", "toolkit_runs", {"one_thread": False}, whole=True
)
PEERS = (
    Contestant(
        "Keras",
        "`SimpleRNN` or `GRU`, and `fit`: all cores, full BPTT, sentences padded to a multiple of 8 or 16 words as the "
        "toolkit pads them, for `GRU` with a mask",
        "keras_layers",
        {"jit_compile": False},
    ),
    Contestant("Keras, XLA", "the same with `jit_compile=True`", "keras_layers", {"jit_compile": True}),
    Contestant(
        "PyTorch, padded",
        "`nn.RNN` (with tanh, since it has no sigmoid) or `nn.GRU` (whose reset gate acts behind the product): all "
        "cores, full BPTT, sentences padded to the longest of a batch",
        "pytorch",
        {"packed": False},
        library="torch",
    ),
    Contestant(
        "PyTorch, packed",
        "the same with packed sequences, nowhere any padding",
        "pytorch",
        {"packed": True},
        library="torch",
    ),
)
NUMPY = Contestant(
    "NumPy loop",
    "float64, a sentence, a word and a step back at a time, truncated BPTT, no padding; the gradient of a word is an "
    "outer product with its one-hot vector, added to the whole matrix, as in programs written from the formulas",
    "numpy_loop",
)
BOUND = Contestant(
    "GEMM",
    "no training: the three products of the output layer, 6 x words x hidden x vocabulary operations, at the rate of "
    "large square products on one thread",
    "matrix_products",
    {"one_thread": True},
    whole=True,
)
BOUND_ON_ALL_CORES = Contestant(
    "GEMM, all cores", "the same on all cores", "matrix_products", {"one_thread": False}, whole=True
)
