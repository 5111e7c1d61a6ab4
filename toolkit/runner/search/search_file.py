"""What each search came to, kept beside its runs, and whether a spec still asks for that search."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.errors import SpecError
from toolkit.received import UnfitFileError, read_regular
from toolkit.spec.growth import with_later_defaults
from toolkit.spec.schema import Experiment
from toolkit.spec.searching import SearchConfig
from toolkit.spec.trials import SearchResult, result_from_plain
from toolkit.store import Store
from toolkit.store.durable import sealed_json, unsealed_json, write_durably
from toolkit.store.places import place_in

FOLDER = ".searches"
"""The folder of the store that says what each search came to."""
LENGTHS = ("max_trials", "confirm_seeds")
"""Keys of a search that say how far it goes and have no part in where: with others it goes on, or ends earlier."""
UNDECISIVE = ("name", "question", "report", "sweep")
"""Keys of a spec that have no part in its search."""


@dataclass(frozen=True)
class Kept:
    """What a search came to when it was last carried out.

    Attributes:
        result: What it came to.
        is_as_long: Whether it was to have as many trials and confirmations as it is to have now.
    """

    result: SearchResult
    is_as_long: bool

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to try."""
        return self.result.has_ended and self.is_as_long


MOST_BYTES = 2**26
"""How large the file of a search may be."""


def keep(experiment: Experiment, result: SearchResult, store: Store) -> None:
    """Write what a search has come to."""
    values = {"spec": _decisive(experiment), "lengths": _lengths(experiment), "result": result.to_plain()}
    write_durably(place_in(store.root, f"{FOLDER}/{experiment.name}.json"), sealed_json(values))


def read_kept(experiment: Experiment, path: str, store: Store) -> Kept | None:
    """What a search of this name came to; None where there was none, or its file is damaged or an older version's.

    Args:
        experiment: An experiment with a search.
        path: Its spec, for messages.
        store: Where the runs are.

    Raises:
        SpecError: It was another search: more than its lengths has changed.
    """
    try:
        values: Mapping[str, Any] = unsealed_json(read_regular(_file(experiment, store), MOST_BYTES))
        spec, lengths = _with_later_defaults(values["spec"]), values["lengths"]
        changed = list(_differing(spec, _decisive(experiment)))
        result = None if changed else result_from_plain(experiment, values["result"])
    except (FileNotFoundError, UnfitFileError, IsADirectoryError, ValueError, TypeError, KeyError, AttributeError):
        return None
    if changed:
        raise SpecError(
            f"{path}: {', '.join(changed)} changed since the first trials of the search `{experiment.name}`, of which "
            f"only {' and '.join(f'search.{key}' for key in LENGTHS)} can change. Give the spec a new name to keep "
            "both: every run that is stored is used again there. Or take --fresh to begin this one anew"
        )
    return None if result is None else Kept(result, lengths == _lengths(experiment))


def _file(experiment: Experiment, store: Store) -> Path:
    return store.root / FOLDER / f"{experiment.name}.json"


def _decisive(experiment: Experiment) -> Mapping[str, Any]:
    """All that decides what is tried next; a search's report may change, and where its data lies."""
    without: dict[str, Any] = {**dict.fromkeys(UNDECISIVE, True), "data": {"path"}, "search": set(LENGTHS)}
    return experiment.model_dump(mode="json", exclude=without)


def _with_later_defaults(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """What `_decisive` gave in an older version as it gives it now."""
    filled = with_later_defaults(spec, Experiment)
    search = with_later_defaults(spec["search"], SearchConfig)
    kept = {key: value for key, value in filled.items() if key not in UNDECISIVE}
    return kept | {"search": {key: value for key, value in search.items() if key not in LENGTHS}}


def _lengths(experiment: Experiment) -> Mapping[str, Any]:
    return {key: getattr(experiment.search, key) for key in LENGTHS}


def _differing(before: Any, after: Any, key: str = "") -> Iterator[str]:
    """The dotted keys whose values are not the same."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            yield from _differing(before.get(name), after.get(name), f"{key}.{name}" if key else name)
    elif before != after:
        yield key
