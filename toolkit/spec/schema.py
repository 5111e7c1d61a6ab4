"""The definition of the spec language: every section, key, default and meaning."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr, StrictBool, StrictInt, StrictStr, WithJsonSchema

from toolkit.spec.annealing import Anneal
from toolkit.spec.layout import ColumnsConfig, SplitConfig
from toolkit.spec.named import CELL, SOURCE, TASK
from toolkit.spec.reporting import ReportConfig
from toolkit.spec.searching import SearchConfig
from toolkit.spec.section import (
    LARGEST,
    Count,
    EachOnce,
    Name,
    Opened,
    PlainValue,
    PositiveFloat,
    PositiveInt,
    Section,
    Seed,
)
from toolkit.tasks.registry import TASKS
from toolkit.tasks.reported import known_groups
from toolkit.units.registry import UNITS, known_unit

CELL_NAMES = CELL.known
ACTIVATIONS = Literal[
    "celu", "elu", "exponential", "gelu", "hard_sigmoid", "hard_silu", "hard_tanh", "leaky_relu", "linear", "mish",
    "relu", "relu6", "selu", "sigmoid", "silu", "softplus", "softsign", "tanh", "tanh_shrink",
]  # fmt: skip
OPTIMIZERS = Literal[
    "adadelta", "adafactor", "adagrad", "adam", "adamax", "adamw", "ftrl", "lamb", "lion", "muon", "nadam", "rmsprop",
    "sgd",
]  # fmt: skip
INITIALIZERS = Literal[
    "glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "lecun_normal", "lecun_uniform", "ones",
    "orthogonal", "random_normal", "random_uniform", "truncated_normal", "variance_scaling", "zeros",
]  # fmt: skip


Units = Annotated[StrictInt, Field(ge=1, le=100_000)]
_ONE_LAYER = AfterValidator(lambda sizes: sizes[0] if isinstance(sizes, list) and len(sizes) == 1 else sizes)
"""One computation has one configuration: a stack of one cell is the cell."""


_TASKS_TOLD = "; ".join(f"`{name}`: {task.meaning}" for name, task in TASKS.items())
_UNITS_TOLD = "; ".join(f"`{unit.name}`: {unit.meaning}" for unit in UNITS.values())


class DataConfig(Section):
    """Which sentences, and what is predicted from them."""

    source: Annotated[StrictStr, AfterValidator(SOURCE.check), WithJsonSchema(SOURCE.schema)] = Field(
        "grammar",
        description="where the sequences come from; `grammar` is built in; your own is package.module:function",
    )
    path: StrictStr | None = Field(
        None, description="the data folder of a source that reads one, or its one file, with data.split"
    )
    task: Annotated[StrictStr, AfterValidator(TASK.check), WithJsonSchema(TASK.schema)] = Field(
        "language_model",
        description=f"what is predicted ({_TASKS_TOLD}); your own is package.module:NAME",
    )
    vocab_size: PositiveInt = Field(2000, description="how many of the most frequent words are kept; others are UNK")
    train_size: PositiveInt | None = Field(None, description="training sentences, from the first; null: all")
    dev_size: PositiveInt | None = Field(None, description="development sentences, from the first; null: all")
    max_distance: Annotated[StrictInt, Field(ge=1, le=50)] = Field(
        15, description="`grammar` only: largest distance from subject to verb, in words"
    )
    distance: Literal["natural", "uniform"] = Field(
        "natural", description="`grammar` only: as the grammar gives them, or each distance equally often"
    )
    seed: Seed = Field(2018, description="seed of what is generated, and of which rows are dev and test by data.split")
    columns: ColumnsConfig | None = Field(
        None, description="which column of a table plays which part; null: as the source finds them"
    )
    split: SplitConfig | None = Field(
        None,
        description="the shares of dev and test, where data.path is one file; rows are drawn with data.seed, a series "
        "is cut in time",
    )
    unit: Annotated[StrictStr, AfterValidator(known_unit), WithJsonSchema({"enum": list(UNITS)})] = Field(
        "word", description=f"what a text is cut into ({_UNITS_TOLD})"
    )
    lowercase: StrictBool = Field(False, description="whether texts are set in lower case before they are cut")
    normalize: Literal["nfc", "nfkc"] | None = Field(
        None, description="the form of Unicode that texts are brought into before that; null: as they are written"
    )
    max_length: PositiveInt | None = Field(
        None, description="longer sequences are cut to so many units, and it is told how many were; null: none are"
    )
    kind: Literal["adding", "copy", "recall", "parity"] | None = Field(
        None, description="`memory` only: what is remembered: adding, copy, recall or parity, as docs/data.md says"
    )
    lag: Annotated[StrictInt, Field(ge=1, le=10_000)] = Field(
        20, description="`memory` only: steps between what is to be remembered and where it is asked for"
    )
    window: PositiveInt | None = Field(
        None, description="`series` only: steps that are read for each forecast; null: a series is read whole"
    )
    horizon: PositiveInt = Field(1, description="with data.window: how many steps after it the forecast number stands")
    season: Annotated[StrictInt, Field(ge=2, le=LARGEST)] | None = Field(
        None, description="with data.window: steps of one season, such as 12 for months, for the baseline last season"
    )


class ModelConfig(Section):
    """The network."""

    cell: Annotated[StrictStr, AfterValidator(CELL.check), WithJsonSchema(CELL.schema)] = Field(
        "rnn", description="the recurrent cell: rnn, gru, lstm, or your own as package.module:ClassName"
    )
    hidden: Annotated[Units | Annotated[list[Units], Field(min_length=1, max_length=100)], _ONE_LAYER] = Field(
        50, description="number of hidden units; a list stacks cells of these sizes"
    )
    lookback: Count | Literal["full"] = Field(
        0, description="how many steps further back than the current one an error is propagated; full: all"
    )
    embedding: Units | None = Field(
        None, description="size of the words' vectors; null: the word selects the cell's input directly"
    )
    activation: ACTIVATIONS | None = Field(None, description="activation of the new state; null: the cell's own")
    dropout: Annotated[float, Field(ge=0, lt=1, strict=True)] = Field(
        0.0, description="share of values dropped in training, of the recurrent layer's inputs and of its outputs"
    )
    initializer: INITIALIZERS | None = Field(
        None, description="Keras initializer of the weights; null: normal with variance 0.1"
    )
    gradient: Literal["exact", "coursework"] = Field(
        "exact", description="the true gradient, or the one that the study's program computes for its GRU"
    )
    bias: StrictBool = Field(
        False,
        description="whether the gates of the toolkit's cells and the output have a bias; it begins with 0, that of an "
        "LSTM's forget gate with 1",
    )
    direction: Literal["forward", "both"] = Field(
        "forward",
        description="both: two recurrent layers, one of which reads from the end, their states side by side; not for "
        "language models",
    )
    pool: Literal["last", "mean", "max"] = Field(
        "last",
        description="where one thing a sequence is predicted: from the last state, or the mean or maximum of all",
    )
    cell_options: dict[Annotated[StrictStr, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")], PlainValue] = Field(
        default_factory=dict, description="further arguments of a cell of your own or of Keras's, by name"
    )


class TrainConfig(Section):
    """How it is trained."""

    epochs: PositiveInt = Field(10, description="passes over the training sentences")
    batch_size: PositiveInt = Field(100, description="sentences an update")
    learning_rate: PositiveFloat = Field(0.5, description="learning rate lr_0 of the first epoch")
    anneal: Anneal = Field(
        5,
        description="a in lr_e = lr_0 * a / (a + e) at epoch e = 0, 1, ..; 0 keeps lr_0; or a schedule with its "
        "parameters, such as {schedule: step, every: 10, factor: 0.5}",
    )
    optimizer: OPTIMIZERS = Field("sgd", description="a Keras optimizer, with its own defaults besides the rate")
    clip_norm: PositiveFloat | None = Field(
        None, description="the gradient of all weights together is scaled down to this norm where it is longer"
    )
    seed: Seed = Field(2018, description="seed of the initial weights and of the order of the sentences")
    perturbation: Seed = Field(
        0,
        description="above 0: each initial weight is changed by one unit in its last place, up or down at random; each "
        "number is another draw",
    )
    dtype: Literal["float32", "float64"] = Field("float32", description="precision of weights and arithmetic")
    protocol: Literal["standard", "coursework"] = Field(
        "standard", description="how weights are drawn and sentences batched: as usual, or as the study's program does"
    )
    min_change: PositiveFloat | None = Field(
        0.0001,
        description="stop when the dev loss changes by less than this three epochs in a row; null: never stop early",
    )
    class_weights: Literal["balanced"] | None = Field(
        None,
        description="balanced: in training a prediction of a label counts in inverse proportion to the label's share "
        "of the training part; what is measured on dev and test counts each prediction once",
    )


_GROUP = {"anyOf": [{"enum": list(known_groups())}, {"type": "string"}]}
_GROUPS_TOLD = "; ".join(f"`{group.name}`: {group.meaning}" for group in known_groups().values())


class EvaluateConfig(Section):
    """What is measured with the best weights after training."""

    test: StrictBool = Field(False, description="also evaluate on the test set")
    by: Annotated[list[Annotated[StrictStr, WithJsonSchema(_GROUP)]], EachOnce] = Field(
        default_factory=list,
        description=f"loss and accuracy for each value of a group of the task ({_GROUPS_TOLD})",
    )


class TrackConfig(Section):
    """What is measured while training goes on, on the dev set."""

    gradient_by_lag: Count = Field(
        0, description="above 0: the norm of the gradient of the recurrent weights at each lag up to this"
    )
    epochs: Annotated[list[Count], Field(min_length=1), EachOnce] | None = Field(
        None, description="after which epochs it is measured, 0 being before training; null: all"
    )

    def is_due(self, epoch: int) -> bool:
        """Whether the gradient by lag is measured after an epoch, 0 being before training."""
        return self.gradient_by_lag > 0 and (self.epochs is None or epoch in self.epochs)


class RunConfig(Section):
    """Everything that decides the result of one run."""

    data: DataConfig = DataConfig()
    model: ModelConfig = ModelConfig()
    train: TrainConfig = TrainConfig()
    evaluate: EvaluateConfig = EvaluateConfig()
    track: TrackConfig = TrackConfig()


class SweepConfig(Opened):
    """The runs that an experiment spells out."""

    grid: dict[StrictStr, Annotated[list[Any], Field(min_length=1)]] = Field(
        default_factory=dict, description="dotted key to list of values: every combination is a run"
    )
    zip: dict[StrictStr, Annotated[list[Any], Field(min_length=1)]] = Field(
        default_factory=dict, description="dotted key to list of values, all of one length: keys that go together"
    )
    runs: list[dict[StrictStr, Any]] = Field(
        default_factory=list, description="explicit settings, each a set of dotted keys, for irregular tables"
    )
    seeds: list[Seed] = Field(default_factory=list, description="repeats every run with each seed")


class Experiment(Opened, RunConfig):
    """One spec: what to run and what to report.

    Attributes:
        overridden: The dotted keys of runs that the command line set.
    """

    name: Name = Field(description="the report's folder: letters, digits, - and _")
    question: StrictStr = Field("", description="what the experiment is to find out, shown at the top of the report")
    sweep: SweepConfig = SweepConfig()
    sensitivity: Annotated[StrictInt, Field(ge=0, le=1000)] = Field(
        0,
        description="repeats every run this often with its initial weights changed by one unit in the last place, to "
        "show what of each result rounding leaves undecided",
    )
    search: SearchConfig | None = Field(None, description="tried one after another, instead of a sweep")
    report: ReportConfig = ReportConfig()
    combine: Annotated[list[StrictStr], Field(max_length=1000), EachOnce] = Field(
        default_factory=list,
        description="other specs, relative to this one, `*` standing for any letters: they are run, and their reports "
        "are gathered in this one, which has no runs of its own",
    )
    _overridden: tuple[str, ...] = PrivateAttr(())

    def model_post_init(self, context: Any) -> None:
        """Note the overridden keys, which no file can say: validation is told them as its context."""
        self._overridden = tuple((context or {}).get("overridden", ()))

    @property
    def overridden(self) -> tuple[str, ...]:
        """The dotted keys of runs that the command line set."""
        return self._overridden


class SpecFile(Experiment):
    """An experiment as it is written in a file."""

    extends: StrictStr | None = Field(
        None, description="another spec, relative to this one, whose keys count where this one does not set them"
    )
