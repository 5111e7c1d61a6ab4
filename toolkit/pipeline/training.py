"""Training what the store does not answer of several specs, whose runs are planned together."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from toolkit.pipeline.study import Desk, Study
from toolkit.runner.driver import Call, train
from toolkit.runner.planning.plan import PlannedRun, afresh, data_lines, imported_lines, plan_run, plan_specs, to_train
from toolkit.runner.search.carrying_out import carry_out
from toolkit.spec.words import plural


def planned(studies: Sequence[Study[PlannedRun]], desk: Desk) -> list[Study[PlannedRun]]:
    """Specs with the runs that they spell out, ready to be trained; a search has none yet.

    What of the user's is imported for their data is told before.

    Raises:
        SpecError: A spec asks for what its data has not.
        DataError: A data file is not what it should be.
    """
    specs = [study.spec for study in studies]
    for line in imported_lines(specs):
        desk.tell(line)
    plans = plan_specs(specs)
    return [replace(study, runs=plans.get(study.spec.path, ())) for study in studies]


def trained(studies: Sequence[Study[PlannedRun]], desk: Desk, call: Call) -> list[Study[PlannedRun]]:
    """Specs with the records of their runs, all of which have been trained: searches after what is spelled out.

    A run that is no longer there in the end is in training elsewhere, with --fresh: it is waited for.

    Raises:
        SpecError: A cell cannot be imported or made, or a search has been changed since its first trials.
        DiskError: The store's disk is full.
        WorkerError: There is no such cluster, or it has no workers.
    """
    asked = [run for study in studies for run in study.runs]
    missing = afresh(asked) if call.fresh else to_train(asked, desk.store)
    if asked:
        _announce(asked, missing, desk)
    for line in data_lines(study.spec for study in studies):
        desk.tell(line)
    if missing:
        train(missing, desk.store, desk.console, call)
    carried_out = [_searched(study, desk, call).recalled(desk.store) for study in studies]
    if not call.fail_fast and (taken := _taken(carried_out)):
        desk.tell(f"runs that another call trains again, with --fresh, are waited for: {len(taken)}")
        train(taken, desk.store, desk.console, replace(call, fresh=False))
        return [study.recalled(desk.store) for study in carried_out]
    return carried_out


def _searched(study: Study[PlannedRun], desk: Desk, call: Call) -> Study[PlannedRun]:
    """A spec with its search carried out, if it is one."""
    if study.spec.experiment.search is None:
        return study
    result = carry_out(study.spec.experiment, study.spec.path, desk.store, desk.console, call)
    return replace(study, search=result, runs=list(map(plan_run, (*result.trials, *result.confirmations))))


def _announce(asked: Sequence[PlannedRun], missing: Sequence[PlannedRun], desk: Desk) -> None:
    distinct, lacking = (len({run.identity for run in several}) for several in (asked, missing))
    desk.tell(f"{plural(distinct, 'run')}, {distinct - lacking:,} stored already, {lacking:,} to train")


def _taken(studies: Iterable[Study[PlannedRun]]) -> list[PlannedRun]:
    """The runs that were stored, or have been trained, and are gone: another call makes them afresh."""
    both = ((run, record) for study in studies for run, (_, record) in zip(study.runs, study.records, strict=True))
    return afresh([run for run, record in both if record is None])
