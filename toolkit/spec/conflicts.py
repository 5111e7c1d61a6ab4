"""Settings that are right each by itself and wrong together."""

from collections.abc import Iterator

from toolkit.spec.schema import DataConfig, RunConfig
from toolkit.tasks.registry import TASKS, task_of

SMALLEST_VOCABULARY = 4
"""Size of the smallest vocabulary that has a word, where the source makes it."""


GROUP_SOURCES = {"distance": ("grammar", "coursework"), "attractors": ("grammar",)}
"""The sources that say of a sentence what `evaluate.by` groups sentences by."""


def conflicts(config: RunConfig) -> Iterator[tuple[str, str]]:
    """What in a run's configuration does not go together.

    Args:
        config: A resolved configuration.

    Returns:
        For each conflict the dotted key to change, and what is wrong.
    """
    for find in (_data_conflicts, _measuring_conflicts, _study_gradient_conflicts):
        yield from find(config)
    if config.train.optimizer == "muon" and config.train.dtype == "float64":
        yield "train.optimizer", "train.optimizer: muon works with train.dtype: float32 only"
    if config.train.protocol == "coursework":
        yield from _beyond_the_study(config)


def _data_conflicts(config: RunConfig) -> Iterator[tuple[str, str]]:
    data, default = config.data, DataConfig()
    if data.source != "coursework" and data.vocab_size < SMALLEST_VOCABULARY:
        needed = f"at least {SMALLEST_VOCABULARY}: UNK, <s>, </s> and one word"
        yield "data.vocab_size", f"data.vocab_size: the source {data.source} needs {needed}"
    if data.source == "grammar":
        if data.path is not None:
            yield "data.path", "data.path is for the sources coursework and text; data.source is grammar"
        return
    if not data.path:
        yield "data.source", f"data.source: {data.source} needs data.path: the folder with its files"
    if data.source == "text" and data.task == "agreement":
        yield (
            "data.task",
            "data.task: agreement needs sentences whose subjects and verbs are marked, which the source text has not; "
            "use data.source: grammar or coursework, or data.task: language_model",
        )
    for key in ("max_distance", "distance", "seed"):
        if getattr(data, key) != getattr(default, key):
            yield f"data.{key}", f"data.{key} is for data.source: grammar; it is {data.source}"


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
    """Why sentences cannot be grouped by a group of their task; empty where they can, or the task has no such group."""
    sources = GROUP_SOURCES.get(by, (data.source,))
    if task_of(data.task).group(by) is None or data.source in sources:
        return ""
    known = " and ".join(sources)
    return f"{by} cannot be measured, since data.source: {data.source} does not say them; data.source: {known} does"


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
