"""Idioms that make a reader stop are in no file: a choice is written as one."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = [
    ROOT / "run_spec.py",
    *(path for name in ("toolkit", "tests", "benchmarks") for path in (ROOT / name).rglob("*.py")),
]
SEQUENCES = (ast.List, ast.Tuple, ast.ListComp, ast.JoinedStr)
ANSWERS = ("bool", "isinstance", "any", "all")


def idioms(tree: ast.AST) -> Iterator[str]:
    """What stops a reader in a file, with its mend."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and _is_choice(node.left, node.right):
            yield f"line {node.lineno}: {ast.unparse(node)} is a choice; write `.. if .. else ..`"
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "chr" and isinstance(node.args[0], ast.Constant):
            yield f"line {node.lineno}: {ast.unparse(node)} is a character; write it, or its name"


def _is_choice(left: ast.expr, right: ast.expr) -> bool:
    """Whether one of two factors is a condition, and no number or array is what is multiplied."""
    return any(
        _asks(one) or (_is_sequence(other) and _is_condition(one)) for one, other in ((left, right), (right, left))
    )


def _asks(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in ANSWERS


def _is_sequence(node: ast.expr) -> bool:
    return isinstance(node, SEQUENCES) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


def _is_condition(node: ast.expr) -> bool:
    return isinstance(node, ast.Compare | ast.BoolOp) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    )


def test_no_file_makes_a_reader_stop() -> None:
    told = {str(path.relative_to(ROOT)): list(idioms(ast.parse(path.read_text(encoding="utf-8")))) for path in FILES}
    assert {path: lines for path, lines in told.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    ["[a] * bool(b)", "'s' * (n > 1)", "f'{a}' * ('=' in b)", "(not one) * 's'", "xs * isinstance(a, int)", "chr(34)"],
)
def test_an_idiom_is_found(line: str) -> None:
    assert list(idioms(ast.parse(line)))


@pytest.mark.parametrize("line", ["[None] * n", "'-' * len(word)", "(a or 1) * b", "mask * (x > 0)", "chr(code)"])
def test_repeating_and_calculating_are_no_idioms(line: str) -> None:
    assert not list(idioms(ast.parse(line)))
