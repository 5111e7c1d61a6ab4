"""Every key of the spec language with its default and meaning, as Markdown for the documentation."""

from collections.abc import Iterator
from typing import Any

from toolkit.spec.json_schema import json_schema
from toolkit.spec.section import LARGEST
from toolkit.spec.words import value_text

_RULE = "| :-- | :-- | :-- | :-- |"
EMPTY = '""'
"""How an empty text is written in YAML."""


def key_tables() -> str:
    """A table a section, from the definition that validates specs."""
    schema = json_schema()
    top = {key: value for key, value in schema["properties"].items() if not _sections(value, schema)}
    tables = [_table("Top level", {"properties": top, "required": ["name"]})]
    for key, value in schema["properties"].items():
        tables.extend(_tables(key, value, schema))
    return "\n\n".join(tables)


def _tables(key: str, value: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    """The tables of the sections that a key's value can be, and of those inside them."""
    for name in _sections(value, schema):
        section = schema["$defs"][name]
        variant = section["properties"].get("schedule", {}).get("const")
        yield _table(f"`{key}`, `schedule: {variant}`" if variant else f"`{key}`", section)
        for inner_key, inner in section["properties"].items():
            yield from _tables(f"{key}.{inner_key}", inner, schema)


def _table(title: str, section: dict[str, Any]) -> str:
    rows = [
        f"| `{key}` | {_default(value, key in section.get('required', ()))} | {_takes(value)} | "
        f"{value.get('description', '')} |"
        for key, value in section["properties"].items()
    ]
    text = [section["description"].splitlines()[0], ""] if "description" in section else []
    return "\n".join([f"### {title}", "", *text, "| key | default | takes | meaning |", _RULE, *rows])


def _default(value: dict[str, Any], required: bool) -> str:
    if required:
        return "required"
    if "default" not in value:
        return "none"
    return f"`{value_text(value['default']) or EMPTY}`"


def _takes(value: dict[str, Any]) -> str:
    if choices := value.get("anyOf") or value.get("oneOf"):
        return " or ".join(dict.fromkeys(_takes(choice) for choice in choices))
    if "$ref" in value:
        return "a section"
    if "const" in value:
        return f"`{value_text(value['const'])}`"
    if "enum" in value:
        return ", ".join(f"`{word}`" for word in value["enum"])
    match value.get("type"):
        case "integer" | "number" as kind:
            return _number("whole number" if kind == "integer" else "number", value)
        case "boolean":
            return "`true`, `false`"
        case "string":
            return f"`{value['examples'][0]}`" if "examples" in value else "text"
        case "null":
            return "`null`"
        case "array":
            return f"a list of: {_takes(value['items'])}" if value.get("items") else "a list"
        case "object":
            return "a map of names" if "patternProperties" in value else "a map of dotted keys"
        case _:
            return "any value"


def _number(kind: str, value: dict[str, Any]) -> str:
    signs = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}
    bounds = [f"{word} {value[sign]:,}" for sign, word in signs.items() if value.get(sign, LARGEST) != LARGEST]
    return " ".join([kind, *bounds])


def _sections(value: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """The names of the sections that a value can be or hold."""
    inner = [value, *value.get("anyOf", ()), *value.get("oneOf", ())]
    inner += [part["items"] for part in inner if isinstance(part.get("items"), dict)]
    maps = [entry for part in inner if part.get("type") == "object" for entry in part.get("properties", {}).values()]
    inner += maps[:1]
    names = [str(part["$ref"]).rpartition("/")[2] for part in inner if "$ref" in part]
    return [name for name in dict.fromkeys(names) if "properties" in schema["$defs"][name]]
