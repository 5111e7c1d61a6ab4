"""Which files a data folder has; what is wrong with them as a whole is told without reading them."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from toolkit.data.reading.files import open_text
from toolkit.data.reading.mistakes import Mistakes
from toolkit.errors import SettingError
from toolkit.spec.schema import DataConfig, RunConfig
from toolkit.spec.sources import source_of

OPTIONAL = "test"
"""The part whose file may be left out."""


def data_files(config: DataConfig) -> Mapping[str, Path]:
    """The files that its source has in the folder that `data.path` names, by their part; `test` where it is there.

    They are opened, and no more than their first bytes read; a source that reads no folder has none.

    Raises:
        DataError: What is wrong with the folder or with any of its files.
    """
    names = source_of(config.source).files
    if not names:
        return {}
    folder = _folder(config, names)
    told = Mistakes()
    files = {}
    for part, name in names.items():
        with told:
            file = _find(folder / name)
            if part != OPTIONAL or _is_there(file):
                with open_text(file):
                    files[part] = file
    told.refuse()
    return files


def is_gone(config: DataConfig) -> bool:
    """Whether any of the files that a source needs is not in the folder that `data.path` names; none is opened."""
    names = source_of(config.source).files
    if not config.path:
        return False
    wanted = [Path(config.path, name) for part, name in names.items() if part != OPTIONAL]
    return not all(_is_there(file) or _is_there(_packed(file)) for file in wanted)


def check_files(config: RunConfig) -> None:
    """Check that the files are there that a run reads.

    Raises:
        DataError: What is wrong with them.
    """
    path, source = config.data.path, source_of(config.data.source)
    files = data_files(config.data)
    if path and not source.files and not _is_there(Path(path)):
        raise SettingError("data.path", f"{path}: there is no such file or folder; {source.name} is to read it")
    if files and config.evaluate.test and OPTIONAL not in files:
        raise no_test_set(config)


def no_test_set(config: RunConfig) -> SettingError:
    """The error of a run that is to be measured on a test set that its data has not."""
    return SettingError(
        "evaluate.test",
        f"there is no test set in {config.data.path or config.data.source}; add one, or leave evaluate.test out",
    )


def _folder(config: DataConfig, names: Mapping[str, str]) -> Path:
    holds = ", ".join(name for part, name in names.items() if part != OPTIONAL)
    holds += f" and, if there is one, {names[OPTIONAL]}"
    if not config.path:
        raise SettingError("data.source", f"{config.source} needs data.path: the folder with {holds}")
    folder = Path(config.path)
    if not folder.is_dir():
        fault = "is a file" if folder.exists() else "does not exist"
        raise SettingError("data.path", f"{config.path} {fault}; expected the folder with {holds}")
    return folder


def _find(file: Path) -> Path:
    """The file, or the one that gzip made of it."""
    packed = _packed(file)
    if not _is_there(packed):
        return file
    if _is_there(file):
        raise SettingError("data.path", f"{file} is there and {packed.name} too; delete one of them")
    return packed


def _packed(file: Path) -> Path:
    return file.with_name(f"{file.name}.gz")


def _is_there(file: Path) -> bool:
    with suppress(OSError):  # a folder that may not be entered
        return file.exists()
    return False
