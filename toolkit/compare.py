"""Several reports as one: their runs in the same tables and figures, and how their specs differ."""

import difflib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

from toolkit.errors import SpecError
from toolkit.owners import SPEC, owner_of_comparison
from toolkit.pipeline.finding import looked_up, named_runs
from toolkit.pipeline.study import REPORTS, Desk, Study
from toolkit.pipeline.writing import Draft, Outcome, command_text, take_folders, write_reports
from toolkit.received import MOST_SPEC, read_regular
from toolkit.reporter.numbers.sensitivity import unperturbed
from toolkit.runner.planning.plan import Named, look_anew
from toolkit.runner.planning.remembered import Memory
from toolkit.spec.checks import STORE_NAME
from toolkit.spec.document import Problem, refuse
from toolkit.spec.layers import overlay, read_overrides
from toolkit.spec.loader import checked, load_specs
from toolkit.spec.schema import Experiment, RunConfig
from toolkit.spec.sweep import SEED_KEY, RunSpec
from toolkit.store import Store

OWN = ("name", "question")
"""Keys that a comparison has of its own."""
COMPARED = ("data", "model", "train")
"""Sections whose keys set runs of different reports apart."""


def compare(
    *folders: str | os.PathLike[str], out: str | os.PathLike[str] = REPORTS, overrides: Sequence[str] = ()
) -> Outcome:
    """Make one report over the runs of several, as if one sweep had spelled them all out.

    What differs between any two of the runs counts as swept; a run that several reports have counts once. Of a search
    the best trial is shown by its fresh seeds alone, by which nothing was chosen.

    Args:
        *folders: Report folders, at least two; each stands beside its store.
        out: Folder that the new report goes to, named after theirs.
        overrides: `name=..` and `question=..` of the new report, values in YAML.

    Returns:
        What came of it.

    Raises:
        SpecError: There are fewer than two, one is no report folder, an override is of something else, or the new
            report would replace that of a spec or of another comparison.
        DataError: The data of one is no longer what it should be.
        StoreError: A stored run cannot be read.
    """
    if len(folders) < 2:
        raise SpecError("--compare takes at least two report folders")
    chosen = _chosen(overrides)
    desk = Desk(out)
    look_anew()
    studies = [_study(Path(folder)) for folder in folders]
    shown = [record for study in studies for record in unperturbed(study.spec.experiment, study.records)]
    keys = _differing([run.config for run, _ in shown])
    placed = [(_placed(run, keys), record) for run, record in shown]
    experiment = _combined([study.spec.experiment for study in studies], [run for run, _ in placed], chosen)
    owner = owner_of_comparison(list(map(Path, folders)), desk.out / experiment.name, experiment)
    take_folders({desk.out / experiment.name: owner})
    command = command_text(["--compare", *map(str, folders)], overrides, desk.out)
    runs = [run for study in studies for run in study.runs]
    (outcome,) = write_reports([Draft(experiment, command, runs, placed, spec_diff=_differences(folders))], desk)
    return outcome


def _chosen(overrides: Sequence[str]) -> dict[str, Any]:
    """The name and the question that a comparison is given, checked as those of a spec are."""
    documents = read_overrides(overrides)
    for document in documents:
        for key in document.data.keys() - set(OWN):
            message = (
                f"{key}: a comparison shows the runs of its reports as they are; it takes -s name=.. and -s question=.."
            )
            refuse([Problem(document.keys[key,], message)])
    if not documents:
        return {}
    named = reduce(overlay, documents)
    checked(replace(named, data={"name": "unnamed", **named.data}))
    return dict(named.data)


def _study(folder: Path) -> Study[Named]:
    """A report with its runs, whether what they were trained on is still there or not.

    In place of the best trial of a search, which was chosen by its seed too, there is the same on fresh seeds.
    """
    if not (folder / SPEC).is_file():
        raise SpecError(f"{folder}: this is no report folder; it has no {SPEC}")
    (spec,) = load_specs([folder / SPEC], report_folder=lambda _: folder)
    store = Store(folder.resolve().parent / STORE_NAME)
    (study,) = named_runs([Study(spec, Memory(store, folder))])
    study = looked_up(study, store)
    if study.search and study.search.confirmations:
        winner = study.search.winner
        study = replace(study, runs=[run for place, run in enumerate(study.runs) if place != winner])
    return study.recalled(store)


def _plain(config: RunConfig) -> dict[str, Any]:
    sections = config.model_dump(mode="json", include=set(COMPARED))
    return {f"{section}.{key}": value for section in COMPARED for key, value in sections[section].items()}


def _differing(configs: Sequence[RunConfig]) -> list[str]:
    """The dotted keys whose values are not the same in all runs, the seed last."""
    plain = [_plain(config) for config in configs]
    differing = [key for key in plain[0] if any(one[key] != plain[0][key] for one in plain)]
    return sorted(differing, key=lambda key: key == SEED_KEY)


def _placed(run: RunSpec, keys: Sequence[str]) -> RunSpec:
    values = _plain(run.config)
    return RunSpec(run.config, {key: values[key] for key in keys}, run.overridden)


def _combined(experiments: Sequence[Experiment], runs: Sequence[RunSpec], chosen: Mapping[str, Any]) -> Experiment:
    """One experiment that spells out all runs, so that its spec makes them again."""
    base = experiments[0].model_dump(mode="json", exclude={"report", "search", "sensitivity", "sweep"})
    questions = dict.fromkeys(one.question for one in experiments if one.question)
    return Experiment.model_validate(
        base
        | {
            "name": "-vs-".join(one.name for one in experiments)[:100],
            "question": " / ".join(questions),
            "sweep": {"runs": [dict(run.settings) for run in runs]},
            **chosen,
        }
    )


def _differences(folders: Sequence[str | os.PathLike[str]]) -> str:
    """How each report's spec differs from the first one's."""
    first, *others = [(Path(folder) / SPEC) for folder in folders]
    before = _lines(first)
    return "\n".join(
        line
        for other in others
        for line in difflib.unified_diff(before, _lines(other), str(first), str(other), lineterm="", n=1)
    )


def _lines(spec: Path) -> list[str]:
    return read_regular(spec, MOST_SPEC).decode("utf-8-sig").splitlines()
