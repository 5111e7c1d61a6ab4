"""What a spec takes from its surroundings: environment variables, and the folder that its paths start from."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from toolkit.spec.document import Document, Path, Problem, refuse

PATHS = (("data", "path"), ("report", "published"))
"""Keys whose values are paths, relative to the file that they are written in."""

_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::-(?P<default>[^}]*))?\}")


def resolve(document: Document, environment: Mapping[str, str]) -> Document:
    """Put the environment's values in place of `${NAME}` and `${NAME:-default}`, and anchor paths.

    A path written in a spec is relative to that spec; one that comes from the environment or the command line, to the
    working directory.

    Args:
        document: A merged document.
        environment: Values of variables.

    Raises:
        SpecError: A variable without a default is not set; all of them in one message.
    """
    missing: list[Problem] = []

    def resolved(value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            return {key: resolved(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [resolved(item, (*path, index)) for index, item in enumerate(value)]
        if not isinstance(value, str):
            return value
        unset = [match["name"] for match in _VARIABLE.finditer(value) if _value(match, environment) is None]
        missing.extend(
            Problem(
                document.values[path],
                f"the environment variable {name} is not set; set it: {name}=.. before the command",
            )
            for name in unset
        )
        text = _VARIABLE.sub(lambda match: _value(match, environment) or "", value)
        mark = document.values[path]
        outside = mark.line == 0 or any(match["name"] in environment for match in _VARIABLE.finditer(value))
        return text if outside or setting_path(path) not in PATHS else str(FilePath(mark.file).parent / text)

    data = resolved(document.data, ())
    refuse(missing)
    return replace(document, data=data)


def setting_path(path: Path) -> Path:
    """The path of the key that a value is for: its own, or the one that it is swept or searched under."""
    match path:
        case ("sweep", "grid" | "zip", key, int(), *rest) | ("sweep", "runs", int(), key, *rest):
            return (*str(key).split("."), *rest)
        case ("search", "space", key, "choice", int(), *rest) | ("search", "space", key, "fixed", *rest):
            return (*str(key).split("."), *rest)
        case _:
            return path


def _value(match: re.Match[str], environment: Mapping[str, str]) -> str | None:
    return environment.get(match["name"], match["default"])
