"""The example specs, as they are installed with the toolkit: `specs` is the folder of that name in the source."""

import os
from pathlib import Path

from toolkit.errors import StoreError

SPECS = Path(__file__).parent / "specs"


def examples() -> list[Path]:
    """The numbered examples, the quickstart, the schema that they name for editors, and the data that they read."""
    return sorted([*SPECS.glob("*.yaml"), SPECS / "spec.schema.json", *(SPECS / "data").glob("*.*")])


def write_examples(folder: str | os.PathLike[str]) -> list[str]:
    """Write the examples into a folder; a file that is there already is left as it is.

    Args:
        folder: The folder; it is made where there is none.

    Returns:
        What became of each, a line a file.

    Raises:
        StoreError: The folder cannot be made or written to.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "data").mkdir(exist_ok=True)
        return [_write(example, folder / example.relative_to(SPECS)) for example in examples()]
    except OSError as error:
        raise StoreError(
            f"{error.filename}: this cannot be written ({error.strerror}); choose another place for --examples"
        ) from error


def _write(example: Path, path: Path) -> str:
    try:
        with path.open("xb") as file:
            file.write(example.read_bytes())
    except FileExistsError:
        return f"{path} is there already, and left as it is"
    return str(path)
