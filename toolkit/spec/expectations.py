"""What was expected where a value is wrong, in words, and the trap of YAML that it may have fallen into."""

import difflib
import re
from collections.abc import Sequence
from typing import Any

from pydantic_core import ErrorDetails

from toolkit.spec.annealing import SCHEDULES
from toolkit.spec.words import value_text

TRUE, FALSE = ("yes", "on", "y"), ("no", "off", "n")
OTHER_NAMES = {
    "lr": "learning_rate",
    "units": "hidden",
    "tau": "lookback",
    "bptt": "lookback",
    "truncation": "lookback",
}
"""What keys are called elsewhere."""
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")

_FIXED = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "a word or text",
    "model_type": "a section of `key: value` lines",
    "model_attributes_type": "a section of `key: value` lines",
    "dict_type": "a section of `key: value` lines",
    "mapping_type": "a section of `key: value` lines",
    "list_type": "a list, such as [1, 2]",
    "tuple_type": "a list, such as [1, 2]",
    "string_pattern_mismatch": "letters, digits, - and _ only",
}


def expectation(details: ErrorDetails) -> str:
    """What pydantic expected, in the words of a spec."""
    context: dict[str, Any] = details.get("ctx", {})
    match details["type"]:
        case fixed if fixed in _FIXED:
            return _FIXED[fixed]
        case "literal_error":
            return str(context["expected"]).replace("'", "")
        case "union_tag_invalid" | "union_tag_not_found":
            return f"a schedule, one of {', '.join(SCHEDULES)}"
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            sign, bound = next(iter(context.items()))
            words = {"gt": "greater than", "ge": "of at least", "lt": "below", "le": "of at most"}
            return f"a number {words[sign]} {value_text(bound)}"
        case "value_error":
            return str(context["error"]).removeprefix("expected ")
        case "string_too_long":
            return f"at most {context['max_length']} characters"
        case "too_short":
            return "at least one value" if context["min_length"] == 1 else f"{context['min_length']} values"
        case "too_long":
            return f"at most {context['max_length']} values"
        case _:
            return str(details["msg"])


def hint(errors: Sequence[ErrorDetails]) -> str:
    """The known word that is nearest to the one that was given; empty where none is near."""
    for details in errors:
        given, context = details["input"], details.get("ctx", {})
        match details["type"]:
            case "literal_error":
                known = [word.strip("'") for word in re.split(r", | or ", context["expected"])]
            case "union_tag_invalid" if isinstance(given, dict):
                given, known = given["schedule"], SCHEDULES
            case "unknown_word":
                known = context["known"]
            case _:
                continue
        if meant := did_you_mean(given, known):
            return meant
    return ""


def trap(errors: Sequence[ErrorDetails]) -> str:
    """How YAML came to read the value otherwise than it was meant; empty where it did not."""
    kinds, value = {details["type"] for details in errors}, errors[0]["input"]
    if isinstance(value, str):
        return _misread_word(kinds, value)
    if kinds & {"int_type", "value_error"} and isinstance(value, float) and value.is_integer():
        return f". A whole number has no point and no exponent; write {value:.0f}"
    if kinds & {"string_type", "literal_error", "string_pattern_mismatch"} and isinstance(value, bool | int | float):
        return ". YAML reads this as a number or as true or false; put it in quotes if it is meant as a word"
    return ""


def _misread_word(kinds: set[str], value: str) -> str:
    if "bool_type" in kinds and value.lower() in (*TRUE, *FALSE):
        return f". In YAML 1.2 {value} is a word; write {'true' if value.lower() in TRUE else 'false'}"
    bare = value.replace("_", "")
    bare = bare.replace(",", "" if re.fullmatch(r"[1-9][0-9]{0,2}(,[0-9]{3})+", bare) else ".")
    share = bare.endswith("%")
    if not kinds & {"int_type", "float_type", "int_parsing", "value_error"} or not _NUMBER.fullmatch(bare.rstrip("%")):
        return ""
    if share:
        return f". Write it as a share, {float(bare.rstrip('%')) / 100:g}"
    if bare == value:
        return f". A number in quotes is a word; write {value}"
    return f". YAML reads this as a word; write {bare} if it is meant as a number"


def did_you_mean(word: Any, known: Sequence[str]) -> str:
    """A hint at the known word that is nearest to an unknown one; empty where none is near."""
    written = str(word)[:100]
    for spelling in (written, written.lower()):
        if close := difflib.get_close_matches(spelling, known, n=1, cutoff=0.6):
            return f"; did you mean `{close[0]}`?"
    return ""
