"""What a report folder was made from, so that another spec of the same name does not replace its report unasked."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.errors import SpecError, ToolkitError
from toolkit.escape import without_passwords
from toolkit.received import MOST_SPEC, read_regular
from toolkit.spec.document import Problem
from toolkit.spec.loader import LoadedSpec, load_specs
from toolkit.spec.schema import Experiment

OWNER = ".made-from"
"""The file of a report folder that says it."""
SPEC = "spec.yaml"
ELSEWHERE = "write to another folder with --out"


@dataclass(frozen=True)
class Owner:
    """What a report is made from: a spec with what the command line sets on top, or the reports that it compares.

    Attributes:
        paths: The spec; of a comparison the report folders. Relative to the report's own folder, so that a project
            which is moved as a whole stays as it is.
        overrides: What the command line sets.
        is_comparison: Whether the paths are those of reports.
    """

    paths: Sequence[str]
    overrides: Sequence[str] = ()
    is_comparison: bool = False

    def file(self) -> bytes:
        """The content of the file OWNER."""
        values = {
            "compared" if self.is_comparison else "spec": self.paths,
            "overrides": list(map(without_passwords, self.overrides)),
        }
        return f"{json.dumps(values, indent=1)}\n".encode()


def owners_of_specs(specs: Sequence[LoadedSpec], overrides: Sequence[str], out: Path) -> dict[Path, Owner]:
    """What the reports of specs are made from, by their folders; see `owner_of_spec`."""
    return {out / spec.experiment.name: owner_of_spec(spec, overrides, out) for spec in specs}


def owner_of_spec(spec: LoadedSpec, overrides: Sequence[str], out: Path) -> Owner:
    """What the report of a spec is made from, as it is to be kept in its folder.

    The same spec, edited or not, goes on with its report; so does one that was moved, and a copy that says the same.

    Args:
        spec: The spec.
        overrides: What the command line sets.
        out: Folder of the reports.

    Raises:
        SpecError: The folder holds the report of another spec, or a comparison.
    """
    folder = out / spec.experiment.name
    owner = Owner([_relative(Path(spec.path), folder)], list(overrides))
    try:
        return _settled(owner, folder, spec.experiment)
    except SpecError as error:
        advice = f"give this spec a name of its own, or {ELSEWHERE}"
        raise SpecError(str(Problem(spec.document.values["name",], f"name: {error}; {advice}"))) from None


def owner_of_comparison(compared: Sequence[Path], folder: Path, experiment: Experiment) -> Owner:
    """The same for a comparison of report folders, whose own folder is given.

    Raises:
        SpecError: The folder holds the report of a spec, or a comparison of other reports.
    """
    owner = Owner([_relative(path, folder) for path in compared], is_comparison=True)
    try:
        return _settled(owner, folder, experiment)
    except SpecError as error:
        raise SpecError(f"--compare: {error}; choose another name with -s name=.., or {ELSEWHERE}") from None


def _settled(owner: Owner, folder: Path, experiment: Experiment) -> Owner:
    """The owner that is to be noted: the former one where it still is one and the experiment is the same."""
    former = _read(folder)
    if former is None or former.paths == owner.paths or not _is_owned(folder, former):
        return owner
    if _is_same(folder, experiment):
        return former
    shown = " ".join(os.path.normpath(folder / path) for path in former.paths)
    what = f"the comparison of {shown}" if former.is_comparison else f"the report of {shown}"
    raise SpecError(f"{folder} holds {what}, which this would replace")


def _is_owned(folder: Path, former: Owner) -> bool:
    """Whether what a report was made from is still there and of the report's name."""
    if former.paths == [SPEC]:  # the folder's own resolved spec, which any report has
        return False
    paths = [folder / path for path in former.paths]
    if former.is_comparison or not all(path.exists() for path in paths):
        return all(path.exists() for path in paths)
    try:
        *_, spec = load_specs(paths[:1], overrides=former.overrides, report_folder=lambda _: folder)
        return spec.experiment.name == folder.name
    except ToolkitError:
        return True


def _is_same(folder: Path, experiment: Experiment) -> bool:
    """Whether the folder's report is of this very experiment."""
    from toolkit.reporter.page.origin import spec_yaml  # noqa: PLC0415  brings pandas, and is hardly ever needed

    try:
        return read_regular(folder / SPEC, MOST_SPEC).decode("utf-8") == spec_yaml(experiment)
    except (OSError, UnicodeDecodeError):
        return False


def _read(folder: Path) -> Owner | None:
    try:
        values = json.loads(read_regular(folder / OWNER, MOST_SPEC))
        is_comparison = "compared" in values
        paths, overrides = values["compared" if is_comparison else "spec"], values["overrides"]
        both = (paths, overrides)
        are_texts = all(isinstance(each, list) and all(isinstance(text, str) for text in each) for each in both)
        return Owner(paths, overrides, is_comparison) if are_texts else None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):  # somebody may have sent the folder
        return None


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
