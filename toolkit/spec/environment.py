"""What a spec takes from its surroundings: environment variables, and the folder that its paths start from."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from toolkit.spec.document import Document, Path, Problem

PATHS = (("extends",), ("combine",), ("data", "path"), ("report", "published"))
"""Keys whose values are paths, or lists of them, relative to the file that they are written in."""

_VARIABLE = re.compile(r"\$\{(?P<name>[A-Za-z_]\w*)(?::-(?P<default>[^}]*))?\}")
_OPENED = re.compile(r"\$\{[A-Za-z_]")


def resolve(document: Document, environment: Mapping[str, str]) -> tuple[Document, list[Problem]]:
    """Put the environment's values in place of `${NAME}` and `${NAME:-default}`, and anchor paths.

    A path written in a spec is relative to that spec; one that comes from the environment or the command line, to the
    working directory.

    Args:
        document: A merged document.
        environment: Values of variables.

    Returns:
        The document, and what is wrong with its variables; a text with a wrong one stays as it was written.
    """
    wrong: list[Problem] = []

    def resolved(value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            return {key: resolved(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [resolved(item, (*path, index)) for index, item in enumerate(value)]
        if not isinstance(value, str):
            return value
        mark = document.values[path]
        if faults := list(_faults(value, environment)):
            wrong.extend(Problem(mark, fault) for fault in faults)
            return value
        text = _VARIABLE.sub(lambda match: _value(match, environment) or "", value)
        outside = mark.line == 0 or any(match["name"] in environment for match in _VARIABLE.finditer(value))
        return text if outside or setting_path(path) not in PATHS else str(FilePath(mark.file).parent / text)

    return replace(document, data=resolved(document.data, ())), wrong


def setting_path(path: Path) -> Path:
    """The path of the key that a value is for: its own, or the one that it is swept or searched under."""
    match path:
        case ("sweep", "grid" | "zip", key, int(), *rest) | ("sweep", "runs", int(), key, *rest):
            return (*str(key).split("."), *rest)
        case ("search", "space", key, "choice", int(), *rest) | ("search", "space", key, "fixed", *rest):
            return (*str(key).split("."), *rest)
        case ("combine", int()):
            return path[:1]
        case _:
            return path


def _faults(text: str, environment: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the variables in a text."""
    variables = list(_VARIABLE.finditer(text))
    if {found.start() for found in _OPENED.finditer(text)} != {match.start() for match in variables}:
        yield "expected ${NAME} or ${NAME:-default}; a name has letters, digits and _, a default no ${..} of its own"
    for match in variables:
        if _value(match, environment) is None:
            yield f"the environment variable {match['name']} is not set; set it: {match['name']}=.. before the command"


def _value(match: re.Match[str], environment: Mapping[str, str]) -> str | None:
    return environment.get(match["name"], match["default"])
