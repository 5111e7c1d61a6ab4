"""The source `series`: parts, scaling and sequences made of what was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from toolkit.data.corpus import Corpus, Origin, Sequences
from toolkit.data.labels import labels_of
from toolkit.data.reading.folders import WHOLE, data_files
from toolkit.data.reading.mistakes import Mistakes
from toolkit.data.reading.parts import drawn
from toolkit.data.scaling import FloatArray, Scaling, scale_of
from toolkit.data.sources.series.columns import Parts, named_parts
from toolkit.data.sources.series.reading import Series, read_series
from toolkit.data.sources.series.table import read_table
from toolkit.data.sources.series.windows import (
    Stretch,
    cut_in_time,
    forecast_steps,
    naive_errors,
    seasons_back,
    windows,
)
from toolkit.errors import DataError, SettingError
from toolkit.spec.layout import ColumnsConfig
from toolkit.spec.schema import DataConfig
from toolkit.spec.words import plural
from toolkit.tasks.registry import task_of


@dataclass(frozen=True)
class Content:
    """What was read.

    Attributes:
        series: The series of each file, by its part.
        parts: Which column plays which part.
        remarks: What is told of the files.
    """

    series: Mapping[str, Sequence[Series]]
    parts: Parts
    remarks: Sequence[str]


def load(config: DataConfig) -> Corpus:
    """Read the series at `config.path`: those of a folder, or one file of which `config.split` says the parts.

    With `config.window` each series of a file is cut in time, and the target at each step is forecast from the window
    before it. Without, a series is read whole, and the series of a file are drawn into parts. All numbers are scaled by
    mean and deviation of the training part, of all its series together.

    Raises:
        DataError: With file, line and mend, what is wrong with the files, or cannot be made of them.
    """
    content = _read(config, data_files(config))
    corpus = _forecasts(config, content) if config.window else _whole(config, content)
    return replace(
        corpus,
        train=_first(corpus.train, config.train_size, "data.train_size", config),
        dev=_first(corpus.dev, config.dev_size, "data.dev_size", config),
    )


def check(config: DataConfig, files: Mapping[str, Path]) -> None:
    """Look at the first row of each file: whether the columns are there that the spec names.

    Raises:
        DataError: They are not, or the file is no such table.
    """
    told = Mistakes()
    for file in files.values():
        with told:
            named_parts(read_table(file, config.columns, rows=1), config.columns or ColumnsConfig())
    told.refuse()


def _read(config: DataConfig, files: Mapping[str, Path]) -> Content:
    first, *others = files
    series, parts, remarks = read_series(files[first], config)
    read, told = {first: series}, Mistakes()
    for part in others:
        with told:
            read[part], _, more = read_series(files[part], config, parts)
            remarks += more
    told.refuse()
    return Content(read, parts, remarks)


def _forecasts(config: DataConfig, content: Content) -> Corpus:
    stretches: dict[str, list[Stretch]] = {}
    for part, read in content.series.items():
        for series in read:
            whole = {part: Stretch(series, 0, len(series))}
            for name, stretch in (cut_in_time(series, config.split) if config.split else whole).items():
                stretches.setdefault(name, []).append(stretch)
    for part, several in stretches.items():
        _check_windows(part, several, config)
    training = stretches["train"]
    inputs = np.concatenate([stretch.series.inputs[stretch.begin : stretch.end] for stretch in training])
    target = np.concatenate([stretch.series.target[stretch.begin : stretch.end] for stretch in training])
    scaling, remarks = _scaling(content, training[0].series.file, inputs, target)
    naive = naive_errors(training)
    made = {part: windows(several, scaling, naive, config) for part, several in stretches.items()}
    return Corpus(made["train"], made["dev"], made.get("test"), remarks=[*content.remarks, *remarks], scaling=scaling)


def _whole(config: DataConfig, content: Content) -> Corpus:
    parts = {part: _sequences(series, content.parts) for part, series in content.series.items()}
    if WHOLE in parts:
        parts = dict(drawn(parts[WHOLE], config))
    train, origin = parts["train"].columns, parts["train"].origin
    target = np.array(train["target"]) if content.parts.target else None
    scaling, remarks = _scaling(content, origin.file if origin else Path(), np.concatenate(train["vectors"]), target)
    made = {part: _scaled(sequences, scaling) for part, sequences in parts.items()}
    labels = labels_of(task_of(config.task), made["train"])
    told = [*content.remarks, *remarks]
    return Corpus(made["train"], made["dev"], made.get("test"), remarks=told, scaling=scaling, labels=labels)


def _sequences(several: Sequence[Series], parts: Parts) -> Sequences:
    """Whole series, in their own units."""
    columns: dict[str, list[object]] = {"vectors": [series.inputs for series in several]}
    if parts.label:
        columns["label"] = [series.label for series in several]
    if parts.target:
        columns["target"] = [_one_target(series, parts.target) for series in several]
    return Sequences(columns, Origin(several[0].file, [series.lines[0] for series in several]))


def _one_target(series: Series, column: str) -> float:
    target = series.target
    other = np.flatnonzero(target != target[0])
    if len(other):
        place = f"{series.file}:{series.lines[other[0]]}"
        raise DataError(
            f"{place}: `{column}` is {target[other[0]]:g} here and {target[0]:g} in line {series.lines[0]} of the same "
            "series; a series that is read whole has one number to be predicted: mend it, or set data.window to "
            "forecast from step to step"
        )
    return float(target[0])


def _scaled(sequences: Sequences, scaling: Scaling) -> Sequences:
    columns = dict(sequences.columns)
    columns["vectors"] = [scaling.scaled_vectors(vectors) for vectors in columns["vectors"]]
    if scaling.target:
        columns["target"] = scaling.target.scaled(columns["target"]).tolist()
    return replace(sequences, columns=columns)


def _scaling(
    content: Content,
    file: Path,
    inputs: FloatArray,
    target: FloatArray | None,
) -> tuple[Scaling, list[str]]:
    """The scaling of the training part, and the columns of which it has to be told that they are constant there.

    Raises:
        DataError: The target is constant, or all that is read.
    """
    parts = content.parts
    scales = [scale_of(name, column) for name, column in zip(parts.inputs, inputs.T, strict=True)]
    constant = [scale for scale, column in zip(scales, inputs.T, strict=True) if _is_constant(column)]
    if parts.target and target is not None and _is_constant(target):
        told = f"`{parts.target}` is {target[0]:g} in the whole training part, so there is nothing to be learnt"
        raise DataError(f"{file}: {told}; name another target, or bring a longer series")
    if len(constant) == len(scales):
        told = "is constant in the training part" if len(scales) == 1 else "are all constant in the training part"
        names = ", ".join(f"`{scale.name}`" for scale in scales)
        raise DataError(f"{file}: {names} {told}, so there is nothing to be read; name other inputs")
    remarks = [
        f"{file}: `{scale.name}` is {scale.mean:g} in the whole training part and tells nothing; leave it out of "
        "data.columns.inputs"
        for scale in constant
    ]
    return Scaling(scales, None if target is None else scale_of(str(parts.target), target)), remarks


def _is_constant(values: FloatArray) -> bool:
    return bool(np.all(values == values[0]))


def _check_windows(part: str, stretches: Sequence[Stretch], config: DataConfig) -> None:
    """Check that something can be forecast in a part, and that a season lies before what is measured.

    Raises:
        SettingError: It cannot.
    """
    file, needed = stretches[0].series.file, (config.window or 0) + config.horizon
    if not any(len(forecast_steps(stretch, config)) for stretch in stretches):
        longest = max(stretches, key=lambda stretch: stretch.end)
        if not any(map(len, stretches)):
            raise SettingError("data.split", f"{file}: the {part} part has no step; raise its share")
        raise SettingError(
            "data.window",
            f"{file}: the {part} part has {plural(longest.end, 'step')} at most to read and forecast; a window of "
            f"{config.window} and a horizon of {config.horizon} take {needed:,}, so lower them or add steps",
        )
    if part == "train" or not config.season:
        return
    back = seasons_back(config.season, config.horizon)
    if any(steps and steps[0] < back for steps in (forecast_steps(stretch, config) for stretch in stretches)):
        raise SettingError(
            "data.season",
            f"{file}: the {part} part has steps with less than {plural(back, 'step')} before them, so there is no last "
            f"season of {config.season}; lower data.season, or raise data.window to it",
        )


def _first(sequences: Sequences, size: int | None, key: str, config: DataConfig) -> Sequences:
    if size is not None and size > len(sequences):
        what = "windows" if config.window else "series"
        raise SettingError(
            key, f"{config.path}: it asks for {size:,} {what}, there are {len(sequences):,}; lower it, or leave it out"
        )
    return sequences.first(size)
