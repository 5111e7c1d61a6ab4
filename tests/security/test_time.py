"""A spec of any kind is answered within two seconds of the processor's time, without a traceback."""

import time
from pathlib import Path

import pytest

from toolkit.errors import SpecError
from toolkit.spec.loader import load_spec, load_specs
from toolkit.spec.overview import overview

NAMED = "name: a\n"
SECONDS = 2.0


def numbers(count: int) -> str:
    return ",".join(map(str, range(1, count + 1)))


def many(count: int, text: str) -> str:
    return ",".join(text % number for number in range(count))


SPECS = {
    "160,000 nested defaults": f"{NAMED}question: '{'${A:-' * 160_000}'",
    "nested defaults that close": f"{NAMED}question: '{'${A:-' * 120_000}{'}' * 120_000}'",
    "140,000 variables": f"{NAMED}question: '{'${A:-b}' * 140_000}'",
    "200,000 variables that are not set": f"{NAMED}question: '{'${A}' * 200_000}'",
    "49,000 epochs to track": f"{NAMED}track: {{gradient_by_lag: 1, epochs: [{numbers(49_000)}]}}",
    "49,000 seeds": f"{NAMED}sweep: {{seeds: [{numbers(49_000)}]}}",
    "a grid of millions": f"{NAMED}sweep: {{grid: {{model.hidden: [{numbers(5000)}], train.seed: [{numbers(5000)}]}}}}",
    "49,000 wrong values": f"{NAMED}sweep: {{grid: {{train.epochs: [{','.join('x' * 49_000)}]}}}}",
    "20,000 keys of a grid": f"{NAMED}sweep: {{grid: {{{many(20_000, 'model.k%d: [1]')}}}}}",
    "20,000 unknown keys": NAMED + "\n".join(f"k{number}: 1" for number in range(20_000)),
    "an unknown key of half a million letters": f"{NAMED}{'k' * 500_000}: 1",
    "long keys that are almost known": NAMED + "\n".join(f"{'model' * 100}{number}: 1" for number in range(300)),
    "a cell of 900,000 letters": f"{NAMED}model: {{cell: '{'r' * 900_000}'}}",
    "a question of 990,000 letters": f"{NAMED}question: '{'x' * 990_000}'",
    "a question of 140,000 addresses": f"{NAMED}question: '{'http://' * 140_000}'",
    "8,000 tables": f"{NAMED}report: {{tables: [{many(8000, '{name: t%d, rows: [model.hidden]}')}]}}",
    "5,000 figures": f"{NAMED}report: {{figures: [{many(5000, '{name: f%d, kind: line, x: a, y: b}')}]}}",
    "20,000 conditions": f"{NAMED}report: {{tables: [{{name: t, rows: [a], where: {{{many(20_000, 'k%d: 1')}}}}}]}}",
    "300,000 brackets": f"{NAMED}a: {'[' * 300_000}",
    "a thousand levels": "\n".join(f"{' ' * level}a:" for level in range(1000)),
    "100,000 times one key": NAMED * 100_000,
    "aliases of aliases": "a0: &a0 [1,1,1,1,1,1,1,1,1]\n"
    + "\n".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)),
    "49,000 aliases": f"{NAMED}a: &x 1\nquestion: [{','.join(['*x'] * 49_000)}]",
    "a number of 900,000 digits": f"{NAMED}train: {{epochs: {'9' * 900_000}}}",
    "a number of 900,000 digits, base 16": f"{NAMED}train: {{epochs: 0x{'f' * 900_000}}}",
    "a number beyond floats": f"{NAMED}train: {{learning_rate: 1e400}}",
    "a date": f"{NAMED}train: {{epochs: 2020-01-01}}",
    "a merge key": f"{NAMED}<<: {{a: 1}}",
    "300,000 colons": NAMED + ": " * 300_000,
    "a path of 800,000 letters": f"{NAMED}data: {{source: text, path: '{'a/' * 400_000}'}}",
    "a base of 900,000 letters": f"extends: '{'a' * 900_000}'",
    "a path with the character 0": f'{NAMED}data: {{source: text, path: "\\0"}}',
    "a base with the character 0": f'{NAMED}extends: "\\0"',
    "a table with the character 0": f'{NAMED}report: {{published: "\\0"}}',
    "a combination with the character 0": f'{NAMED}combine: ["\\0"]',
    "a combination of every folder": f"{NAMED}combine: ['/**']",
    "a combination of many stars": f"{NAMED}combine: ['{'*a' * 100}']",
}


@pytest.mark.parametrize("text", SPECS.values(), ids=SPECS)
def test_a_spec_of_any_kind_is_answered_in_time(text: str, tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    begun = time.process_time()
    try:
        told = "\n".join(map(overview, load_specs([path], {})))
    except SpecError as error:
        told = str(error)
    assert time.process_time() - begun < SECONDS
    assert len(told) < 2_000_000


def test_an_override_for_every_run_is_answered_in_time(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(NAMED, encoding="utf-8")
    begun = time.process_time()
    load_spec(tmp_path / "spec.yaml", {}, overrides=[f"model.hidden={number + 1}" for number in range(500)])
    assert time.process_time() - begun < SECONDS
