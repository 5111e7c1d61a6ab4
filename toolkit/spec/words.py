"""Values in the words of the spec language, and the keys that name them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel


def value_text(value: Any) -> str:
    """A value as a spec writes it, in one line."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {value_text(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(value_text, value))}]"
    return repr(float(value)).removesuffix(".0") if isinstance(value, float) else str(value)


def settings_text(settings: Mapping[str, Any]) -> str:
    """Dotted keys with their values, in one line."""
    return "  ".join(f"{key}={value_text(value)}" for key, value in settings.items())


def plural(count: int, noun: str, several: str = "") -> str:
    """A number with its noun, as in `1 run` and `2,000 runs`; `several` is a plural without an s."""
    return f"1 {noun}" if count == 1 else f"{count:,} {several or f'{noun}s'}"


def joined(words: Sequence[str], last: str = "and") -> str:
    """Words as a sentence lists them: `a, b and c`."""
    *first, end = words
    return f"{', '.join(first)} {last} {end}" if first else end


def duration_text(seconds: float) -> str:
    """A time in the unit that suits it."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 60 else f"{minutes / 60:.1f} h"
