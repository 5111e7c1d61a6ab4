"""What a report says of how it was made: the resolved spec, and the versions and machines behind its runs."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from toolkit.reporter.numbers.frames import Runs
from toolkit.spec.schema import Experiment
from toolkit.spec.searching import SearchConfig
from toolkit.spec.words import value_text
from toolkit.store import RunRecord

FEW = 3
VERSIONS = "versions."
NOT_KNOWN = "not known"
"""Stands for what could not be found out, such as the commit of code that is in no repository."""


def spec_yaml(experiment: Experiment) -> str:
    """The experiment with every default spelled out and data paths in full, as a spec to run again anywhere."""
    spec = experiment.model_dump(mode="json")
    grid = spec["sweep"]["grid"]
    spec["data"]["path"] = _in_full(spec["data"]["path"])
    if "data.path" in grid:
        grid["data.path"] = [_in_full(path) for path in grid["data.path"]]
    if experiment.search:
        spec["search"] = _search(experiment.search)
    named_first = {key: spec[key] for key in ("name", "question")} | spec
    return yaml.safe_dump(named_first, sort_keys=False, allow_unicode=True, width=120)


def _search(search: SearchConfig) -> dict[str, Any]:
    """A search without the keys that are not for its tuner and its kinds of space."""
    plain = search.model_dump(mode="json", exclude={"max_trials" if search.tuner == "hyperband" else "factor"})
    spaces = {key: space.model_dump(mode="json", exclude_unset=True) for key, space in search.space.items()}
    return plain | {"space": spaces}


def provenance(runs: Runs) -> list[tuple[str, str]]:
    """What was recorded about where and with what the runs were trained.

    Args:
        runs: Every run with its record.

    Returns:
        Dotted name and value; where runs, or sessions of a run, differ all values, or if they are many the first and
        the last in order. All versions are named.
    """
    found: dict[str, set[str]] = {}
    for _, record in runs:
        for key, values in _of_sessions(record).items():
            found.setdefault(key, set()).update(values)
    return [(key, _joined(sorted(values), key.startswith(VERSIONS))) for key, values in found.items()]


def told_provenance(record: RunRecord | None) -> dict[str, str]:
    """What was recorded about where and with what one run was trained: dotted name, and the values of all sessions."""
    return {key: ", ".join(values) for key, values in _of_sessions(record).items()}


def _of_sessions(record: RunRecord | None) -> dict[str, list[str]]:
    """What was recorded of a run: dotted name, and the different values of its sessions in their order."""
    found: dict[str, list[str]] = {}
    for session in (*record.earlier, record.provenance or {}) if record else ():
        for key, value in flat(session):
            text = NOT_KNOWN if value is None else value_text(value)
            if text not in found.setdefault(key, []):
                found[key].append(text)
    return found


def _in_full(path: str | None) -> str | None:
    return path and str(Path(path).absolute())


def flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Nested values under dotted names."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _joined(values: Iterable[str], all_of_them: bool) -> str:
    listed = list(values)
    if all_of_them or len(listed) <= FEW:
        return ", ".join(listed)
    return f"{listed[0]} to {listed[-1]} ({len(listed)} values)"
