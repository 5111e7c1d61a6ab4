"""The units by name."""

from typing import Any

from pydantic_core import PydanticKnownError

from toolkit.units import character, subword, word

UNITS = {unit.name: unit for unit in (word.UNIT, character.UNIT, subword.UNIT)}
"""Whoever adds one adds its file, and names it here."""


def known_unit(name: Any) -> Any:
    """The name of a unit, or a mistake of the spec."""
    if name not in UNITS:
        *others, last = (f"'{each}'" for each in UNITS)
        raise PydanticKnownError("literal_error", {"expected": f"{', '.join(others)} or {last}"})
    return name
