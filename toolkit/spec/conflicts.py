"""Settings that are right each by itself and wrong together."""

from collections.abc import Iterator

from toolkit.spec.schema import DataConfig, RunConfig
from toolkit.spec.sources import SOURCES, Source, source_of
from toolkit.spec.words import joined
from toolkit.tasks.registry import TASKS, task_of

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
    for find in (_measuring_conflicts, _study_gradient_conflicts):
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
        yield "data.source", f"data.source: {data.source} needs data.path: the folder with its files"
    task = task_of(data.task)
    if reason := lacking(task.needs, source):
        yield "data.task", f"data.task: the task {task.name} {reason}"
    for key, owners in _keys_of_sources().items():
        if source.keys is not None and data.source not in owners and getattr(data, key) != getattr(default, key):
            yield f"data.{key}", f"data.{key} is for data.source: {joined(owners, 'or')}; it is {data.source}"


def lacking(columns: tuple[str, ...], source: Source) -> str:
    """Why something cannot be made of what a source delivers, and which sources deliver it; empty where it can."""
    lacks = source.lacks(columns)
    if not lacks:
        return ""
    fitting = [each.name for each in SOURCES.values() if not each.lacks(columns)]
    one = len(lacks) == 1
    have = f"{joined(fitting)} {'has' if len(fitting) == 1 else 'have'} {'it' if one else 'them'}"
    needed = f"needs the {'column' if one else 'columns'} {joined(lacks)}, which the source {source.name} has not"
    return f"{needed}; {have}" if fitting else needed


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


def unknown_group(by: str, data: DataConfig) -> str:
    """Why sequences cannot be grouped by a group of their task; empty where they can, or the task has no such group."""
    group = task_of(data.task).group(by)
    reason = lacking(group.needs, source_of(data.source)) if group else ""
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
    for key in ("embedding", "activation", "dropout", "initializer"):
        if getattr(model, key):
            yield f"model.{key}", f"train.protocol: coursework has no model.{key}; leave it out"
    if config.train.optimizer != "sgd":
        yield "train.optimizer", "train.protocol: coursework is plain SGD; leave train.optimizer out"
    if config.train.clip_norm is not None:
        yield "train.clip_norm", "train.protocol: coursework has no train.clip_norm; leave it out"
