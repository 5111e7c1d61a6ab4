"""How tables are laid out: `data.columns` and `data.split`."""

import json
from pathlib import Path

import pytest

from tests.spec.test_loader import error_of, write
from toolkit.spec.identity import run_identity
from toolkit.spec.layout import ColumnsConfig, SplitConfig
from toolkit.spec.schema import DataConfig, RunConfig


def test_columns_are_named_or_numbered_and_the_section_can_be_a_key() -> None:
    section = {"columns": {"label": "kind", "inputs": ["x", "y"]}, "split": {"dev": 0.2}}
    data = DataConfig.model_validate(section)
    assert data.columns == ColumnsConfig(label="kind", inputs=("x", "y"))
    assert data.split == SplitConfig(dev=0.2)
    assert {data: 1}[data.model_copy()] == 1
    numbered = ColumnsConfig.model_validate({"label": 2, "inputs": [1, 3]})
    assert numbered.are_numbers
    assert numbered.inputs == (1, 3)


def test_an_identity_holds_the_columns_that_are_given_alone() -> None:
    data = DataConfig(columns=ColumnsConfig(label="kind", inputs=("x", "y")), split=SplitConfig(dev=0.2))
    plain = json.loads(data.model_dump_json())
    assert plain["columns"] == {"label": "kind", "inputs": ["x", "y"]}
    assert plain["split"] == {"dev": 0.2}
    assert DataConfig.model_validate(plain) == data
    others = [data, DataConfig(), data.model_copy(update={"columns": ColumnsConfig(label="kind")})]
    assert len({run_identity(RunConfig(data=other), "d") for other in others}) == 3


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("columns: {lable: kind}", "data.columns.lable is not a known key; did you mean `label`?"),
        ("columns: {label: 0}", "data.columns.label: expected a word or text or a number of at least 1; received 0"),
        ("columns: {inputs: x}", "data.columns.inputs: expected a list, such as [1, 2]; received"),
        ("columns: {inputs: [x, x]}", "data.columns.inputs: expected each value once"),
        ("split: {test: 0.1}", "data.split.dev is missing; add `dev: ..`"),
        ("split: {dev: 1.5}", "data.split.dev: expected a number below 1; received 1.5"),
        (
            "split: {dev: 0.5, test: 0.5}",
            "data.split: expected shares that leave something for training, such as 0.1 and 0.1",
        ),
    ],
)
def test_a_layout_that_is_none_is_told_with_its_place(tmp_path: Path, value: str, told: str) -> None:
    message = error_of(write(tmp_path, f"name: a\ndata: {{{value}}}\n"))
    assert "a.yaml:2:" in message
    assert told in message
