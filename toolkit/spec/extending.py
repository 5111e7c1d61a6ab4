"""A spec file over all that it extends, as one document."""

import os
from dataclasses import replace
from functools import reduce
from pathlib import Path

from toolkit.errors import SpecError
from toolkit.received import MOST_SPEC, read_regular
from toolkit.spec.document import Document, Problem, WrongSpecError, parse_document, refuse
from toolkit.spec.environment import Environment, resolve
from toolkit.spec.layers import overlay
from toolkit.spec.schema import SpecFile

EXTENDS = "extends"
DEEPEST = 20
"""Largest number of specs that extend each other."""


def read_layers(path: str, environment: Environment, place: Problem | None) -> Document:
    """A spec over all that it extends; the key that says so is taken out.

    Args:
        path: The spec.
        environment: Where variables in the paths of others are looked up.
        place: Where another spec names this one; None where the call does.
    """
    layers: list[Document] = []
    seen: list[Path] = []
    following: str | None = path
    while following is not None:
        document = _read(following, place)
        seen.append(resolved_path(following))
        base = document.data.get(EXTENDS)
        layers.insert(0, _without(document, EXTENDS))
        if base is None:
            break
        place = Problem(document.values[EXTENDS,], f"{EXTENDS}: expected the path of a spec")
        if not isinstance(base, str) or not base:
            refuse([place])
        asked, unset = resolve(replace(document, data={EXTENDS: base}), environment)
        refuse(unset)
        following = str(asked.data[EXTENDS])
        if resolved_path(following) in seen or len(seen) > DEEPEST:
            refuse([replace(place, message=f"{EXTENDS}: {following} extends this spec in turn; take one of them out")])
    return reduce(overlay, layers)


def resolved_path(path: str) -> Path:
    """One and the same for all ways to say where a file is."""
    return Path(os.path.realpath(path))  # a link that leads to itself is one too


def _without(document: Document, key: str) -> Document:
    """A document without one of its top-level keys."""
    keys, values = (
        {path: mark for path, mark in one.items() if path[:1] != (key,)} for one in (document.keys, document.values)
    )
    data = {name: value for name, value in document.data.items() if name != key}
    return replace(document, data=data, keys=keys, values=values)


def _read(path: str, place: Problem | None) -> Document:
    """Read a spec. One that another spec names may be any file: if it is none, no line of it is shown."""
    if place is None:
        return _spec(path)
    key = place.message.partition(":")[0]
    try:
        document = _spec(path)
    except WrongSpecError as error:
        mark = error.problems[0].mark
        told = f"{path}:{mark.line}:{mark.column}: is not YAML as a spec is written"
        refuse([replace(place, message=f"{key}: {told}")])
    except SpecError as error:
        refuse([replace(place, message=f"{key}: {error}")])
    known = [field.alias or name for name, field in SpecFile.model_fields.items()]
    for name in document.data:
        if name not in known:
            mark = document.keys[name,]
            told = f"{path}:{mark.line}:{mark.column}: this is no key of a spec, which takes {', '.join(known)}"
            refuse([replace(place, message=f"{key}: {told}")])
    return document


def _spec(path: str) -> Document:
    document = parse_document(_text(Path(path)), path)
    if not isinstance(document.data, dict):
        nothing = "nothing stands here; " if document.data is None else ""
        message = f"{nothing}a spec is a list of `key: value` lines; see specs/quickstart.yaml"
        refuse([Problem(document.values[()], message)])
    return document


def _text(path: Path) -> str:
    try:
        return read_regular(path, MOST_SPEC).decode("utf-8-sig")
    except FileNotFoundError as error:
        setting = f"; is it a setting? Write -s {path}" if "=" in path.name else ""
        raise SpecError(f"{path}: there is no such file{setting}") from error
    except IsADirectoryError as error:
        raise SpecError(f"{path}: is a folder; give the path of a spec (a .yaml file) in it") from error
    except UnicodeDecodeError as error:
        raise SpecError(f"{path}: is not text in UTF-8 (byte {error.start}); save it as UTF-8") from error
    except (OSError, ValueError) as error:
        raise SpecError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from error
