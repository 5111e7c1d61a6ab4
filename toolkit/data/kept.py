"""Data sets kept in memory, each for as long as its files stay as they were."""

from pathlib import Path

from toolkit.data.dataset import Dataset, load_examples
from toolkit.spec.schema import DataConfig

Stamp = tuple[tuple[str, int, int, int, int], ...]
"""Of each file its name, its number on the disk, its size, and when its content and it itself changed last (ns)."""

_kept: dict[DataConfig, tuple[Stamp, Dataset]] = {}


def load_data(config: DataConfig) -> Dataset:
    """Load a data set; one whose files are what they were when it was loaded last is not read again.

    Raises:
        DataError: If something is wrong with the data.
    """
    stamp = _stamp(config.path)  # before the files are read: what changes meanwhile is read again the next time
    kept = _kept.get(config)
    if kept is None or kept[0] != stamp:
        kept = _kept[config] = stamp, load_examples(config)
    return kept[1]


def _stamp(path: str | None) -> Stamp:
    """What tells whether a file, or any in a folder, is another one than before; to read them would tell no more."""
    if path is None:
        return ()
    place = Path(path).absolute()
    try:
        paths = sorted(place.iterdir()) if place.is_dir() else [place]
    except OSError:
        paths = [place]  # whoever reads it tells what is wrong
    return tuple(_of_file(path) for path in paths)


def _of_file(path: Path) -> tuple[str, int, int, int, int]:
    try:
        about = path.stat()
    except OSError:
        return str(path), 0, 0, 0, 0
    return str(path), about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns
