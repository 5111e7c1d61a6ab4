"""What `pyproject.toml` declares is what the code imports."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from yaml import safe_load

from toolkit.runner.executors.registry import EXECUTORS
from toolkit.sinks.registry import SINKS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OPTIONAL = {
    f"{entry.place.partition(':')[0].replace('.', '/')}.py": [entry.name]
    for entry in (*EXECUTORS.values(), *SINKS.values())
    if entry.modules
}
OPTIONAL["toolkit/data/reading/tables/parquet.py"] = ["parquet"]
OPTIONAL["toolkit/units/subword.py"] = ["subword"]
"""The files that need an extra."""
MEASURED_WHERE_INSTALLED = {"torch"}


def declared(*extras: str) -> set[str]:
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in PROJECT["optional-dependencies"][extra])]
    return {canonicalize_name(Requirement(line).name) for line in lines}


def imported(path: Path) -> Iterator[str]:
    """The packages of others that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        else:
            continue
        yield from {name.partition(".")[0] for name in names} - sys.stdlib_module_names


def own_modules(folder: str) -> set[str]:
    """What is imported by a name that is a file's or folder's here; the toolkit itself sees no other folder."""
    if folder == "toolkit":
        return {folder}
    folders = [ROOT, ROOT / "benchmarks", *(ROOT / "tests").rglob("*/")]
    return {path.stem for folder in folders for path in folder.iterdir() if path.suffix == ".py" or path.is_dir()}


@pytest.mark.parametrize("folder", ["toolkit", "tests", "benchmarks"])
def test_every_package_that_is_imported_is_declared(folder: str) -> None:
    distributions = packages_distributions()
    undeclared = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        extras = OPTIONAL.get(place, []) if folder == "toolkit" else list(PROJECT["optional-dependencies"])
        known = declared(*extras)
        for module in set(imported(path)) - own_modules(folder) - MEASURED_WHERE_INSTALLED:
            if module in distributions and not {canonicalize_name(name) for name in distributions[module]} & known:
                undeclared[place] = module
    assert undeclared == {}


def test_the_lowest_versions_that_are_tried_are_those_that_are_declared() -> None:
    extras = PROJECT["optional-dependencies"]
    lines = [*PROJECT["dependencies"], *(line for extra in extras if extra != "dev" for line in extras[extra])]
    lowest = sorted(
        f"{canonicalize_name(requirement.name)}=={specifier.version}"
        for requirement in map(Requirement, lines)
        for specifier in requirement.specifier
        if specifier.operator == ">="
    )
    tried = (ROOT / "constraints-lowest.txt").read_text(encoding="utf-8").splitlines()[1:]
    assert sorted(tried) == lowest


@pytest.mark.parametrize("name", ["keras", "keras-tuner"])
def test_a_package_of_which_private_parts_are_used_is_bounded_above(name: str) -> None:
    (requirement,) = [each for line in PROJECT["dependencies"] if (each := Requirement(line)).name == name]
    assert {"<", "<=", "=="} & {specifier.operator for specifier in requirement.specifier}


def test_what_is_checked_before_a_commit_is_what_make_check_checks() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    _, _, recipe = makefile.partition("\ncheck: ")
    checks = [line.strip() for line in recipe.split("\n\n")[0].splitlines()[1:]]
    (local,) = safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert [hook["entry"] for hook in local["hooks"]] == checks
