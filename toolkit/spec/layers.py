"""One document over another: a spec over the one that it extends, the command line over both."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from toolkit.errors import SpecError
from toolkit.spec.document import Document, Mark, Path, parse_document

KIND = "schedule"
"""The key that says of which kind a section is; one of another kind takes its place as a whole."""
KEYED = (("sweep", "grid"), ("sweep", "zip"), ("search", "space"))
"""Maps whose keys are dotted keys themselves."""


def overlay(base: Document, over: Document) -> Document:
    """Merge two documents: sections key by key; what else stands in both is that of `over`.

    Null in `over` takes away a whole section or list of `base`; a section of another KIND replaces it.

    Args:
        base: The document underneath.
        over: The document on top.

    Returns:
        The merged document, each mark that of the document that a key or value came from.
    """
    kept = [path for path in base.values if _stays(path, base.data, over.data)]
    # A section that a file opens is shown there, not where the command line reaches into it.
    both = [path for path in kept if path in over.values and _is_map(base, path) and _is_map(over, path)]
    opened = [path for path in both if over.values[path].line == 0]
    return Document(
        _merged(base.data, over.data),
        _marks(base.keys, over.keys, kept, opened),
        _marks(base.values, over.values, kept, opened),
        (*base.files, *over.files),
    )


def read_overrides(settings: Iterable[str]) -> list[Document]:
    """Read the `key=value` settings of the command line, each value in YAML, to be laid over a spec one by one.

    Args:
        settings: Texts such as `model.hidden=[20, 20]`; of two for one key the later one counts.

    Raises:
        SpecError: One has no `=`, or its value is not YAML.
    """
    return [_read_override(setting) for setting in settings]


def key_path(key: str) -> Path:
    """The path that a dotted key of the command line leads to; `sweep.grid.model.hidden` has three parts."""
    parts = tuple(key.split("."))
    return (*parts[:2], ".".join(parts[2:4]), *parts[4:]) if parts[:2] in KEYED and len(parts) > 2 else parts


def _read_override(setting: str) -> Document:
    key, equals, text = setting.partition("=")
    option = f"-s {setting}"
    if not equals or not all(key.split(".")):
        raise SpecError(f"{option}: expected key=value, such as -s model.hidden=20")
    # Blanks in the key's place, so that columns are those of the whole setting.
    value = parse_document(" " * (len(key) + 1) + text, option, setting)
    path = key_path(key.strip())
    shown = Mark(option, 0, 1, len(key), setting)
    keys = {path[:length]: shown for length in range(len(path) + 1)}
    values = {**keys, path: replace(shown, column=min(len(key) + 2, len(setting)), width=max(1, len(text)))}
    return Document(
        reduce(lambda data, name: {name: data}, reversed(path), value.data),
        {**keys, **_below(path, value.keys)},
        {**values, **_below(path, value.values)},
        (option,),
    )


def _below(path: Path, marks: Mapping[Path, Mark]) -> dict[Path, Mark]:
    return {(*path, *rest): mark for rest, mark in marks.items() if rest}


def _marks(
    base: Mapping[Path, Mark], over: Mapping[Path, Mark], kept: Iterable[Path], opened: Iterable[Path]
) -> dict[Path, Mark]:
    return {**{path: base[path] for path in kept}, **over, **{path: base[path] for path in opened}}


def _is_map(document: Document, path: Path) -> bool:
    return isinstance(reduce(lambda data, step: data[step], path, document.data), dict)


def _merged(base: Any, over: Any) -> Any:
    if not isinstance(base, dict) or _replaces(base, over):
        return over
    merged = dict(base)
    for key, value in over.items():
        if value is None and isinstance(base.get(key), dict | list):
            del merged[key]
        else:
            merged[key] = _merged(base[key], value) if key in base else value
    return merged


def _stays(path: Sequence[str | int], base: Any, over: Any) -> bool:
    """Whether nothing on the way to a path is replaced as a whole."""
    for step in path:
        if _replaces(base, over):
            return False
        if step not in over:
            return True
        if isinstance(base, dict) and step not in base:  # the mark of what an earlier layer took away
            return False
        base, over = base[step], over[step]
    return True


def _replaces(base: Any, over: Any) -> bool:
    return not isinstance(over, dict) or (KIND in over and over[KIND] != base.get(KIND))
