"""The runs of specs by what is stored, whether their data is still there or not; nothing is trained."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from toolkit.pipeline.study import Desk, Study
from toolkit.runner.planning.plan import Named, answers
from toolkit.runner.planning.remembered import name_specs, what_is_gone
from toolkit.runner.search.carrying_out import look_up
from toolkit.spec.words import plural, settings_text
from toolkit.store import Store

MOST_TOLD = 20
"""No more runs than this are named on the console."""


def found(studies: Sequence[Study[Named]], desk: Desk, slots: int = 1) -> list[Study[Named]]:
    """Specs with their runs, and what their searches came to; what is gone of their data is told.

    Args:
        studies: The specs.
        desk: Where the call works.
        slots: Number of trials that a search was to have in training at once.

    Raises:
        SpecError: A spec asks for what its data has not, or its search has been changed since its first trials.
        DataError: A data file is not what it should be.
    """
    named = named_runs(studies)
    for study in named:
        if gone := what_is_gone(study.spec):
            desk.tell(f"{study.name}: {gone}, so its runs are found by what is known of it")
    return [looked_up(study, desk.store, slots) for study in named]


def named_runs(studies: Sequence[Study[Named]]) -> list[Study[Named]]:
    """Specs with the runs that they spell out; a search has none, since they are known only as it goes on."""
    plans = name_specs([study.spec for study in studies], {study.spec.path: study.memory for study in studies})
    return [replace(study, runs=plans.get(study.spec.path, ())) for study in studies]


def looked_up(study: Study[Named], store: Store, slots: int = 1) -> Study[Named]:
    """A spec with what its search came to by what is stored, and the runs of that; any other as it is."""
    if study.spec.experiment.search is None:
        return study
    result = look_up(study.spec.experiment, study.spec.path, store, slots, study.memory)
    return replace(study, search=result, runs=list(map(study.memory.name, (*result.trials, *result.confirmations))))


def tell_changed(studies: Iterable[Study[Named]], desk: Desk) -> None:
    """Say where runs are others than those of the last report because their data was changed meanwhile."""
    for study in studies:
        for folder in study.memory.changed(study.runs):
            told = f"what is read in {folder} is not what it was when the report was made last, so its runs are others"
            desk.tell(f"{study.name}: {told}")


def tell_missing(studies: Iterable[Study[Named]], desk: Desk) -> None:
    """Say which runs reports lack, or have with fewer epochs or measurements than they are to have."""
    for study in studies:
        if not study.spec.members:
            _tell_missing(study, desk)


def _tell_missing(study: Study[Named], desk: Desk) -> None:
    store = desk.store
    lacking = [run for run in study.runs if not answers(store.load(run.identity), run.spec)]
    runs = plural(len(study.runs), "run is", "runs are")
    desk.tell(f"{study.name}: {len(study.runs) - len(lacking)} of {runs} stored")
    for run in lacking[:MOST_TOLD]:
        known = store.load(run.identity) or store.load_failure(run.identity)
        state = "failed, or stored with less than is asked for" if known else "not trained"
        desk.tell(f"  {state}: {settings_text(run.spec.settings) or 'the one run'}")
    if len(lacking) > MOST_TOLD:
        desk.tell(f"  and {len(lacking) - MOST_TOLD} more")
