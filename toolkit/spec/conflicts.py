"""Settings that are right each by itself and wrong together."""

from collections.abc import Iterator, Sequence

from toolkit.spec.cell_arguments import unfit_options
from toolkit.spec.schema import CELL_NAMES, DataConfig, ModelConfig, RunConfig
from toolkit.spec.sources import POSITIONS, SOURCES, TEXT_KEYS, Source, source_of
from toolkit.spec.words import joined
from toolkit.tasks.registry import TASKS, task_of
from toolkit.tasks.task import Task

SMALLEST_VOCABULARY = 4
"""Size of the smallest vocabulary that has a word, where the source makes it."""


def conflicts(config: RunConfig) -> Iterator[tuple[str, str]]:
    """What in a run's configuration does not go together.

    Args:
        config: A resolved configuration.

    Returns:
        For each conflict the dotted key to change, and what is wrong.
    """
    yield from _data_conflicts(config.data)
    for find in (_measuring_conflicts, _model_conflicts, _study_gradient_conflicts):
        yield from find(config)
    if config.train.optimizer == "muon" and config.train.dtype == "float64":
        yield "train.optimizer", "train.optimizer: muon works with train.dtype: float32 only"
    if config.train.protocol == "coursework":
        yield from _beyond_the_study(config)


def _data_conflicts(data: DataConfig) -> Iterator[tuple[str, str]]:
    """What of the `data` section does not go with its source, by what sources declare."""
    source, default = source_of(data.source), DataConfig()
    if source.makes_vocabulary and data.vocab_size < SMALLEST_VOCABULARY:
        needed = f"at least {SMALLEST_VOCABULARY}: UNK, <s>, </s> and one word"
        yield "data.vocab_size", f"data.vocab_size: the source {data.source} needs {needed}"
    if source.needs_path is False and data.path is not None:
        readers = joined([each.name for each in SOURCES.values() if each.needs_path])
        yield "data.path", f"data.path is for the sources {readers}; data.source is {data.source}"
    if source.needs_path and not data.path:
        or_file = ", or one file with data.split" if source.endings else ""
        yield "data.source", f"data.source: {data.source} needs data.path: the folder with its files{or_file}"
    missing = [key for key in source.requires if getattr(data, key) is None]
    for key in (key for key in ("horizon", "season") if data.window is None):
        if getattr(data, key) != getattr(default, key):
            yield f"data.{key}", f"data.{key} is for forecasts from windows; set data.window too, or leave it out"
    for key in missing:
        meaning = (DataConfig.model_fields[key].description or "").partition(": ")[2]
        yield "data.source", f"data.source: {source.name} needs data.{key}: {meaning}"
    if not missing and (reason := _unfit(task_of(data.task), data)):
        yield "data.task", f"data.task: the task {data.task} {reason}"
    yield from _key_conflicts(data)
    for role in (role for role, column in data.columns or () if column is not None and role not in source.roles):
        if source.roles:
            having = joined([each.name for each in SOURCES.values() if role in each.roles] or ["none"], "or")
            yield "data.columns", f"data.columns.{role} is for data.source: {having}; {data.source} has no such column"


def _key_conflicts(data: DataConfig) -> Iterator[tuple[str, str]]:
    """Keys that have no meaning for a source, or would take from a task what it needs."""
    source = source_of(data.source)
    changed = [key for key, field in DataConfig.model_fields.items() if getattr(data, key) != field.default]
    for key, owners in _keys_of_sources().items():
        if source.keys is not None and data.source not in owners and key in changed:
            reason = f", and {source.are_words}" if source.are_words and key in TEXT_KEYS else ""
            yield f"data.{key}", f"data.{key} is for data.source: {joined(owners, 'or')}; it is {data.source}{reason}"
        elif key in ("unit", "max_length") and key in changed and set(POSITIONS) & set(task_of(data.task).needs):
            told = f"the task {data.task} counts words up to the verb, which it would move or cut off; leave it out"
            yield f"data.{key}", f"data.{key}: {told}"


def _unfit(task: Task, data: DataConfig) -> str:
    """Why a task cannot be had with a `data` section; empty where it can."""
    source = source_of(data.source)
    if task.reads and not source.delivered(task.reads, data):
        settings = _settings(source, [column for column in task.reads if column in source.conditions])
        return f"reads {joined(task.reads, 'or')}, which the source {source.name} has {settings or 'not'}"
    return lacking(task.needs, data)


def lacking(columns: tuple[str, ...], data: DataConfig) -> str:
    """Why something cannot be made of what a source delivers, and what delivers it; empty where it can."""
    source = source_of(data.source)
    if lacks := source.lacks(columns):
        fitting = [each.name for each in SOURCES.values() if set(columns) <= set(each.delivers or ())]
        needed = f"needs {_columns(lacks)}, which the source {source.name} has not"
        have = f"{'has' if len(fitting) == 1 else 'have'} {'it' if len(lacks) == 1 else 'them'}"
        return f"{needed}; {joined(fitting)} {have}" if fitting else needed
    delivered = source.delivered(columns, data)
    if lacks := [column for column in columns if column not in delivered]:
        return f"needs {_columns(lacks)}, which the source {source.name} has {_settings(source, lacks)}"
    return ""


def _settings(source: Source, columns: Sequence[str]) -> str:
    """With which settings a source has some columns that it has not always; empty without any."""
    told = dict.fromkeys(source.conditions[column].told for column in columns)
    return f"only with {joined(list(told))}" if told else ""


def _columns(names: list[str]) -> str:
    return f"the {'columns' if len(names) > 1 else 'column'} {joined(names)}"


def _keys_of_sources() -> dict[str, list[str]]:
    """The keys of `data` that are only of some sources, with these."""
    keys: dict[str, list[str]] = {}
    for source in SOURCES.values():
        for key in source.keys or ():
            keys.setdefault(key, []).append(source.name)
    return keys


def _measuring_conflicts(config: RunConfig) -> Iterator[tuple[str, str]]:
    track, task = config.track, task_of(config.data.task)
    for by in (by for by in config.evaluate.by if task.group(by) is None):
        having = [other.name for other in TASKS.values() if other.group(by)]
        groups = ", ".join(group.name for group in task.groups) or "none"
        needed = f"{by} needs data.task: {' or '.join(having)}" if having else f"{by} is no group of a task"
        yield "evaluate.by", f"evaluate.by: {needed}; the groups of {config.data.task} are: {groups}"
    for reason in filter(None, (unknown_group(by, config.data) for by in config.evaluate.by)):
        yield "evaluate.by", f"evaluate.by: {reason}"
    if track.epochs is not None and not track.gradient_by_lag:
        yield "track.epochs", "track.epochs says when the gradient by lag is measured; set track.gradient_by_lag too"
    beyond = [epoch for epoch in track.epochs or () if epoch > config.train.epochs]
    if beyond:
        yield (
            "track.epochs",
            f"track.epochs: {beyond[0]} is beyond train.epochs: {config.train.epochs}",
        )


def _model_conflicts(config: RunConfig) -> Iterator[tuple[str, str]]:
    model, task = config.model, task_of(config.data.task)
    if model.direction not in task.directions:
        yield (
            "model.direction",
            f"model.direction: {model.direction} is not for data.task: {task.name}, where what is read from the end "
            f"shows what is to be predicted; it takes {' or '.join(task.directions)}",
        )
    if model.pool != "last" and task.predicts != "last":
        yield (
            "model.pool",
            f"model.pool: {model.pool} is for tasks that predict one thing a sequence; data.task: {task.name} predicts "
            "at each step, so leave it out",
        )
    if model.cell_options and model.cell in CELL_NAMES:
        yield (
            "model.cell_options",
            f"model.cell_options are for a cell of your own or of Keras's; model.cell: {model.cell} takes activation, "
            "initializer and bias, which are keys of model",
        )
    elif model.cell_options:
        yield from (("model.cell_options", message) for message in unfit_options(model))
    if config.train.class_weights and not task.head.has_classes:
        yield (
            "train.class_weights",
            f"train.class_weights is for tasks that predict labels; data.task is {task.name}, so leave it out",
        )


def unknown_group(by: str, data: DataConfig) -> str:
    """Why sequences cannot be grouped by a group of their task; empty where they can, or the task has no such group."""
    group = task_of(data.task).group(by)
    reason = lacking(group.needs, data) if group else ""
    return f"{by} {reason}" if reason else ""


def _study_gradient_conflicts(config: RunConfig) -> Iterator[tuple[str, str]]:
    if config.model.gradient != "coursework":
        return
    tasks = [task.name for task in TASKS.values() if config.model.gradient in task.gradients]
    if config.model.gradient in task_of(config.data.task).gradients:
        tasks = [config.data.task]
    for key, given, needed in (
        ("train.protocol", config.train.protocol, "coursework"),
        ("model.cell", config.model.cell, "gru"),
        ("data.task", config.data.task, " or ".join(tasks)),
    ):
        if given != needed:
            yield "model.gradient", f"model.gradient: coursework needs {key}: {needed}; it is {given}"


def _beyond_the_study(config: RunConfig) -> Iterator[tuple[str, str]]:
    model = config.model
    if model.cell not in ("rnn", "gru"):
        yield "model.cell", f"train.protocol: coursework knows the cells rnn and gru; model.cell is {model.cell}"
    if isinstance(model.hidden, list):
        yield "model.hidden", "train.protocol: coursework has one layer; give model.hidden one number"
    for key in ("embedding", "activation", "dropout", "initializer", "bias", "direction", "pool", "cell_options"):
        if getattr(model, key) != getattr(ModelConfig(), key):
            yield f"model.{key}", f"train.protocol: coursework has no model.{key}; leave it out"
    if config.train.optimizer != "sgd":
        yield "train.optimizer", "train.protocol: coursework is plain SGD; leave train.optimizer out"
    for key in ("clip_norm", "class_weights"):
        if getattr(config.train, key) is not None:
            yield f"train.{key}", f"train.protocol: coursework has no train.{key}; leave it out"
