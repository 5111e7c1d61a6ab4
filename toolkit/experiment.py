"""Experiments from spec to report: train what the store does not answer, then write the reports."""

import os
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rich.console import Console

from toolkit.errors import StoreError
from toolkit.escape import without_passwords
from toolkit.owners import OWNER, Owner, owners_of_specs
from toolkit.reporter.combined import Part, write_combined
from toolkit.reporter.page.folder import write_folder
from toolkit.reporter.page.listing import INDEX, write_listing
from toolkit.reporter.report import make_report
from toolkit.runner.console import tell
from toolkit.runner.driver import Call, train
from toolkit.runner.executors.registry import named
from toolkit.runner.planning.plan import (
    Named,
    PlannedRun,
    afresh,
    answers,
    data_lines,
    look_anew,
    plan_run,
    plan_specs,
    recall,
    source_lines,
    to_train,
)
from toolkit.runner.planning.remembered import CONTENTS, Memory, contents_file, name_specs, what_is_gone
from toolkit.runner.search.carrying_out import carry_out, look_up
from toolkit.sinks.sink import Runs, Sink, hand_on
from toolkit.spec.checks import STORE_NAME
from toolkit.spec.loader import LoadedSpec, load_specs, variables_read
from toolkit.spec.trials import SearchResult
from toolkit.spec.words import plural, settings_text
from toolkit.store import Store
from toolkit.store.durable import write_whole
from toolkit.store.places import refuse_link

REPORTS = "reports"
"""Where reports are written unless another place is named."""

MOST_TOLD = 20
"""No more runs than this are named on the console."""


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


def run(
    *specs: str | os.PathLike[str],
    out: str | os.PathLike[str] = REPORTS,
    overrides: Sequence[str] = (),
    env: Sequence[str] = (),
    workers: int = 1,
    cluster: str | None = None,
    executor: tuple[str, str] | None = None,
    fresh: bool = False,
    fail_fast: bool = False,
    sinks: Sequence[Sink] = (),
    console: Console | None = None,
) -> list[Outcome]:
    """Train every run of the given experiments that is not stored yet, and write a report for each.

    Args:
        *specs: Paths of specs. A run that several of them need is trained once.
        out: Folder of the reports; the store is its folder `runs`.
        overrides: Settings on top of every spec, such as `model.hidden=20`, values in YAML.
        env: Names of environment variables that specs may read although they sound secret.
        workers: Number of processes that train side by side; 1 trains in this one. None of them imports the
            calling script.
        cluster: Address of the scheduler of a Dask cluster that trains instead.
        executor: The same of any executor by name: `("cluster", address)`.
        fresh: Train every run from the beginning. What is stored of a run is replaced once its new record is stored.
        fail_fast: Stop everything at the first run that fails; the report shows the rest as not trained.
        sinks: Where stored runs are handed on to besides. Each is tried before anything is trained; what goes wrong
            with one at the end is told in the outcome, and costs neither the reports nor the other sinks.
        console: Where progress is shown; None for standard output.

    Returns:
        One outcome a spec, in order; before one that combines others, theirs.

    Raises:
        SpecError: A spec cannot be run, or not with its data.
        DataError: A data file is not what it should be.
        StoreError: A stored run cannot be read, or `out` cannot hold the store and the reports.
        DiskError: The disk is full; what was stored before is unharmed.
        ExtraError: An executor needs a package that is not installed, as `cluster` needs Dask.
        WorkerError: There is no such cluster, or it has no workers.
        SinkError: A sink cannot be reached or written to.
    """
    executor = named(executor, cluster)
    console = console or Console()
    out = Path(out)
    store = _store(out, console)
    call = Call(workers, executor, fail_fast, fresh)
    look_anew()
    loaded = load_specs(specs, overrides=overrides, env=env)
    if names := variables_read(loaded):
        tell(console, f"read from the environment: {', '.join(names)}")
    owners = owners_of_specs(loaded, overrides, out)
    for line in source_lines(loaded):
        tell(console, line)
    plans = plan_specs(loaded)
    searches: dict[str, SearchResult] = {}
    _make_folders([store.root])
    _take_folders(owners)
    _try(sinks, loaded, out)
    memories = {spec.path: Memory(store, out / spec.experiment.name) for spec in loaded}
    _tell_changed(loaded, plans, memories, console)
    asked = [run for planned in plans.values() for run in planned]
    missing = afresh(asked) if fresh else to_train(asked, store)
    if asked:
        _announce(asked, missing, console)
    _tell_data(loaded, console)
    if missing:
        train(missing, store, console, call)
    for spec in loaded:
        if spec.experiment.search:
            searches[spec.path] = carry_out(spec.experiment, spec.path, store, console, call)
            plans[spec.path] = _trials(searches[spec.path])
    records = _records(plans, store)
    if not fail_fast and (taken := _taken(plans, records)):
        tell(console, f"runs that another call trains again, with --fresh, are waited for: {len(taken)}")
        train(taken, store, console, replace(call, fresh=False))
        records = _records(plans, store)
    return _write(loaded, plans, records, searches, out, overrides, sinks, console)


def report(
    *specs: str | os.PathLike[str],
    out: str | os.PathLike[str] = REPORTS,
    overrides: Sequence[str] = (),
    env: Sequence[str] = (),
    workers: int = 1,
    sinks: Sequence[Sink] = (),
    console: Console | None = None,
) -> list[Outcome]:
    """Write the reports of the given experiments from what is stored, and train nothing.

    The data and the modules of cells may be gone: the folder of each report says what was in them.

    Args:
        *specs: Paths of specs.
        out: Folder of the reports; the store is its folder `runs`.
        overrides: Settings on top of every spec, such as `model.hidden=20`, values in YAML.
        env: Names of environment variables that specs may read although they sound secret.
        workers: Number of trials that a search was to have in training at once.
        sinks: Where stored runs are handed on to besides; see `run`.
        console: Where it is told what is missing; None for standard output.

    Returns:
        One outcome a spec, in order; before one that combines others, theirs.

    Raises:
        SpecError: A spec cannot be run, or not with its data.
        DataError: A data file is not what it should be.
        StoreError: A stored run cannot be read, or `out` cannot hold the reports.
        SinkError: A sink cannot be reached or written to.
    """
    console = console or Console()
    out = Path(out)
    store = _store(out, console)
    look_anew()
    loaded = load_specs(specs, overrides=overrides, env=env, code_needed=False)
    owners = owners_of_specs(loaded, overrides, out)
    memories = {spec.path: Memory(store, out / spec.experiment.name) for spec in loaded}
    plans = name_specs(loaded, memories)
    for spec in loaded:
        if gone := what_is_gone(spec):
            told = f"{spec.experiment.name}: {gone}, so its runs are found by what is known of it"
            tell(console, told)
    searches: dict[str, SearchResult] = {}
    for spec in loaded:
        if spec.experiment.search:
            found = look_up(spec.experiment, spec.path, store, workers, memories[spec.path])
            searches[spec.path] = found
            plans[spec.path] = [memories[spec.path].name(run) for run in (*found.trials, *found.confirmations)]
    _tell_changed(loaded, plans, memories, console)
    _take_folders(owners)
    _try(sinks, loaded, out)
    for spec in loaded:
        if not spec.members:
            _tell_missing(spec.experiment.name, plans[spec.path], store, console)
    return _write(loaded, plans, _records(plans, store), searches, out, overrides, sinks, console)


def _store(out: Path, console: Console) -> Store:
    return Store(out / STORE_NAME, partial(tell, console))


def _tell_changed(
    loaded: Iterable[LoadedSpec],
    plans: Mapping[str, Sequence[Named]],
    memories: Mapping[str, Memory],
    console: Console,
) -> None:
    """Say where runs are others than those of the last report because their data was changed meanwhile."""
    for spec in loaded:
        for folder in memories[spec.path].changed(plans.get(spec.path, ())):
            told = f"what is read in {folder} is not what it was when the report was made last, so its runs are others"
            tell(console, f"{spec.experiment.name}: {told}")


def _tell_missing(name: str, planned: Sequence[Named], store: Store, console: Console) -> None:
    """Say which runs a report lacks, or has with fewer epochs or measurements than they are to have."""
    lacking = [run for run in planned if not answers(store.load(run.identity), run.spec)]
    runs = plural(len(planned), "run is", "runs are")
    tell(console, f"{name}: {len(planned) - len(lacking)} of {runs} stored")
    for run in lacking[:MOST_TOLD]:
        known = store.load(run.identity) or store.load_failure(run.identity)
        state = "failed, or stored with less than is asked for" if known else "not trained"
        settings = settings_text(run.spec.settings) or "the one run"
        tell(console, f"  {state}: {settings}")
    if len(lacking) > MOST_TOLD:
        tell(console, f"  and {len(lacking) - MOST_TOLD} more")


def _make_folders(folders: Iterable[Path]) -> None:
    """Make what will be written to, so that a wrong `out` is told before anything is trained."""
    for folder in folders:
        try:
            refuse_link(folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"{folder}: this folder cannot be made ({error.strerror}); choose another place with --out"
            ) from error
        if not os.access(folder, os.W_OK | os.X_OK):
            raise StoreError(f"{folder}: this folder cannot be written to; choose another place with --out")


def _take_folders(owners: Mapping[Path, Owner]) -> None:
    """Make the report folders, and note what each is made from."""
    _make_folders(owners)
    for folder, owner in owners.items():
        write_whole(folder / OWNER, owner.file())


def _try(sinks: Iterable[Sink], loaded: Iterable[LoadedSpec], out: Path) -> None:
    """Try every sink, so that one that cannot be written to is told before anything is trained."""
    folders = [out / spec.experiment.name for spec in loaded if not spec.members]
    for sink in sinks:
        sink.check(folders)


def _trials(result: SearchResult) -> list[PlannedRun]:
    return [plan_run(spec) for spec in (*result.trials, *result.confirmations)]


def _announce(asked: Sequence[PlannedRun], missing: Sequence[PlannedRun], console: Console) -> None:
    distinct, lacking = (len({run.identity for run in several}) for several in (asked, missing))
    tell(console, f"{plural(distinct, 'run')}, {distinct - lacking:,} stored already, {lacking:,} to train")


def _tell_data(loaded: Sequence[LoadedSpec], console: Console) -> None:
    for line in data_lines(loaded):
        tell(console, line)


def _command(spec: str, overrides: Sequence[str], out: Path) -> str:
    settings = [part for setting in overrides for part in ("-s", setting)]
    place = [] if out == Path(REPORTS) else ["--out", str(out)]
    return shlex.join(map(without_passwords, ["run-spec", spec, *settings, *place]))


def _records(plans: Mapping[str, Sequence[Named]], store: Store) -> dict[str, Runs]:
    """What the store says of the runs of each spec."""
    return {path: [(run.spec, recall(run, store)) for run in planned] for path, planned in plans.items()}


def _taken(plans: Mapping[str, Sequence[PlannedRun]], records: Mapping[str, Runs]) -> list[PlannedRun]:
    """The runs that were stored, or have been trained, and are gone: another call makes them afresh."""
    both = ((run, record) for path in plans for run, (_, record) in zip(plans[path], records[path], strict=True))
    return afresh([run for run, record in both if record is None])


def _write(
    loaded: Sequence[LoadedSpec],
    plans: Mapping[str, Sequence[Named]],
    records: Mapping[str, Runs],
    searches: Mapping[str, SearchResult],
    out: Path,
    overrides: Sequence[str],
    sinks: Sequence[Sink],
    console: Console,
) -> list[Outcome]:
    """Write the reports of all specs, those that are combined before the one that combines them.

    One that cannot be written keeps none of the others from being written, but for one that combines it.
    """
    outcomes: dict[str, Outcome] = {}
    written: dict[str, tuple[Runs, Path]] = {}
    parts: dict[str, Part] = {}
    failures: list[Exception] = []
    for spec in loaded:
        name, command = spec.experiment.name, _command(spec.path, overrides, out)
        try:
            if spec.members:
                if all(member in parts for member in spec.members):
                    gathered = [parts[member] for member in spec.members]
                    outcomes[name] = Outcome(write_combined(spec.experiment, gathered, out / name, command), failed=0)
                continue
            runs = records[spec.path]
            made = make_report(spec.experiment, runs, command, searches.get(spec.path))
            write_folder(out / name, {**made.files, CONTENTS: contents_file(plans[spec.path])})
        except Exception as failure:
            failures.append(failure)
            continue
        parts[spec.path] = Part(spec.experiment, made.page)
        written[name] = (runs, out / name)
        failed = sum(record is not None and record.status == "failed" for _, record in runs)
        outcomes[name] = Outcome(out / name / INDEX, failed, missing=sum(record is None for _, record in runs))
    write_listing(out, partial(tell, console))
    for name, told in hand_on(written, sinks).items():
        outcomes[name] = replace(outcomes[name], unlogged=told)
    if failures:
        raise _as_one(failures)
    return list(outcomes.values())


def _as_one(failures: Sequence[Exception]) -> Exception:
    """The failures of several reports as one, or the first that is not told on purpose."""
    unexpected = [failure for failure in failures if not isinstance(failure, StoreError)]
    if unexpected or len(failures) == 1:
        return (unexpected or failures)[0]
    return type(failures[0])("\n".join(map(str, failures)))
