"""The JSON Schema of the spec language, for editors that complete and check specs."""

import json
from typing import Any

from toolkit.spec.reporting import ReportConfig
from toolkit.spec.schema import Experiment, RunConfig, SpecFile, SweepConfig
from toolkit.spec.section import Opened

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Describe a spec file, from the same definition that validates it; dotted keys of sweeps and searches too."""
    schema = SpecFile.model_json_schema()
    sections = schema["$defs"]
    keys = _dotted_keys(sections)
    # Null takes an axis of the spec that is extended away.
    lists = {key: {"type": ["array", "null"], "items": value, "minItems": 1} for key, value in keys.items()}
    sweep, search = sections["SweepConfig"]["properties"], sections["SearchConfig"]["properties"]
    for name in ("grid", "zip"):
        sweep[name] |= {"properties": lists, "additionalProperties": False}
    sweep["runs"]["items"] |= {"properties": keys, "additionalProperties": False}
    for opened in (Experiment, SweepConfig, ReportConfig):
        _allow_empty(opened, sections.get(opened.__name__, schema)["properties"])
    space = search["space"].pop("additionalProperties")
    search["space"] |= {"properties": dict.fromkeys(keys, space), "additionalProperties": False}
    # What a spec extends may give it its name.
    del schema["required"]
    named = [{"required": ["name"]}, {"required": ["extends"]}]
    return {"$schema": DIALECT, **schema, "title": "A spec of the toolkit", "anyOf": named}


def json_schema_text() -> str:
    """The same as the text of a file."""
    return json.dumps(json_schema(), indent=1) + "\n"


def _allow_empty(opened: type[Opened], keys: dict[str, Any]) -> None:
    """A section, list or map may be null: left empty, or taken away from what a spec extends."""
    for key in filter(opened.may_be_empty, keys):
        outer = {name: keys[key].pop(name) for name in ("description", "default", "title") if name in keys[key]}
        keys[key] = {"anyOf": [keys[key], {"type": "null"}], **outer}


def _dotted_keys(sections: dict[str, Any]) -> dict[str, Any]:
    """The schema of each dotted key's value, and of each whole section's."""
    keys: dict[str, Any] = {}
    for section, field in RunConfig.model_fields.items():
        name = getattr(field.annotation, "__name__", "")
        keys |= {f"{section}.{key}": value for key, value in sections[name]["properties"].items()}
        keys[section] = {"$ref": f"#/$defs/{name}"}
    return keys
