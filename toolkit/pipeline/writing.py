"""Writing reports: their folders, the list of all of them, and what their runs are handed on to."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from toolkit.errors import StoreError
from toolkit.escape import without_passwords
from toolkit.owners import OWNER, Owner
from toolkit.pipeline.study import REPORTS, Desk, make_folder
from toolkit.reporter.combined import Part, write_combined
from toolkit.reporter.numbers.frames import Runs
from toolkit.reporter.page.folder import write_folder
from toolkit.reporter.page.listing import INDEX, write_listing
from toolkit.reporter.report import make_report
from toolkit.runner.planning.plan import Named
from toolkit.runner.planning.remembered import contents_file
from toolkit.sinks.sink import Sink, hand_on
from toolkit.spec.declared_tasks import CONTENTS
from toolkit.spec.schema import Experiment
from toolkit.spec.trials import SearchResult
from toolkit.store.durable import write_whole


@dataclass(frozen=True)
class Outcome:
    """What came of an experiment.

    Attributes:
        page: The report's page, to open in a browser.
        failed: Number of its runs that failed.
        missing: Number of its runs that were not trained.
        unlogged: Why its runs were not handed on to a sink, or not all of them; empty where nothing went wrong.
    """

    page: Path
    failed: int
    missing: int = 0
    unlogged: str = ""


@dataclass(frozen=True)
class Draft:
    """A report to be written.

    Attributes:
        experiment: What was asked for.
        command: The command that makes the report again.
        runs: Its runs with their places in the store.
        records: The same runs as they are shown, with their records.
        search: What its search came to.
        spec_diff: How the specs differ whose runs are compared, if these are several.
        members: Names of the drafts that it combines, in place of runs of its own.
    """

    experiment: Experiment
    command: str
    runs: Sequence[Named] = ()
    records: Runs = ()
    search: SearchResult | None = None
    spec_diff: str = ""
    members: Sequence[str] = ()

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.experiment.name


def command_text(made_of: Sequence[str], overrides: Sequence[str], out: Path) -> str:
    """The command that makes a report again, without passwords.

    Args:
        made_of: What it is made of: a spec, or `--compare` and report folders.
        overrides: What the command line sets.
        out: Folder of the reports.
    """
    settings = [part for setting in overrides for part in ("-s", setting)]
    place = [] if out == Path(REPORTS) else ["--out", str(out)]
    return shlex.join(map(without_passwords, ["run-spec", *made_of, *settings, *place]))


def take_folders(owners: Mapping[Path, Owner]) -> None:
    """Make report folders, and note what each is made from.

    Raises:
        StoreError: One cannot be made, or not be written to.
    """
    for folder in owners:
        make_folder(folder)
    for folder, owner in owners.items():
        write_whole(folder / OWNER, owner.file())


def write_reports(drafts: Iterable[Draft], desk: Desk, sinks: Sequence[Sink] = ()) -> list[Outcome]:
    """Write reports, those that are combined before the one that combines them, then the list of all reports.

    One that cannot be written keeps none of the others from being written, but for one that combines it.

    Raises:
        StoreError, DiskError: Reports could not be written.
    """
    outcomes: dict[str, Outcome] = {}
    parts: dict[str, Part] = {}
    written: dict[str, tuple[Runs, Path]] = {}
    failures: list[Exception] = []
    for draft in drafts:
        folder = desk.out / draft.name
        try:
            if not draft.members:
                parts[draft.name] = _written(draft, folder)
                written[draft.name] = (draft.records, folder)
                outcomes[draft.name] = _outcome(draft.records, folder)
            elif all(member in parts for member in draft.members):
                gathered = [parts[member] for member in draft.members]
                page = write_combined(draft.experiment, gathered, folder, draft.command)
                outcomes[draft.name] = Outcome(page, failed=0)
        except Exception as failure:
            failures.append(failure)
    write_listing(desk.out, desk.tell)
    for name, told in hand_on(written, sinks).items():
        outcomes[name] = replace(outcomes[name], unlogged=told)
    if failures:
        raise _as_one(failures)
    return list(outcomes.values())


def _written(draft: Draft, folder: Path) -> Part:
    made = make_report(draft.experiment, draft.records, draft.command, draft.search, draft.spec_diff)
    write_folder(folder, {**made.files, CONTENTS: contents_file(draft.runs)})
    return Part(draft.experiment, made.page)


def _outcome(records: Runs, folder: Path) -> Outcome:
    states = [record.status if record else "missing" for _, record in records]
    return Outcome(folder / INDEX, states.count("failed"), states.count("missing"))


def _as_one(failures: Sequence[Exception]) -> Exception:
    """The failures of several reports as one, or the first that is not told on purpose."""
    unexpected = [failure for failure in failures if not isinstance(failure, StoreError)]
    if unexpected or len(failures) == 1:
        return (unexpected or failures)[0]
    return type(failures[0])("\n".join(map(str, failures)))
