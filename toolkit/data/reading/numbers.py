"""Which texts are numbers that a network can read, and what is wrong with one that is none."""

import re

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
MISSING = ("nan", "na", "n/a", "null", "none", "inf", "infinity", "-")
"""What stands, in small letters, for a number that is missing or not finite."""
LARGEST = 1e100
"""No number may be larger, lest the sum of some squares be infinite."""


def is_number(text: str) -> bool:
    """Whether a text is a finite number, written with digits and a point."""
    return NUMBER.fullmatch(text) is not None


def number_fault(text: str) -> str:
    """What is wrong with a text where a number is needed, to follow its column; empty where nothing is."""
    if is_number(text):
        return f"is {text}, which is too large; at most {LARGEST:g}" if abs(float(text)) > LARGEST else ""
    if not text:
        return "is empty; a network cannot read what is missing, so fill it in or delete the row"
    if DECIMAL_COMMA.fullmatch(text):
        return f"is {text!r}; write {text.replace(',', '.')}, with a point"
    if text.lower().lstrip("+-") in MISSING:
        return f"is {text!r}, and a network cannot read what is missing or infinite; fill it in or delete the row"
    return f"is {text!r:.60}, which is no number; mend it, or delete the row"
