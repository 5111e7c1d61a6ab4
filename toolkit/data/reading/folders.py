"""Which files a data folder has; what is wrong with them as a whole is told without reading them."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from toolkit.data.reading.files import open_text
from toolkit.data.reading.mistakes import Mistakes
from toolkit.errors import SettingError
from toolkit.spec.schema import DataConfig, RunConfig

FOLDERS = {
    "coursework": {
        "train": "wiki-train.txt",
        "dev": "wiki-dev.txt",
        "test": "wiki-test.txt",
        "vocabulary": "vocab.wiki.txt",
    },
    "text": {"train": "train.txt", "dev": "dev.txt", "test": "test.txt"},
}
"""The files of each source that reads a folder. All may be packed by gzip, with `.gz` behind their names."""
OPTIONAL = "test"


def data_files(config: DataConfig) -> Mapping[str, Path]:
    """The files of the folder that `data.path` names, by what they hold; `test` only where it is there.

    They are opened, and no more than their first bytes read; a source that reads no folder has none.

    Raises:
        DataError: What is wrong with the folder or with any of its files.
    """
    if config.source not in FOLDERS:
        return {}
    names = FOLDERS[config.source]
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
    if config.source not in FOLDERS or not config.path:
        return False
    names = FOLDERS[config.source]
    wanted = [Path(config.path, name) for part, name in names.items() if part != OPTIONAL]
    return not all(_is_there(file) or _is_there(_packed(file)) for file in wanted)


def check_files(config: RunConfig) -> None:
    """Check that the files are there that a run reads.

    Raises:
        DataError: What is wrong with them.
    """
    files = data_files(config.data)
    if files and config.evaluate.test and OPTIONAL not in files:
        raise no_test_set(config)


def no_test_set(config: RunConfig) -> SettingError:
    """The error of a run that is to be measured on a test set that its data has not."""
    return SettingError(
        "evaluate.test", f"there is no test set in {config.data.path}; add one, or leave evaluate.test out"
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
