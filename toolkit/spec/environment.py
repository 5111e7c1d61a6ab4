"""What a spec takes from its surroundings: environment variables, and the folder that its paths start from."""

import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from toolkit.escape import has_password
from toolkit.spec.document import Document, Path, Problem
from toolkit.spec.secrets import sounds_secret

PATHS = (("extends",), ("combine",), ("data", "path"), ("report", "published"))
"""Keys whose values are paths, or lists of them, relative to the file that they are written in."""

MOST_BYTES, MOST_CHARACTERS = 255, 4000
"""Of a part of a path, and of a path: no file system has longer ones."""
_VARIABLE = re.compile(r"\$\{(?P<name>[A-Za-z_]\w*)(?::-(?P<default>(?:[^}$]|\$(?!\{))*))?\}")
_OPENED = re.compile(r"\$\{[A-Za-z_]")


class Environment:
    """Environment variables, and which of them a spec has read.

    Attributes:
        read: The variables that were read and are set, with their values.

    Args:
        values: Their values.
        named: Those that the call names: they are read even if they sound secret.
    """

    def __init__(self, values: Mapping[str, str], named: Collection[str] = ()) -> None:
        self._values = values
        self._named = named
        self.read: dict[str, str] = {}

    def faults(self, text: str) -> Iterator[str]:
        """What is wrong with the variables in a text."""
        variables = list(_VARIABLE.finditer(text))
        if {found.start() for found in _OPENED.finditer(text)} != {match.start() for match in variables}:
            form = "${NAME} or ${NAME:-default}"
            yield f"expected {form}; a name has letters, digits and _, a default no ${{..}} of its own"
        for match in variables:
            name, value = match["name"], self._value(match)
            if sounds_secret(name) and name not in self._named:
                yield (
                    f"the environment variable {name} sounds secret, and what a spec reads stands in its report; give "
                    f"--env {name} if it may"
                )
            elif value is None:
                yield f"the environment variable {name} is not set; set it: {name}=.. before the command"
            elif name in self._values and has_password(value):
                yield f"the environment variable {name} has a password in an address, which no report may show"

    def put_in(self, text: str) -> str:
        """A text without faults, with the values in place of their variables."""
        for match in _VARIABLE.finditer(text):
            if match["name"] in self._values:
                self.read[match["name"]] = self._values[match["name"]]
        return _VARIABLE.sub(lambda match: self._value(match) or "", text)

    def is_asked(self, text: str) -> bool:
        """Whether something in a text comes from the environment, and not from a default."""
        return any(match["name"] in self._values for match in _VARIABLE.finditer(text))

    def withheld(self, text: str) -> str:
        """A message with `${NAME}` in place of every value that was read: a wrong one is not shown."""
        for name, value in sorted(self.read.items(), key=lambda item: -len(item[1])):
            if value:
                text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", f"${{{name}}}", text)
        return text

    def _value(self, match: re.Match[str]) -> str | None:
        return self._values.get(match["name"], match["default"])


def resolve(document: Document, environment: Environment) -> tuple[Document, list[Problem]]:
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
    foreign: dict[Path, str] = {}

    def resolved(value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            return {key: resolved(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [resolved(item, (*path, index)) for index, item in enumerate(value)]
        if not isinstance(value, str):
            return value
        mark = document.values[path]
        faults = list(dict.fromkeys(environment.faults(value))) if "${" in value else []
        is_path = setting_path(path) in PATHS
        if has_password(value):
            faults.append("an address with a password stands here, which no report may show; take the password out")
        if is_path and ("\0" in value or any(len(os.fsencode(part)) > MOST_BYTES for part in value.split("/"))):
            faults.append(f"no path has the character U+0000, or a part of more than {MOST_BYTES} bytes")
        if is_path and len(value) > MOST_CHARACTERS:
            faults.append(f"no path has more than {MOST_CHARACTERS:,} characters")
        if faults:
            wrong.extend(Problem(mark, fault) for fault in faults)
            return value
        text = environment.put_in(value)
        if text != value:
            foreign[path] = value
        outside = mark.line == 0 or environment.is_asked(value)
        return text if outside or not is_path else str(FilePath(mark.file).parent / text)

    return replace(document, data=resolved(document.data, ()), foreign=foreign), wrong


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
