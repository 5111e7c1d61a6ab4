"""Experiments from spec to report: train what the store does not answer, then write the reports."""

import os
from collections.abc import Iterable, Sequence

from rich.console import Console

from toolkit.owners import owners_of_specs
from toolkit.pipeline.finding import found, tell_changed, tell_missing
from toolkit.pipeline.study import REPORTS, Desk, Study, make_folder
from toolkit.pipeline.training import planned, trained
from toolkit.pipeline.writing import Draft, Outcome, command_text, take_folders, write_reports
from toolkit.runner.driver import Call
from toolkit.runner.executors.registry import named
from toolkit.runner.planning.plan import Named, look_anew
from toolkit.runner.planning.remembered import Memory
from toolkit.sinks.sink import Sink
from toolkit.spec.loader import LoadedSpec, load_specs, variables_read


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
    desk = Desk(out, console)
    look_anew()
    loaded = load_specs(specs, overrides=overrides, env=env)
    if names := variables_read(loaded):
        desk.tell(f"read from the environment: {', '.join(names)}")
    owners = owners_of_specs(loaded, overrides, desk.out)
    studies = planned([Study(spec, _memory(spec, desk)) for spec in loaded], desk)
    make_folder(desk.store.root)
    take_folders(owners)
    _try(sinks, loaded, desk)
    tell_changed(studies, desk)
    done = trained(studies, desk, Call(workers, executor, fail_fast, fresh))
    return write_reports(_drafts(done, desk, overrides), desk, sinks)


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
    desk = Desk(out, console)
    look_anew()
    loaded = load_specs(specs, overrides=overrides, env=env, report_folder=desk.out.joinpath)
    owners = owners_of_specs(loaded, overrides, desk.out)
    studies = found([Study(spec, _memory(spec, desk)) for spec in loaded], desk, workers)
    tell_changed(studies, desk)
    take_folders(owners)
    _try(sinks, loaded, desk)
    tell_missing(studies, desk)
    known = [study.recalled(desk.store) for study in studies]
    return write_reports(_drafts(known, desk, overrides), desk, sinks)


def _memory(spec: LoadedSpec, desk: Desk) -> Memory:
    return Memory(desk.store, desk.out / spec.experiment.name)


def _try(sinks: Iterable[Sink], loaded: Iterable[LoadedSpec], desk: Desk) -> None:
    """Try every sink, so that one that cannot be written to is told before anything is trained."""
    folders = [desk.out / spec.experiment.name for spec in loaded if not spec.members]
    for sink in sinks:
        sink.check(folders)


def _drafts(studies: Sequence[Study[Named]], desk: Desk, overrides: Sequence[str]) -> list[Draft]:
    """The reports of studies whose runs are known, each under the command that makes it again."""
    names = {study.spec.path: study.name for study in studies}
    return [
        Draft(
            study.spec.experiment,
            command_text([study.spec.path], overrides, desk.out),
            study.runs,
            study.records,
            study.search,
            members=[names[member] for member in study.spec.members],
        )
        for study in studies
    ]
