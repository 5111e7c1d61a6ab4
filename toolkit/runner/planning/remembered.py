"""The places of stored runs whose data, or whose own code, is no longer there, or is not to be run."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from toolkit.data.inspection import inspect
from toolkit.data.kept import load_data
from toolkit.data.reading.folders import is_gone
from toolkit.errors import DataError, SettingError, StoreError
from toolkit.received import MOST_SPEC, read_regular
from toolkit.runner.planning.plan import Contents, Named, load_checked, plan_specs
from toolkit.spec.declared_tasks import CONTENTS, declaration
from toolkit.spec.growth import with_later_defaults
from toolkit.spec.loader import LoadedSpec
from toolkit.spec.modules import find
from toolkit.spec.named import NAMED, SOURCE, TASK
from toolkit.spec.named_code import names_of_run, run_code
from toolkit.spec.schema import DataConfig, RunConfig
from toolkit.spec.search_checks import data_trials, searched_values
from toolkit.spec.sweep import RunSpec
from toolkit.store import RunRecord, Store
from toolkit.tasks.registry import task_of


@dataclass(frozen=True)
class NamedRun:
    """A run with its place in the store, and nothing to train it with."""

    spec: RunSpec
    identity: str
    contents: Contents


@dataclass(frozen=True)
class Known:
    """What was in a data set.

    Attributes:
        config: The `data` section that names it, as plain values.
        digest: Digest of its content.
        has_test: Whether it has a test set.
    """

    config: Mapping[str, Any]
    digest: str
    has_test: bool

    def is_named_by(self, config: DataConfig, anywhere: bool) -> bool:
        """Whether a `data` section names it: with its path, or wherever it is."""
        asked = config.model_dump(mode="json", exclude={"path"})
        same = all(self.config.get(key) == value for key, value in asked.items())
        return same and (anywhere or _place(self.config.get("path")) == _place(config.path))


class Memory:
    """Finds where runs are stored. Data and code that are there are read; of others it is known what was in them.

    A source of the user's is never called: what it gave is known, or it is not.

    That is known from the last time that the report was made, which its folder says; else from the stored runs.

    Args:
        store: The store.
        folder: The report folder.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._remembered, self._codes = _read(folder / CONTENTS)

    def name(self, spec: RunSpec) -> NamedRun:
        """A run with its place.

        Raises:
            DataError: Its data, or its code, is wrong, or is not there and nothing is known of it.
        """
        contents = self.contents(spec.config)
        return NamedRun(spec, contents.place(spec.config), contents)

    def has_test(self, config: DataConfig) -> bool:
        """Whether a data set has a test set.

        Raises:
            DataError: As above.
        """
        return self._known(config).has_test if _is_out_of_reach(config) else load_data(config).test is not None

    def contents(self, config: RunConfig) -> Contents:
        """What a configuration only names.

        Raises:
            DataError: As above.
        """
        code = self._code(config)
        if _is_out_of_reach(config.data):
            known = self._known(config.data)
            return Contents(known.digest, known.has_test, code)
        data = load_checked(config)
        return Contents(data.digest, data.test is not None, code)

    def changed(self, runs: Iterable[Named]) -> Sequence[str]:
        """The data folders of runs whose content is not what it was when the report was made last."""
        found = {run.spec.config.data: run.contents.data for run in runs}
        return list(
            dict.fromkeys(
                config.path for config, digest in found.items() if config.path and self._was_another(config, digest)
            )
        )

    def _was_another(self, config: DataConfig, digest: str) -> bool:
        known = {one.digest for one in self._remembered if one.is_named_by(config, anywhere=False)}
        return bool(known) and digest not in known

    def _code(self, config: RunConfig) -> str:
        names = list(names_of_run(config).values())
        if any(map(_is_gone_module, names)) and (known := self._codes.get(_joined(names))):
            return known
        code = run_code(config)
        return code.digest if code else ""

    def _known(self, config: DataConfig) -> Known:
        for known in (self._remembered, self._stored):
            for anywhere in (False, True):
                found = {one.digest: one for one in known if one.is_named_by(config, anywhere)}
                if len(found) == 1:
                    return next(iter(found.values()))
                if found:
                    raise SettingError("data.path" if config.path else SOURCE.key, _several(config, found.values()))
        if SOURCE.is_own(config.source):
            mend = "train with it first, and it is known from then on"
            raise SettingError(
                SOURCE.key, f"{config.source} is not called to report, and it is not known what it gave; {mend}"
            )
        load_data(config)  # says what is not there
        raise DataError(f"{config.path}: the data came back while the report was made; repeat the command")

    @cached_property
    def _stored(self) -> Sequence[Known]:
        """What stored runs say of their data, each data set once."""
        found: dict[tuple[str, str], Known] = {}
        for record in _records(self._store):
            with suppress(ValidationError, SettingError):
                config = RunConfig.model_validate(record.config)
                digest = str((record.provenance or {}).get("data"))
                if Contents(digest, False, self._code(config)).place(config) == record.identity:
                    key = (config.data.model_dump_json(), digest)
                    has_test = any(epoch.test is not None for epoch in record.history) or (
                        key in found and found[key].has_test
                    )
                    found[key] = Known(config.data.model_dump(mode="json"), digest, has_test)
        return list(found.values())


def name_specs(specs: Sequence[LoadedSpec], memories: Mapping[str, Memory]) -> dict[str, Sequence[Named]]:
    """The runs of specs by their paths, with their places; of a search none, since they are known only as it goes on.

    Args:
        specs: The specs.
        memories: By the path of each what is known of its data and code.

    Raises:
        SpecError: A setting asks for what the data has not, told with its place; and whatever else is wrong with data.
        DataError: Data files are not what they should be.
    """
    gone = [spec for spec in specs if what_is_gone(spec)]
    plans: dict[str, Sequence[Named]] = {**plan_specs(spec for spec in specs if spec not in gone)}
    for spec in gone:
        memory = memories[spec.path]
        inspect([spec], memory.contents)
        if not spec.experiment.search:
            plans[spec.path] = [memory.name(run) for run in spec.runs]
    return plans


def what_is_gone(spec: LoadedSpec) -> str:
    """Why what a spec reads is not read again, as a clause; empty where it is."""
    experiment = spec.experiment
    configs = list(data_trials(experiment)) if experiment.search else [run.config for run in spec.runs]
    if any(map(is_gone, {config.data for config in configs})):
        return "its data is not there"
    for named in NAMED:
        names = {name for config in configs for found, name in names_of_run(config).items() if found == named}
        names |= {name for key, name, _ in searched_values(experiment) if key == named.key and named.is_own(name)}
        if any(map(_is_gone_module, names)):
            return f"the module of its {named.what} is not there"
        if names and named in (SOURCE, TASK):
            return f"its {named.what} is not {'called' if named == SOURCE else 'run'}"
    return ""


def contents_file(runs: Iterable[Named]) -> bytes:
    """The content of the file CONTENTS of a report of these runs."""
    data: dict[DataConfig, dict[str, Any]] = {}
    codes: dict[str, str] = {}
    tasks: dict[str, Any] = {}
    for run in runs:
        config, contents = run.spec.config, run.contents
        data[config.data] = {
            "config": config.data.model_dump(mode="json"),
            "digest": contents.data,
            "test": contents.has_test,
        }
        if TASK.is_own(config.data.task):
            tasks[config.data.task] = declaration(task_of(config.data.task))
        if contents.code:
            codes[_joined(names_of_run(config).values())] = contents.code
    values = {"data": list(data.values()), "code": codes, **({"tasks": tasks} if tasks else {})}
    return f"{json.dumps(values, indent=1)}\n".encode()


def _read(path: Path) -> tuple[Sequence[Known], Mapping[str, str]]:
    """What a file CONTENTS says; nothing where there is none, or it is something else."""
    try:
        values = json.loads(read_regular(path, MOST_SPEC))
        known = [
            Known(with_later_defaults(one["config"], DataConfig), str(one["digest"]), bool(one["test"]))
            for one in values["data"]
        ]
        codes = values["code"] if "code" in values else values["cells"]  # as they were called
        return known, {str(names): str(digest) for names, digest in codes.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return (), {}


def _records(store: Store) -> Iterator[RunRecord]:
    for folder in sorted(store.root.glob("[!.]*")):
        with suppress(StoreError):
            if record := store.load(folder.name):
                yield record


def _place(path: str | None) -> Path | None:
    return Path(path).absolute() if path else None


def _is_out_of_reach(config: DataConfig) -> bool:
    """Whether data is no longer there, or comes from code, which a report does not run."""
    return is_gone(config) or SOURCE.is_own(config.source) or TASK.is_own(config.task)


def _is_gone_module(name: str) -> bool:
    return find(name.partition(":")[0]) is None


def _joined(names: Iterable[str]) -> str:
    return ", ".join(names)


def _several(config: DataConfig, found: Iterable[Known]) -> str:
    digests = ", ".join(sorted(known.digest[:8] for known in found))
    fault = f"{config.source} is not called" if SOURCE.is_own(config.source) else f"{config.path} is not there"
    return (
        f"{fault}, and there are stored runs with these settings on several contents of it (of the "
        f"checksums {digests}, as the records say under provenance.data); put the data back"
    )
