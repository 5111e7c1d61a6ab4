"""What make installs, with which Python, and what it says where there is none."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EVERYTHING = ".[dev,cluster,mlflow,parquet,subword,tensorboard]"
OLD = """
case "$2" in
    *print*) echo 3.9 ;;
    *version_info*) exit 1 ;;
esac
"""
WITHOUT_ENSUREPIP = """
case "$2" in
    *ensurepip*) exit 1 ;;
    *print*) echo 3.12 ;;
esac
"""
RIGHT = """
case "$*" in
    *print*) echo 3.12 ;;
    "-m venv --clear .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
esac
"""
"""Fakes of Python, as shell scripts; the last makes environments of itself."""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "a folder with blanks"
    (folder / ".ci").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "constraints.txt", ".ci/environment"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def fake(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
    path.chmod(0o755)
    return path


def environment(clone: Path, path: Path, *named: Path) -> subprocess.CompletedProcess[str]:
    """What sets up the environment, where only these programs are found besides cp and mkdir."""
    for program in ("cp", "mkdir"):
        if not (path / program).exists():
            path.mkdir(exist_ok=True)
            (path / program).symlink_to(str(shutil.which(program)))
    command = ["/bin/sh", ".ci/environment", *map(str, named)]
    return subprocess.run(command, cwd=clone, env={"PATH": str(path)}, capture_output=True, text=True, check=False)


def planned(clone: Path, *goals: str) -> list[str]:
    """What make would do, also where the tests are run by make."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "-n", *goals]
    made = subprocess.run(command, cwd=clone, env=variables, capture_output=True, text=True, check=True)
    return made.stdout.splitlines()


def installed(commands: list[str]) -> list[str]:
    return [shlex.split(line)[-1] for line in commands if "--editable" in line and "||" not in line]


def stamped(clone: Path, *kinds: str) -> None:
    fake(clone / ".venv" / "bin", "python", RIGHT)
    for kind in kinds:
        (clone / ".venv" / f".installed-to-{kind}").touch()


def test_the_first_python_that_is_recent_enough_makes_the_environment(clone: Path, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    fake(programs, "python3", OLD)
    fake(programs, "python3.13", WITHOUT_ENSUREPIP)
    fake(programs, "python3.12", RIGHT)
    assert environment(clone, programs).returncode == 0
    assert (clone / ".venv" / "bin" / "python").read_text(encoding="utf-8").endswith(RIGHT)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("", "python3 is not there; python3.13 is not there;"),
        (OLD, "python3 is Python 3.9;"),
        (WITHOUT_ENSUREPIP, "python3 has no venv or no ensurepip (Debian and Ubuntu have them in python3-venv);"),
    ],
)
def test_what_is_missing_is_told_in_one_line(clone: Path, tmp_path: Path, script: str, told: str) -> None:
    if script:
        fake(tmp_path / "programs", "python3", script)
    result = environment(clone, tmp_path / "programs")
    assert (result.returncode, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"Python 3.11 or later, with venv and ensurepip, is needed to make an environment: {told}")
    assert line.endswith("Install what is missing, or name another by PYTHON=/path/to/python.")
    assert not (clone / ".venv").exists()


def test_a_python_that_is_named_is_taken_and_no_other(clone: Path, tmp_path: Path) -> None:
    fake(tmp_path / "programs", "python3", RIGHT)
    old = fake(tmp_path / "old ones", "python", OLD)
    result = environment(clone, tmp_path / "programs", old)
    assert result.returncode == 1
    assert f"{old} is Python 3.9." in result.stderr
    assert environment(clone, tmp_path / "programs", fake(tmp_path / "old ones", "new", RIGHT)).returncode == 0


def test_an_environment_that_works_is_kept_and_one_of_another_python_is_not(clone: Path, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    fake(programs, "python3", RIGHT)
    environment(clone, programs)
    python = clone / ".venv" / "bin" / "python"
    made = python.stat().st_mtime_ns
    assert environment(clone, programs).returncode == 0
    assert environment(clone, programs, programs / "python3").returncode == 0
    assert python.stat().st_mtime_ns == made
    other = fake(tmp_path / "other", "python3", RIGHT.replace("3.12", "3.13"))
    assert environment(clone, programs, other).returncode == 0
    assert "3.13" in python.read_text(encoding="utf-8")


def test_an_environment_of_a_python_that_is_too_old_is_made_anew(clone: Path, tmp_path: Path) -> None:
    fake(clone / ".venv" / "bin", "python", OLD)
    fake(tmp_path / "programs", "python3", RIGHT)
    made = environment(clone, tmp_path / "programs")
    assert (made.returncode, made.stdout) == (0, "Making .venv anew, with python3.\n")
    assert (clone / ".venv" / "bin" / "python").read_text(encoding="utf-8").endswith(RIGHT)


def test_a_real_environment_is_made_where_the_path_has_blanks(clone: Path) -> None:
    command = ["/bin/sh", ".ci/environment", sys.executable]
    subprocess.run(command, cwd=clone, check=True)
    told = subprocess.run([clone / ".venv/bin/python", "-m", "pip", "--version"], capture_output=True, check=True)
    assert str(clone) in told.stdout.decode()


def test_demo_installs_what_running_needs_and_test_the_rest(clone: Path) -> None:
    demo, check, test = (planned(clone, goal) for goal in ("demo", "check", "test"))
    for commands in (demo, check, test):
        assert any(line.startswith("sh .ci/environment") for line in commands)
        assert any("--editable . ||" in line for line in commands)
    assert installed(demo) == []
    assert installed(check) == [".[dev]"]
    assert installed(test) == [".[dev]", EVERYTHING]


def test_a_second_call_installs_nothing(clone: Path) -> None:
    stamped(clone, "run", "develop", "test")
    assert planned(clone, "demo") == [".venv/bin/run-spec specs/quickstart.yaml"]
    (test,) = planned(clone, "test")
    assert test.startswith(".venv/bin/python -m pytest")


def test_what_is_installed_is_installed_again_when_what_is_declared_changes(clone: Path) -> None:
    stamped(clone, "run")
    subprocess.run(["touch", "-d", "+1 minute", clone / "pyproject.toml"], check=True)  # noqa: S607  wherever touch is
    assert any("--editable . ||" in line for line in planned(clone, "demo"))


def test_what_is_installed_is_installed_again_where_its_python_is_gone_or_another_is_named(
    clone: Path, tmp_path: Path
) -> None:
    stamped(clone, "run", "develop", "test")
    other = fake(tmp_path / "other", "python3", RIGHT.replace("3.12", "3.13"))
    same = fake(tmp_path / "same", "python3", RIGHT)
    assert installed(planned(clone, "test", f"PYTHON={same}")) == []
    assert installed(planned(clone, "test", f"PYTHON={other}")) == [
        ".[dev]",
        EVERYTHING,
    ]
    (clone / ".venv" / "bin" / "python").unlink()
    assert any("--editable . ||" in line for line in planned(clone, "demo"))


def test_the_python_that_is_named_reaches_the_environment(clone: Path) -> None:
    assert "sh .ci/environment '/opt/my python/bin/python3'" in planned(
        clone, "demo", "PYTHON=/opt/my python/bin/python3"
    )
