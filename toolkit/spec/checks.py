"""What validation of single values cannot see: sweeps, searches, tables and settings that do not go together."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from pydantic import ValidationError

from toolkit.errors import DataError
from toolkit.spec.claim_checks import claim_problems
from toolkit.spec.columns import report_problems
from toolkit.spec.conflicts import conflicts
from toolkit.spec.declaration import Declaration
from toolkit.spec.diagnosis import MOST_TOLD, diagnose, nearest, section_keys, unknown_key
from toolkit.spec.document import Document, Path, Problem
from toolkit.spec.measures import known_to, lacking
from toolkit.spec.own_names import ReportFolder, own_name_problems, task_problems
from toolkit.spec.published import read_published
from toolkit.spec.schema import Experiment, RunConfig
from toolkit.spec.search_checks import search_problems, searched_values, trial_conflicts
from toolkit.spec.sweep import MAX_RUNS, PERTURBATION_KEY, SEED_KEY, count_runs, swept_values, with_settings
from toolkit.spec.words import value_text

STORE_NAME = "runs"
"""The folder of the reports that holds the stored runs; no report can have its name."""


def problems(spec: Declaration, report_folder: ReportFolder | None = None) -> Iterator[list[Problem]]:
    """The mistakes of an experiment whose values are valid each by itself.

    Args:
        spec: The experiment, and what it was read from.
        report_folder: Where it is known what code gave that is not to be run; None where it is there and may be.

    Yields:
        The mistakes of one stage; the next stage takes for granted that there were none.
    """
    for stage in (
        (_name_problems, _combining_problems, _key_problems, _size_problems),
        (partial(task_problems, report_folder=report_folder),),
        (_value_problems, _repetition_problems, _override_problems, search_problems),
        (
            _conflict_problems,
            trial_conflicts,
            *([own_name_problems] if report_folder is None else []),
            report_problems,
            claim_problems,
            _published_problems,
        ),
    ):
        yield [problem for find in stage for problem in islice(find(spec), MOST_TOLD)]


def _name_problems(spec: Declaration) -> Iterator[Problem]:
    if spec.experiment.name.lower() == STORE_NAME:
        yield Problem(
            spec.document.values["name",], f"name: `{STORE_NAME}` is the folder of the stored runs; take another"
        )


def _combining_problems(spec: Declaration) -> Iterator[Problem]:
    """What has no effect in a spec that only gathers others' reports."""
    if spec.experiment.combine:
        for key in spec.document.data:
            if key not in ("name", "question", "combine"):
                message = f"combine gathers the reports of other specs and has no runs of its own; leave {key} out"
                yield Problem(spec.document.keys[key,], message)


def _key_problems(spec: Declaration) -> Iterator[Problem]:
    """Keys of a sweep or a search that are no keys of a run."""
    places = {swept.key_path: swept.key for swept in swept_values(spec.experiment.sweep)}
    if spec.experiment.search:
        places |= {("search", "space", key): key for key in spec.experiment.search.space}
    for place, key in places.items():
        section, _, name = key.partition(".")
        if section not in RunConfig.model_fields:
            yield unknown_key(spec.document, place, key, f"a {place[0]}", list(RunConfig.model_fields))
        elif "." in key and name not in (known := section_keys((section,))):
            yield unknown_key(spec.document, place, key, section, known)


def _size_problems(spec: Declaration) -> Iterator[Problem]:
    lengths = {key: len(values) for key, values in spec.experiment.sweep.zip.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{key} has {length}" for key, length in lengths.items())
        yield Problem(spec.document.keys["sweep", "zip"], f"sweep.zip: its lists must be of one length; {told}")
    elif (count := count_runs(spec.experiment)) > MAX_RUNS:
        message = f"sweep: spells out {count:,} runs; at most {MAX_RUNS:,}, so split it, or search instead"
        yield Problem(nearest(spec.document.keys, ("sweep",)), message)


def _value_problems(spec: Declaration) -> Iterator[Problem]:
    base = spec.experiment.model_dump(include=set(RunConfig.model_fields))
    swept = [(swept.key, swept.value, swept.path) for swept in swept_values(spec.experiment.sweep)]
    for key, value, path in [*swept, *searched_values(spec.experiment)]:
        try:
            RunConfig.model_validate(with_settings(base, {key: value}))
        except ValidationError as error:
            inside = Document(
                with_settings({}, {key: value}), spec.document.keys, spec.document.values, foreign=spec.document.foreign
            )
            yield from diagnose(error, inside, at=path)


def _repetition_problems(spec: Declaration) -> Iterator[Problem]:
    """A value that stands twice would count one run as two seeds; a key that does would overwrite itself."""
    sweep = spec.experiment.sweep
    base = spec.experiment.model_dump(include=set(RunConfig.model_fields))
    for path, key, values in _lists(spec.experiment):
        known: dict[str, Any] = {}
        for index, value in enumerate(values):
            meaning = _resolved(base, key, value)
            if meaning in known:
                yield Problem(spec.document.values[*path, index], f"{_again(value, known[meaning])}; delete one")
            known[meaning] = value
    owners: dict[str, Path] = {SEED_KEY: ("sweep", "seeds")} if sweep.seeds else {}
    owners |= {PERTURBATION_KEY: ("sensitivity",)} if spec.experiment.sensitivity else {}
    rows = set()
    for swept in swept_values(sweep):
        owner, row = owners.setdefault(swept.key, swept.axis), (swept.key, swept.row)
        if owner != swept.axis or row in rows:
            where = ".".join(map(str, owner if owner != swept.axis else swept.row))
            yield Problem(spec.document.keys[swept.key_path], f"{swept.key} stands in {where} too; delete one of them")
        rows.add(row)


def _lists(experiment: Experiment) -> Iterator[tuple[Path, str, Sequence[Any]]]:
    """The lists of which each value makes another run: where they stand, their keys and their values."""
    for key, values in experiment.sweep.grid.items():
        yield ("sweep", "grid", key), key, values
    yield ("sweep", "seeds"), SEED_KEY, experiment.sweep.seeds
    for key, space in experiment.search.space.items() if experiment.search else ():
        yield ("search", "space", key, "choice"), key, space.choice or ()


def _resolved(base: Mapping[str, Any], key: str, value: Any) -> str:
    """What a value means, however it is written; one that its key does not take stands for itself."""
    try:
        return RunConfig.model_validate(with_settings(base, {key: value})).model_dump_json()
    except ValidationError:
        return f"{type(value)} {value}"


def _again(value: Any, first: Any) -> str:
    text, other = value_text(value), value_text(first)
    if text == other:
        return f"{text} stands here for the second time"
    return f"{text} is the same as {other}, which stands here too"


def _override_problems(spec: Declaration) -> Iterator[Problem]:
    """A setting over a sweep or search of its key, by the command line or a spec that extends it, has no effect."""
    varied = {swept.key: swept.axis for swept in swept_values(spec.experiment.sweep)}
    varied |= {SEED_KEY: ("sweep", "seeds")} if spec.experiment.sweep.seeds else {}
    varied |= {PERTURBATION_KEY: ("sensitivity",)} if spec.experiment.sensitivity else {}
    varied |= {
        key: ("search", "space", key) for key in (spec.experiment.search.space if spec.experiment.search else ())
    }
    for key, axis in varied.items():
        mark = spec.document.values.get(tuple(key.split(".")))
        if mark and (mark.line == 0 or spec.document.is_over(mark, nearest(spec.document.keys, axis))):
            where = ".".join(map(str, axis))
            yield Problem(mark, f"{key} is varied by {where}, which counts; override that, or take it away (null)")


def _conflict_problems(spec: Declaration) -> Iterator[Problem]:
    if spec.experiment.search is not None:
        return
    places = {(swept.key, repr(swept.value)): swept.path for swept in swept_values(spec.experiment.sweep)}
    seen = set()
    for run in spec.runs:
        for key, message in conflicts(run.config):
            written = places.get((key, repr(run.settings.get(key))), tuple(key.split(".")))
            if (written, message) not in seen:
                seen.add((written, message))
                yield Problem(nearest(spec.document.values, written), message)


def _published_problems(spec: Declaration) -> Iterator[Problem]:
    if spec.experiment.report.published is None:
        return
    mark = spec.document.values["report", "published"]
    try:
        values = read_published(spec.experiment.report.published, known_to(spec.experiment))
    except DataError as error:
        yield Problem(mark, str(error))
        return
    configs = [run.config for run in spec.runs]
    for value in values:
        place = f"{spec.experiment.report.published}:{value.line}"
        belonging = [config for config in configs if value.belongs_to(config)]
        if not belonging:
            told = ", ".join(f"{key}: {wanted}" for key, wanted in value.settings.items())
            yield Problem(mark, f"{place}: no run has the settings {told}")
        elif reason := lacking(value.metric, belonging):
            yield Problem(mark, f"{place}: {reason}")
