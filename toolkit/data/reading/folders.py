"""Which files a spec's data are in; what is wrong with them as a whole is told without reading them."""

from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from toolkit.data.reading.files import open_bytes, open_text
from toolkit.data.reading.mistakes import Mistakes
from toolkit.errors import ExtraError, SettingError
from toolkit.spec.schema import DataConfig, RunConfig
from toolkit.spec.sources import Source, source_of
from toolkit.spec.words import joined
from toolkit.units.registry import UNITS

OPTIONAL = "test"
"""The part whose file may be left out."""
WHOLE = "whole"
"""What one file is, of which `data.split` says the parts."""
BINARY = ".parquet"
"""The ending of files that are no text."""
PACKED = ".gz"


def data_files(config: DataConfig) -> Mapping[str, Path]:
    """The files that its source has at `data.path`, by their part; `test` where it is there.

    They are opened, and no more than their first bytes read; a source that reads no files of its own has none.

    Raises:
        DataError: What is wrong with the folder or with any of its files.
    """
    source = source_of(config.source)
    if not source.files:
        return {}
    if _is_one_file(config, source):
        return {WHOLE: _opened(_whole(config, source))}
    if config.split is not None:
        told = f"{config.path} is no file of which they could be shares; leave data.split out"
        raise SettingError("data.split", told)
    folder = _folder(config, source)
    told_of = Mistakes()
    files = {}
    for part in source.files:
        with told_of:
            file = _find(folder, part, source)
            if part != OPTIONAL or _is_there(file):
                files[part] = _opened(file)
    told_of.refuse()
    return files


def is_gone(config: DataConfig) -> bool:
    """Whether any of the files that a source needs is not at `data.path`; none is opened."""
    source = source_of(config.source)
    if not config.path or not source.files:
        return False
    if _is_one_file(config, source):
        return False
    wanted = [part for part in source.files if part != OPTIONAL]
    return not all(any(map(_is_there, _candidates(Path(config.path), part, source))) for part in wanted)


def check_files(config: RunConfig) -> None:
    """Check that the files are there that a run reads.

    Raises:
        DataError: What is wrong with them.
    """
    path, source = config.data.path, source_of(config.data.source)
    try:
        UNITS[config.data.unit].check()
    except ExtraError as error:
        raise SettingError("data.unit", str(error)) from error
    files = data_files(config.data)
    if path and not source.files and not _is_there(Path(path)):
        raise SettingError("data.path", f"{path}: there is no such file or folder; {source.name} is to read it")
    if source.check:
        module, _, function = source.check.partition(":")
        getattr(import_module(module), function)(config.data, files)
    has_test = OPTIONAL in files or (config.data.split is not None and config.data.split.test is not None)
    if files and config.evaluate.test and not has_test:
        raise no_test_set(config)


def no_test_set(config: RunConfig) -> SettingError:
    """The error of a run that is to be measured on a test set that its data has not."""
    return SettingError(
        "evaluate.test",
        f"there is no test set in {config.data.path or config.data.source}; add one, or leave evaluate.test out",
    )


def ending_of(file: Path) -> str:
    """What a file's name ends in, if it is packed before that."""
    return Path(file.name.removesuffix(PACKED)).suffix


def _is_one_file(config: DataConfig, source: Source) -> bool:
    return bool(source.endings and config.path) and Path(str(config.path)).is_file()


def _whole(config: DataConfig, source: Source) -> Path:
    file = Path(str(config.path))
    if ending_of(file) not in source.endings:
        told = f"{file}: {source.name} reads files whose names end in {joined(source.endings, 'or')}; name it so"
        raise SettingError("data.path", told)
    if config.split is None:
        told = f"{file} is one file; say which shares of it are which part: data.split: {{dev: 0.1, test: 0.1}}"
        raise SettingError("data.path", told)
    return file


def _opened(file: Path) -> Path:
    """A file that can be opened, and is not empty where it is a text."""
    with open_bytes(file) if file.suffix == BINARY else open_text(file):
        return file


def _folder(config: DataConfig, source: Source) -> Path:
    endings = f", which end in {joined(source.endings, 'or')}," if source.endings else ""
    holds = ", ".join(name for part, name in source.files.items() if part != OPTIONAL)
    holds += f" and, if there is one, {source.files[OPTIONAL]}{endings.removesuffix(',')}"
    if not config.path:
        raise SettingError("data.source", f"{source.name} needs data.path: the folder with {holds}")
    folder = Path(config.path)
    if not folder.is_dir():
        fault = "is a file" if folder.exists() else "does not exist"
        raise SettingError("data.path", f"{config.path} {fault}; expected the folder with {holds}")
    return folder


def _find(folder: Path, part: str, source: Source) -> Path:
    """The one file that a part may be in; where none is there, one of those names."""
    candidates = _candidates(folder, part, source)
    there = [file for file in candidates if _is_there(file)]
    if len(there) > 1:
        raise SettingError("data.path", f"{there[0]} is there and {there[1].name} too; delete one of them")
    if not there and len(source.endings) > 1 and part != OPTIONAL:
        names = joined([source.files[part] + ending for ending in source.endings], "or")
        raise SettingError("data.path", f"{folder}: there is no {names}; add one or mend data.path")
    return (there or candidates)[0]


def _candidates(folder: Path, part: str, source: Source) -> list[Path]:
    names = [source.files[part] + ending for ending in source.endings or ("",)]
    return [folder / name for name in names] + [folder / (name + PACKED) for name in names if not name.endswith(BINARY)]


def _is_there(file: Path) -> bool:
    with suppress(OSError):  # a folder that may not be entered
        return file.exists()
    return False
