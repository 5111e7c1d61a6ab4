"""From what is wrong with a spec to messages that say where it is and how to mend it."""

import difflib
import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from toolkit.spec.document import Document, Mark, Path, Problem
from toolkit.spec.schema import Experiment


def diagnose(error: ValidationError, document: Document, at: Path | None = None) -> list[Problem]:
    """One problem a mistake that validation found.

    Args:
        error: What validation found.
        document: The spec that was validated.
        at: Where the mistake stands, if not where validation found it: at a value of a sweep.
    """
    found: dict[Path, list[ErrorDetails]] = {}
    for details in error.errors():
        found.setdefault(_path_in(document.data, details["loc"]), []).append(details)
    return [_problem(document, path, details, at or path) for path, details in found.items()]


def unknown_key(document: Document, at: Path, dotted: str, section: str, known: Sequence[str]) -> Problem:
    """The problem of a key that its section does not take."""
    message = f"{dotted} is not a known key{_did_you_mean(dotted.rpartition('.')[2], known)}"
    return Problem(nearest(document.keys, at), message, f"{section} takes: {', '.join(known)}")


def unfit_value(document: Document, key: str, message: str) -> Problem:
    """The problem of a value that the spec language allows and the data does not, at the sweep's key if it is swept."""
    swept = ("sweep", "grid", key)
    path = swept if swept in document.values else tuple(key.split("."))
    return Problem(nearest(document.values, path), message)


def section_keys(path: Path) -> list[str]:
    """The keys that the section under a path takes."""
    section: type[BaseModel] = Experiment
    for name in path:
        field = section.model_fields.get(str(name))
        candidates = [field.annotation, *get_args(field.annotation)] if field else []
        section = next((c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)), section)
    return list(section.model_fields)


def _problem(document: Document, path: Path, errors: Sequence[ErrorDetails], at: Path) -> Problem:
    dotted, details = _dotted(path), errors[0]
    if details["type"] == "extra_forbidden":
        return unknown_key(document, at, dotted, _dotted(path[:-1]) or "a spec", section_keys(path[:-1]))
    if details["type"] == "missing":
        key = details["loc"][-1]
        return Problem(nearest(document.values, at), f"{_dotted(details['loc'])} is missing; add `{key}: ..`")
    expected = " or ".join(dict.fromkeys(map(_expectation, errors)))
    message = f"{dotted or 'a spec'}: expected {expected}; received {_shown(details['input'])}"
    return Problem(nearest(document.values, at), message)


def _dotted(path: Sequence[str | int]) -> str:
    return ".".join(map(str, path))


def nearest(marks: Mapping[Path, Mark], path: Path) -> Mark:
    """The mark of a path, or of the nearest section that is written down."""
    while path not in marks:
        path = path[:-1]
    return marks[path]


def _expectation(details: ErrorDetails) -> str:
    context = details.get("ctx", {})
    match details["type"]:
        case "literal_error":
            hint = _did_you_mean(details["input"], [word.strip("'") for word in context["expected"].split(" or ")])
            return str(context["expected"]).replace("'", "") + hint
        case "int_type" | "int_parsing":
            return "a whole number"
        case "float_type" | "finite_number":
            return "a number"
        case "bool_type":
            return "true or false"
        case "string_type":
            return "a word or text"
        case "model_type" | "model_attributes_type" | "dict_type":
            return "a section of `key: value` lines"
        case "list_type":
            return "a list, such as [1, 2]"
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            sign, bound = next(iter(context.items()))
            words = {"gt": "greater than", "ge": "of at least", "lt": "below", "le": "of at most"}
            return f"a number {words[sign]} {bound}"
        case "value_error":
            return str(context["error"]).removeprefix("expected ")
        case "string_pattern_mismatch":
            return "letters, digits, - and _ only"
        case "too_short":
            return "at least one value"
        case _:
            return str(details["msg"])


def _did_you_mean(word: Any, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(str(word), list(known), n=1, cutoff=0.6)
    return f"; did you mean `{close[0]}`?" if close else ""


def _shown(value: Any) -> str:
    return textwrap.shorten("nothing" if value is None else json.dumps(value, default=str), 60, placeholder=" ..")


def _path_in(data: Any, location: Sequence[str | int]) -> Path:
    """The part of a pydantic location that leads through the data; unions add names of their own to it."""
    path: list[str | int] = []
    for step in location:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            break
        path.append(step)
    return tuple(path)
