"""Data sets kept in memory, each for as long as its files, and the code that reads them, stay as they were."""

from pathlib import Path

from toolkit.data.dataset import Dataset, load_examples
from toolkit.spec.named import SOURCE
from toolkit.spec.named_code import source_code
from toolkit.spec.schema import DataConfig

FileStamp = tuple[str, int, int, int, int]
"""Of a file its name, its number on the disk, its size, and when its content and it itself changed last (ns)."""
Stamp = tuple[str, tuple[FileStamp, ...]]
"""The digest of the code of a source of the user's, and the files."""

_kept: dict[DataConfig, tuple[Stamp, Dataset]] = {}


def load_data(config: DataConfig) -> Dataset:
    """Load a data set; one whose files are what they were when it was loaded last is not read again.

    What a function of the user's reads besides is not known: its data is kept until `forget_called`.

    Raises:
        DataError: If something is wrong with the data.
    """
    code = source_code(config)
    stamp = (
        code.digest if code else "",
        _stamp(config.path),
    )  # before the files are read: what changes meanwhile is read again the next time
    kept = _kept.get(config)
    if kept is None or kept[0] != stamp:
        kept = _kept[config] = stamp, load_examples(config)
    return kept[1]


def forget_called() -> None:
    """Forget what functions of the user's gave, as a call begins: they may read what has been changed since."""
    for config in [config for config in _kept if SOURCE.is_own(config.source)]:
        del _kept[config]


def _stamp(path: str | None) -> tuple[FileStamp, ...]:
    """What tells whether a file, or any in a folder, is another one than before; to read them would tell no more."""
    if path is None:
        return ()
    place = Path(path).absolute()
    try:
        paths = sorted(place.iterdir()) if place.is_dir() else [place]
    except OSError:
        paths = [place]  # whoever reads it tells what is wrong
    return tuple(_of_file(path) for path in paths)


def _of_file(path: Path) -> FileStamp:
    try:
        about = path.stat()
    except OSError:
        return str(path), 0, 0, 0, 0
    return str(path), about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns
