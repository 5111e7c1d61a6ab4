"""From spec files, and what the command line sets, to checked experiments."""

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from toolkit.errors import SettingError, SpecError
from toolkit.spec.checks import problems
from toolkit.spec.declaration import Declaration
from toolkit.spec.diagnosis import diagnose, nearest
from toolkit.spec.document import Document, Problem, WrongSpecError, refuse
from toolkit.spec.environment import Environment, resolve
from toolkit.spec.extending import EXTENDS, read_layers, resolved_path
from toolkit.spec.layers import overlay, read_overrides
from toolkit.spec.own_names import ReportFolder
from toolkit.spec.schema import Experiment, RunConfig
from toolkit.spec.search_checks import searched_values
from toolkit.spec.sweep import RunSpec, setting_value, swept_values

FilePath = str | os.PathLike[str]
COMBINE = "combine"


@dataclass(frozen=True)
class LoadedSpec:
    """A spec and what became of it.

    Attributes:
        path: As the user gave it.
        declaration: The checked experiment, and what was read.
        members: Paths of the specs whose reports it combines, if it does.
        environment: The environment variables that it reads.
    """

    path: str
    declaration: Declaration
    members: Sequence[str] = ()
    environment: Environment = field(default_factory=lambda: Environment({}), compare=False)

    @property
    def experiment(self) -> Experiment:
        """The checked experiment."""
        return self.declaration.experiment

    @property
    def document(self) -> Document:
        """What was read, with the place of each value."""
        return self.declaration.document

    @property
    def runs(self) -> Sequence[RunSpec]:
        """The runs that the experiment spells out."""
        return self.declaration.runs

    def located(self, error: SettingError, config: RunConfig) -> SpecError:
        """An error of a run's data, with the place in the spec that asks for what the data cannot satisfy."""
        asked = setting_value(config, error.key)
        varied = [(one.key, one.value, one.path) for one in swept_values(self.experiment.sweep)]
        varied += searched_values(self.experiment)
        places = (path for key, value, path in varied if key == error.key and value == asked)
        place = next(places, tuple(error.key.split(".")))
        message = self.environment.withheld(str(error))
        return SpecError(str(Problem(nearest(self.document.values, place), message)))


def load_spec(
    path: FilePath,
    environment: Mapping[str, str] | None = None,
    overrides: Sequence[str] = (),
    env: Collection[str] = (),
) -> Experiment:
    """Load and check a spec.

    `extends` puts another spec underneath, `overrides` go on top. `${NAME}` and `${NAME:-default}` in strings read the
    environment. A path written in a spec is relative to that spec; one that comes from the environment or from
    `overrides`, to the working directory.

    Args:
        path: The YAML file.
        environment: Where `${NAME}` is looked up; None for `os.environ`.
        overrides: Settings such as `model.hidden=20`, values in YAML.
        env: Names of environment variables that may be read although they sound secret.

    Returns:
        The experiment, every value of its sweep checked.

    Raises:
        SpecError: The file cannot be read or says something that cannot be run; all mistakes in one message.
    """
    return _load(os.fspath(path), environment, read_overrides(overrides), env).experiment


def load_specs(
    paths: Sequence[FilePath],
    environment: Mapping[str, str] | None = None,
    overrides: Sequence[str] = (),
    env: Collection[str] = (),
    report_folder: ReportFolder | None = None,
) -> list[LoadedSpec]:
    """Load several specs that are run together; see `load_spec`.

    Args:
        paths: The YAML files.
        environment: Where `${NAME}` is looked up; None for `os.environ`.
        overrides: Settings such as `model.hidden=20`, values in YAML.
        env: As for `load_spec`.
        report_folder: From the name of an experiment to the folder of its report, where only stored runs are reported:
            no code that specs name is run, and what is known of their tasks is known from there.

    Returns:
        The specs in their order, before each that combines others those that were not there yet.

    Raises:
        SpecError: All mistakes of all of them in one message, two specs with one name included.
    """
    on_top = read_overrides(overrides)
    loaded: dict[Path, LoadedSpec] = {}
    mistakes: dict[str, None] = {}

    def load(name: str, owner: LoadedSpec | None = None) -> None:
        file = resolved_path(name)
        place = Problem(owner.document.values[COMBINE,], f"{COMBINE}: expected specs") if owner else None
        if file in loaded:
            return
        try:
            spec = _load(name, environment, on_top, env, report_folder, place)
            if owner and spec.members:
                message = f"combine: {name} combines other specs itself; name those"
                refuse([Problem(owner.document.values["combine",], message)])
            for member in spec.members:
                load(member, spec)
            found = [loaded[each].path for each in map(resolved_path, spec.members) if each in loaded]
            loaded[file] = replace(spec, members=found)
        except WrongSpecError as error:
            mistakes.update(dict.fromkeys(map(str, error.problems)))
        except SpecError as error:
            mistakes[str(error)] = None

    for path in paths:
        load(os.path.normpath(path))
    owners: dict[str, str] = {}
    for spec in loaded.values():
        owner = owners.setdefault(spec.experiment.name, spec.path)
        if owner != spec.path:
            mark = spec.document.values["name",]
            same = f"name: {owner} has the name `{spec.experiment.name}` too; give each its own"
            mistakes[str(Problem(mark, same))] = None
    if mistakes:
        raise SpecError("\n".join(mistakes))
    return list(loaded.values())


def variables_read(specs: Iterable[LoadedSpec]) -> list[str]:
    """The environment variables that several specs read, by name."""
    return sorted({name for spec in specs for name in spec.environment.read})


def _load(
    path: str,
    environment: Mapping[str, str] | None,
    on_top: Sequence[Document],
    env: Collection[str],
    report_folder: ReportFolder | None = None,
    place: Problem | None = None,
) -> LoadedSpec:
    for override in on_top:
        if EXTENDS in override.data:
            message = f"{EXTENDS} is for specs; the command line goes on top of each of them anyway"
            refuse([Problem(override.keys[EXTENDS,], message)])
    variables = Environment(os.environ if environment is None else environment, env)
    try:
        return _loaded(path, variables, on_top, report_folder, place)
    except WrongSpecError as error:
        refuse(replace(problem, message=variables.withheld(problem.message)) for problem in error.problems)
        raise


def _loaded(
    path: str,
    environment: Environment,
    on_top: Sequence[Document],
    report_folder: ReportFolder | None,
    place: Problem | None,
) -> LoadedSpec:
    layers = read_layers(path, environment, place)
    if layers.data.get(COMBINE):  # what is set on top is for the runs, and those are its members'
        on_top = ()
    document, unset = resolve(reduce(overlay, on_top, layers), environment)
    overridden = dict.fromkeys(key for override in on_top for key in _run_keys(override.data))
    declaration = checked(document, unset, report_folder, tuple(overridden))
    members = tuple(dict.fromkeys(_members(path, declaration)))
    return LoadedSpec(path, declaration, members, environment)


def checked(
    document: Document,
    unset: Sequence[Problem] = (),
    report_folder: ReportFolder | None = None,
    overridden: Sequence[str] = (),
) -> Declaration:
    """What a document declares.

    Args:
        document: What was read.
        unset: What is wrong with it already; a value that it is about is not told of twice.
        report_folder: As for `load_specs`.
        overridden: The dotted keys of runs that the command line set.

    Raises:
        SpecError: The document says something that cannot be run; all mistakes in one message.
    """
    told = {problem.mark for problem in unset}
    try:
        experiment = Experiment.model_validate(document.data, context={"overridden": overridden})
    except ValidationError as error:
        refuse([*unset, *(problem for problem in diagnose(error, document) if problem.mark not in told)])
    declaration = Declaration(experiment, document)
    mistakes = next(filter(None, problems(declaration, report_folder)), [])
    refuse([*unset, *(problem for problem in mistakes if problem.mark not in told)])
    return declaration


def _members(path: str, spec: Declaration) -> Iterator[str]:
    """The specs that a spec combines, in its order, those of one pattern by name; never itself."""
    for index, pattern in enumerate(map(Path, spec.experiment.combine)):
        found_here = sorted(
            pattern.parent.glob(re.sub(r"\*+", "*", pattern.name))
        )  # `**` would walk through all folders
        others = [found for found in found_here if not _is_same(found, path)]
        if not others:
            refuse([Problem(spec.document.values[COMBINE, index], f"combine: there is no other spec {pattern}")])
        yield from map(os.path.normpath, others)


def _is_same(found: Path, path: str) -> bool:
    return resolved_path(str(found)) == resolved_path(path)


def _run_keys(data: Mapping[str, Any]) -> Iterator[str]:
    """The dotted keys of runs that an override sets, whatever it sets them to."""
    for section in RunConfig.model_fields:
        if isinstance(keys := data.get(section), Mapping):
            yield from (f"{section}.{key}" for key in keys)
