"""The report folder on disk: every file of a report is written here, and a former report's are taken away."""

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from toolkit.store.files import write_whole

MANIFEST = ".report-files"
"""Names what the reporter wrote; whatever else lies in the folder is not its own and stays."""


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a report folder hold these files, and no longer those of the report that it held before.

    Each file is replaced at once, and the manifest always covers all that was written: a rebuild that is interrupted
    leaves whole files, and the next one takes away what is no longer made.

    Args:
        folder: The report folder; it is made if need be.
        files: Content by path relative to the folder, with `/` between parts.
    """
    former = _former_files(folder)
    write_whole(folder / MANIFEST, _manifest({*former, *files}))
    for name, content in files.items():
        write_whole(folder / name, content)
    for name in sorted(former - files.keys()):
        (folder / name).unlink(missing_ok=True)
    write_whole(folder / MANIFEST, _manifest(files))


def _former_files(folder: Path) -> set[str]:
    try:
        names = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return set()
    return {name for name in names if name and _is_inside(PurePosixPath(name))}


def _is_inside(path: PurePosixPath) -> bool:
    return not path.is_absolute() and ".." not in path.parts


def _manifest(names: Iterable[str]) -> bytes:
    return "".join(f"{name}\n" for name in sorted(names)).encode()
