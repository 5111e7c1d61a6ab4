"""From a spec file to a checked experiment."""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from toolkit.errors import DataError, SettingError, SpecError
from toolkit.spec.conflicts import conflicts
from toolkit.spec.diagnosis import diagnose, nearest, section_keys, unfit_value, unknown_key
from toolkit.spec.document import Document, Problem, parse_document, refuse
from toolkit.spec.published import read_published
from toolkit.spec.schema import Experiment, RunConfig
from toolkit.spec.sweep import SEED_KEY, expand, swept_values, with_settings

STORE_NAME = "runs"
"""The folder of the reports that holds the stored runs; no report can have its name."""


PATHS = (("data", "path"), ("report", "published"))
"""Keys whose values are paths, relative to the spec."""


def load_spec(path: str | os.PathLike[str], environment: Mapping[str, str] | None = None) -> Experiment:
    """Load and check a spec.

    `${NAME}` and `${NAME:-default}` in strings read the environment. A data path written in the spec is relative to
    the spec; one that comes from the environment, to the working directory.

    Args:
        path: The YAML file.
        environment: Where `${NAME}` is looked up; None for `os.environ`.

    Returns:
        The experiment, every value of its sweep checked.

    Raises:
        SpecError: The file cannot be read or says something that cannot be run; all mistakes in one message.
    """
    path = Path(path)
    document = parse_document(_read(path), str(path))
    if not isinstance(document.data, dict):
        raise SpecError(f"{path}: a spec is a list of `key: value` lines; see specs/quickstart.yaml")
    data = _interpolate(document, path.parent, os.environ if environment is None else environment)
    try:
        experiment = Experiment.model_validate(data)
    except ValidationError as error:
        refuse(diagnose(error, document))
    by_themselves = (_sweep_problems, _repetition_problems, _name_problems)
    together = (_conflict_problems, _published_problems)
    for mistakes in (by_themselves, together):
        refuse(problem for find in mistakes for problem in find(experiment, document))
    return experiment


def load_specs(paths: Sequence[str | os.PathLike[str]]) -> list[Experiment]:
    """Load several specs that are run together; see `load_spec`.

    Raises:
        SpecError: All mistakes of all of them in one message, two specs with one name included.
    """
    experiments: dict[str, Experiment] = {}
    mistakes = []
    names = [os.fspath(path) for path in paths]
    for path in names:
        try:
            experiments[path] = load_spec(path)
        except SpecError as error:
            mistakes.append(str(error))
    owners: dict[str, str] = {}
    for path, experiment in experiments.items():
        owner = owners.setdefault(experiment.name, path)
        if owner != path:
            mistakes.append(f"{path}: {owner} has the name `{experiment.name}` too; give each its own")
    if mistakes:
        raise SpecError("\n".join(mistakes))
    return [experiments[name] for name in names]


def located(error: SettingError, path: str | os.PathLike[str]) -> SpecError:
    """The same error with the place in the spec that asks for what the data cannot satisfy."""
    document = parse_document(_read(Path(path)), os.fspath(path))
    return SpecError(str(unfit_value(document, error.key, str(error))))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise SpecError(f"{path}: there is no such file") from error
    except IsADirectoryError as error:
        raise SpecError(f"{path}: is a folder; give the path of a spec (a .yaml file) in it") from error
    except UnicodeDecodeError as error:
        raise SpecError(f"{path}: is not text in UTF-8 (byte {error.start}); save it as UTF-8") from error
    except OSError as error:
        raise SpecError(f"{path}: cannot be read ({error.strerror})") from error


def _name_problems(experiment: Experiment, document: Document) -> Iterator[Problem]:
    if experiment.name == STORE_NAME:
        yield Problem(document.values["name",], f"name: `{STORE_NAME}` is the folder of the stored runs; take another")


def _sweep_problems(experiment: Experiment, document: Document) -> Iterator[Problem]:
    base = experiment.model_dump(include=set(RunConfig.model_fields))
    places = {swept.key_path: swept.key for swept in swept_values(experiment.sweep)}
    unknown = {place: problem for place, key in places.items() if (problem := _unknown(key, place, document))}
    yield from unknown.values()
    for swept in swept_values(experiment.sweep):
        if swept.key_path not in unknown:
            try:
                RunConfig.model_validate(with_settings(base, {swept.key: swept.value}))
            except ValidationError as error:
                located = Document(with_settings({}, {swept.key: swept.value}), document.keys, document.values)
                yield from diagnose(error, located, at=swept.path)
    lengths = {key: len(values) for key, values in experiment.sweep.zip.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{key} has {length}" for key, length in lengths.items())
        yield Problem(document.keys["sweep", "zip"], f"sweep.zip: its lists must be of one length; {told}")


def _unknown(key: str, place: tuple[str | int, ...], document: Document) -> Problem | None:
    section, _, name = key.partition(".")
    if section not in RunConfig.model_fields:
        return unknown_key(document, place, key, "a sweep", list(RunConfig.model_fields))
    known = section_keys((section,))
    return None if name in known else unknown_key(document, place, key, section, known)


def _repetition_problems(experiment: Experiment, document: Document) -> Iterator[Problem]:
    """A value that stands twice would count one run as two seeds; a key that does would overwrite itself."""
    sweep = experiment.sweep
    grid = [(("sweep", "grid", key), values) for key, values in sweep.grid.items()]
    for path, values in [*grid, (("sweep", "seeds"), sweep.seeds)]:
        for index, value in enumerate(values):
            if value in values[:index]:
                message = f"{value} stands here for the second time; delete one"
                yield Problem(document.values[*path, index], message)
    owners = {SEED_KEY: "seeds"} if sweep.seeds else {}
    for swept in swept_values(sweep):
        axis = str(swept.path[1])
        owner = owners.setdefault(swept.key, axis)
        if owner != axis:
            yield Problem(document.keys[swept.key_path], f"{swept.key} stands in sweep.{owner} too; delete one of them")


def _published_problems(experiment: Experiment, document: Document) -> Iterator[Problem]:
    if experiment.report.published is None:
        return
    mark = document.values["report", "published"]
    try:
        values = read_published(experiment.report.published)
    except DataError as error:
        yield Problem(mark, str(error))
        return
    configs = [run.config for run in expand(experiment)]
    for value in values:
        if not any(value.belongs_to(config) for config in configs):
            told = ", ".join(f"{key}: {wanted}" for key, wanted in value.settings.items())
            yield Problem(mark, f"{experiment.report.published}:{value.line}: no run has the settings {told}")


def _conflict_problems(experiment: Experiment, document: Document) -> Iterator[Problem]:
    places = {(swept.key, repr(swept.value)): swept.path for swept in swept_values(experiment.sweep)}
    seen = set()
    for run in expand(experiment):
        for key, message in conflicts(run.config):
            written = places.get((key, repr(run.settings.get(key))), tuple(key.split(".")))
            if (written, message) not in seen:
                seen.add((written, message))
                yield Problem(nearest(document.values, written), message)


def _interpolate(document: Document, folder: Path, environment: Mapping[str, str]) -> Any:
    """Replace `${NAME}` in every string, and anchor every data path."""
    missing: list[Problem] = []

    def replace(value: Any, path: tuple[str | int, ...]) -> Any:
        if isinstance(value, dict):
            return {key: replace(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [replace(item, (*path, index)) for index, item in enumerate(value)]
        if not isinstance(value, str):
            return value
        text, outside = _expand(value, environment, lambda text: missing.append(Problem(document.values[path], text)))
        if not outside and (path in PATHS or path[:-1] == ("sweep", "grid", "data.path")):
            return str(folder / text)
        return text

    data = replace(document.data, ())
    refuse(missing)
    return data


def _expand(text: str, environment: Mapping[str, str], complain: Callable[[str], None]) -> tuple[str, bool]:
    """The text with the environment's values in it, and whether any was used."""
    used = False

    def value_of(match: re.Match[str]) -> str:
        nonlocal used
        name, default = match["name"], match["default"]
        if name in environment:
            used = True
            return environment[name]
        if default is None:
            complain(f"the environment variable {name} is not set; set it: {name}=.. before the command")
        return default or ""

    return re.sub(r"\$\{(?P<name>\w+)(?::-(?P<default>[^}]*))?\}", value_of, text), used
