"""Several reports as one: their runs in the same tables and figures, and how their specs differ."""

import difflib
import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

from toolkit.errors import SpecError
from toolkit.escape import without_passwords
from toolkit.experiment import REPORTS, Outcome
from toolkit.owners import OWNER, SPEC, owner_of_comparison
from toolkit.received import MOST_SPEC, read_regular
from toolkit.reporter.numbers.frames import Runs
from toolkit.reporter.numbers.sensitivity import unperturbed
from toolkit.reporter.page.listing import write_listing
from toolkit.reporter.report import write_report
from toolkit.runner.planning.plan import Named, look_anew, recall
from toolkit.runner.planning.remembered import CONTENTS, Memory, contents_file, name_specs
from toolkit.runner.search.carrying_out import look_up
from toolkit.spec.checks import STORE_NAME
from toolkit.spec.document import Problem, refuse
from toolkit.spec.layers import overlay, read_overrides
from toolkit.spec.loader import LoadedSpec, checked, load_specs
from toolkit.spec.schema import Experiment, RunConfig
from toolkit.spec.sweep import SEED_KEY, RunSpec
from toolkit.store import Store
from toolkit.store.durable import write_whole
from toolkit.store.places import place_in

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
    look_anew()
    loaded = [_spec(Path(folder)) for folder in folders]
    stores = [Store(Path(folder).resolve().parent / STORE_NAME) for folder in folders]
    parts = list(zip(map(Path, folders), loaded, stores, strict=True))
    named = [_named(folder, spec, store) for folder, spec, store in parts]
    runs = [run for own, (_, spec, store) in zip(named, parts, strict=True) for run in _recalled(own, spec, store)]
    keys = _differing([run.config for run, _ in runs])
    placed = [(_placed(run, keys), record) for run, record in runs]
    experiment = _combined([spec.experiment for spec in loaded], [run for run, _ in placed], chosen)
    settings = [part for setting in overrides for part in ("-s", setting)]
    place = [] if Path(out) == Path(REPORTS) else ["--out", str(out)]
    command = shlex.join(map(without_passwords, ["run-spec", "--compare", *map(str, folders), *settings, *place]))
    folder = Path(out) / experiment.name
    owner = owner_of_comparison(list(map(Path, folders)), folder, experiment)
    page = write_report(experiment, placed, folder, command, spec_diff=_differences(folders))
    write_whole(place_in(folder, OWNER), owner.file())
    write_whole(place_in(folder, CONTENTS), contents_file(run for own in named for run in own))
    write_listing(Path(out))
    states = [record.status if record else "missing" for _, record in placed]
    return Outcome(page, states.count("failed"), states.count("missing"))


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


def _spec(folder: Path) -> LoadedSpec:
    if not (folder / SPEC).is_file():
        raise SpecError(f"{folder}: this is no report folder; it has no {SPEC}")
    (loaded,) = load_specs([folder / SPEC], code_needed=False)
    return loaded


def _named(folder: Path, spec: LoadedSpec, store: Store) -> Sequence[Named]:
    """A report's runs, whether what they were trained on is still there or not."""
    memory = Memory(store, folder)
    planned = name_specs([spec], {spec.path: memory})
    return planned.get(spec.path) or [memory.name(run) for run in _searched(spec, store, memory)]


def _recalled(runs: Sequence[Named], spec: LoadedSpec, store: Store) -> Runs:
    return unperturbed(spec.experiment, [(run.spec, recall(run, store)) for run in runs])


def _searched(spec: LoadedSpec, store: Store, memory: Memory) -> list[RunSpec]:
    """A search's trials; in place of the best, which was chosen by its seed too, the same on fresh seeds."""
    found = look_up(spec.experiment, spec.path, store, slots=1, memory=memory)
    trials = [trial for place, trial in enumerate(found.trials) if place != found.winner or not found.confirmations]
    return [*trials, *found.confirmations]


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
