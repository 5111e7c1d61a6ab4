"""From what is wrong with a spec to messages that say where it is and how to mend it."""

import difflib
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from toolkit.spec.document import Document, Mark, Path, Problem
from toolkit.spec.expectations import OTHER_NAMES, did_you_mean, expectation, hint, trap
from toolkit.spec.schema import RunConfig, SpecFile
from toolkit.spec.words import value_text

LONGEST_WORD = 100
"""Characters of a key that are shown; no longer one is another misspelt."""
MOST_TOLD = 100
"""Mistakes of one kind that are told, from the first; those behind them come once these are mended."""


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
    inner = {path[:length] for path in found for length in range(len(path))}
    return [
        _problem(document, path, details, at or path)
        for path, details in islice(found.items(), MOST_TOLD)
        # A list that may be one, with a wrong value in it: the value is told.
        if not (path in inner and isinstance(details[0]["input"], list))
    ]


def unknown_key(document: Document, at: Path, dotted: str, section: str, known: Sequence[str]) -> Problem:
    """The problem of a key that its section does not take."""
    takes = f"{section} takes: {', '.join(known)}"
    if len(dotted) > LONGEST_WORD:
        return Problem(nearest(document.keys, at), f"{dotted[:LONGEST_WORD]}.. is not a known key", takes)
    message = f"{dotted} is not a known key{_meant(dotted, known, at)}"
    return Problem(nearest(document.keys, at), message, takes)


def section_keys(path: Path, data: Any = None) -> list[str]:
    """The keys that the section under a path takes.

    Args:
        path: Where the section stands in a spec.
        data: The spec, to tell sections apart whose first key says which one it is.
    """
    section: type[BaseModel] = SpecFile
    for name in path:
        data = data[name] if data is not None else None
        field = section.model_fields.get(str(name))
        candidates = list(_sections_in(field.annotation)) if field else []
        section = next((one for one in candidates if _is_kind(one, data)), section)
    return [field.alias or name for name, field in section.model_fields.items()]


def nearest(marks: Mapping[Path, Mark], path: Path) -> Mark:
    """The mark of a path, or of the nearest section that is written down."""
    while path not in marks:
        path = path[:-1]
    return marks[path]


def _problem(document: Document, path: Path, errors: Sequence[ErrorDetails], at: Path) -> Problem:
    dotted, details = _dotted(path), errors[0]
    if details["type"] == "extra_forbidden":
        known = section_keys(path[:-1], document.data)
        return unknown_key(document, at, dotted, _dotted(path[:-1]) or "a spec", known)
    if details["type"] == "missing":
        key = details["loc"][-1]
        where = _dotted((*path, key))
        return Problem(nearest(document.values, at), f"{where} is missing; add `{key}: ..`")
    expected = " or ".join(dict.fromkeys(map(expectation, errors)))
    mark = nearest(document.values, at)
    if written := [text for place, text in document.foreign.items() if place[: len(at)] == at]:
        received, mend = f"{written[0]} from the environment", ""  # whose value is not shown
        if trap(errors):
            mend = f", which gives text only; set it on the command line, -s {dotted}=.."
    else:
        received, mend = _shown(details["input"]), hint(errors) + (_several(errors, path, at) or trap(errors))
    return Problem(mark, f"{dotted or 'a spec'}: expected {expected}; received {received}{mend}")


def _several(errors: Sequence[ErrorDetails], path: Path, at: Path) -> str:
    """How to write what is given as one value and should be several, or the other way round."""
    if not path:
        return ""
    kinds, value = {details["type"] for details in errors}, errors[0]["input"]
    if kinds == {"list_type"}:
        if at[:2] == ("sweep", "grid") and isinstance(value, dict) and value:
            return f"; for one of its keys write `{at[-1]}.{next(iter(value))}: [..]`"
        one = isinstance(value, str | int | float) and path[0] != "search"
        return f"; write [{value_text(value)}]" if one else ""
    if path[:2] == ("search", "space") and len(path) == 3 and isinstance(value, list):
        return f"; write {{choice: {_shown(value)}}}"
    of_run = path[0] in RunConfig.model_fields and len(path) == 2 and at == path
    if of_run and isinstance(value, list) and not kinds & {"list_type", "too_short", "too_long", "repeated"}:
        return f"; to compare values, sweep them: `sweep: {{grid: {{{_dotted(path)}: {_shown(value)}}}}}`"
    return ""


def _meant(dotted: str, known: Sequence[str], at: Path) -> str:
    """What an unknown key was meant to be: the same key in its own section, or one that is spelt almost so."""
    section, _, word = dotted.rpartition(".")
    if word == "<<":
        return "; YAML 1.2 has no merge keys, so write the keys out, or put them into a spec that this one `extends`"
    if ":" in word:
        return "; a colon needs a blank behind it"
    if at[0] == "sweep" and len(at) == 2 and str(at[1]).partition(".")[0] in RunConfig.model_fields:
        return f"; write it under grid, `grid: {{{at[1]}: [..]}}`"
    if len(at) > 1 and at == tuple(dotted.split(".")) and word in SpecFile.model_fields:
        return f"; `{word}` is a section of its own, not indented under `{section}`"
    wanted = OTHER_NAMES.get(word.lower(), word)
    homes = [f"{name}.{wanted}" for name in RunConfig.model_fields if wanted in section_keys((name,))]
    if at == (dotted,) and dotted in homes:
        return f"; write it in its section, `{section}: {{{word}: ..}}`"
    if wanted != word and wanted in known:
        return f"; did you mean `{wanted}`?"
    if homes and not difflib.get_close_matches(word, list(known), n=1, cutoff=0.8):
        return f"; did you mean `{homes[0]}`?"
    return did_you_mean(word, known)


def _sections_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and get_origin(annotation) is None and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _sections_in(part)


def _is_kind(section: type[BaseModel], data: Any) -> bool:
    """Whether data is meant for a section, by the key that says which one it is."""
    field = section.model_fields.get("schedule")
    if field is None or get_origin(field.annotation) is not Literal:
        return True
    return isinstance(data, dict) and data.get("schedule") in get_args(field.annotation)


def _dotted(path: Sequence[str | int]) -> str:
    return ".".join(map(str, path))


def _shown(value: Any) -> str:
    text = "nothing" if value is None else repr(value) if isinstance(value, float) else value_text(value)
    return textwrap.shorten(f'"{text}"' if isinstance(value, str) else text, 60, placeholder=" ..") or '".."'


def _path_in(data: Any, location: Sequence[str | int]) -> Path:
    """The part of a pydantic location that leads through the data; unions add names of their own to it."""
    path: list[str | int] = []
    for step in location:
        inside = step in data if isinstance(data, dict) else isinstance(data, list) and isinstance(step, int)
        if inside:
            data = data[step]
            path.append(step)
    return tuple(path)
