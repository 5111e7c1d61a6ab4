"""What is generated from the definition of the language: its JSON Schema and the documentation's tables of keys."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from toolkit.spec.document import CoreSchemaLoader
from toolkit.spec.json_schema import json_schema, json_schema_text
from toolkit.spec.reference import key_tables

ROOT = Path(__file__).parents[2]
SPECS = sorted((ROOT / "specs").rglob("*.yaml"))
START, END = "<!-- keys: written by tests/spec/test_reference.py -->\n\n", "\n\n<!-- end of keys -->"


def plain(text: str) -> Any:
    return yaml.load(text, Loader=CoreSchemaLoader)  # noqa: S506  derived from a safe loader


def test_json_schema_in_the_specs_folder_is_up_to_date() -> None:
    path = ROOT / "specs" / "spec.schema.json"
    stored = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(json_schema_text(), encoding="utf-8")
    assert stored == json_schema_text(), "it has been written anew; commit it"


def test_tables_of_keys_in_the_documentation_are_up_to_date() -> None:
    path = ROOT / "docs" / "specs.md"
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    stored, _, after = rest.partition(END)
    path.write_text(f"{before}{START}{key_tables()}{END}{after}", encoding="utf-8")
    assert stored == key_tables(), "they have been written anew; commit them"


@pytest.fixture(scope="module")
def validator() -> Any:
    """By the JSON Schema, which is itself right."""
    schema = json_schema()
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.name)
def test_examples_are_right_by_the_json_schema_and_name_it_for_editors(validator: Any, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    validator.validate(plain(text))
    (line,) = [line for line in text.splitlines() if line.startswith("# yaml-language-server: $schema=")]
    assert (path.parent / line.partition("=")[2]).resolve() == ROOT / "specs" / "spec.schema.json"


@pytest.mark.parametrize(
    "text",
    [
        "{name: a, modle: {}}",
        "{name: a, model: {cell: 3}}",
        "{name: a, train: {anneal: {schedule: cosin}}}",
        "{name: a, sweep: {grid: {model.hiden: [1]}}}",
        "{name: a, sweep: {grid: {model.hidden: [x]}}}",
        "{name: a, search: {space: {model.hiden: {int: [1, 2]}}}}",
        "{question: b}",
    ],
)
def test_what_is_wrong_is_wrong_by_the_json_schema_too(validator: Any, text: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(plain(text))


def test_the_command_line_prints_the_json_schema() -> None:
    told = subprocess.run(
        [sys.executable, ROOT / "run_spec.py", "--schema"], capture_output=True, text=True, check=True
    )
    assert json.loads(told.stdout) == json_schema()
