"""The keys whose value names code: the toolkit's by a word, anybody's as `package.module:Name`."""

import re
from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticCustomError

from toolkit.spec.sources import SOURCES
from toolkit.tasks.registry import TASKS

OWN_NAME = r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*"


@dataclass(frozen=True)
class Named:
    """A key whose value names code.

    Attributes:
        key: The dotted key.
        what: What its value names.
        known: The toolkit's own, by the words that name them.
        kind: What such a thing is in Python.
        form: How a thing of the user's is named.
    """

    key: str
    what: str
    known: tuple[str, ...]
    kind: str
    form: str

    @property
    def section(self) -> str:
        """The section of a run that the key stands in."""
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        """The key within its section."""
        return self.key.partition(".")[2]

    def is_own(self, name: str) -> bool:
        """Whether a name is none of the toolkit's words."""
        return name not in self.known

    def names_own(self, value: object) -> bool:
        """Whether a value is of the form of what is the user's, and none of the toolkit's words."""
        return isinstance(value, str) and self.is_own(value) and re.fullmatch(OWN_NAME, value) is not None

    def check(self, name: str) -> str:
        """The name, if it can be one.

        Raises:
            PydanticCustomError: It is neither a known word nor of the form.
        """
        if name in self.known or re.fullmatch(OWN_NAME, name):
            return name
        expected = f"one of {', '.join(self.known)} or {self.form}"
        raise PydanticCustomError("unknown_word", expected, {"known": self.known})

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of its value."""
        return {
            "anyOf": [
                {"enum": list(self.known)},
                {"type": "string", "pattern": f"^{OWN_NAME}$", "examples": [self.form]},
            ]
        }


CELL = Named("model.cell", "cell", ("rnn", "gru", "lstm"), "class", "package.module:ClassName")
SOURCE = Named("data.source", "source", tuple(SOURCES), "function", "package.module:function")
TASK = Named("data.task", "task", tuple(TASKS), "object", "package.module:NAME")
NAMED = (CELL, SOURCE, TASK)
"""All of them, in the order in which their code counts."""
