"""What is read of a repository, whoever made it."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from toolkit.runner import commit as room
from toolkit.runner.commit import commit


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    command = ["git", *identity, "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet")
    (folder / "a.txt").write_text("a\n", encoding="utf-8")
    git(folder, "add", "a.txt")
    git(folder, "commit", "--quiet", "--message", "first")
    return folder


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A program that leaves a trace where it is run."""
    path = tmp_path / "trap.sh"
    path.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\ncat\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_a_repository_tells_its_commit_and_whether_files_differ(repository: Path) -> None:
    head = git(repository, "rev-parse", "HEAD")
    (repository / "deep").mkdir()
    assert commit(repository / "deep") == {"commit": head, "dirty": False}
    (repository / "untracked.txt").touch()
    assert commit(repository) == {"commit": head, "dirty": False}
    (repository / "a.txt").write_text("b\n", encoding="utf-8")
    assert commit(repository) == {"commit": head, "dirty": True}


def test_there_is_nothing_to_tell_without_a_repository(tmp_path: Path) -> None:
    assert commit(tmp_path) is None


def test_the_surrounding_environment_does_not_say_which_repository(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert commit(repository) == {"commit": git(repository, "rev-parse", "HEAD"), "dirty": False}


@pytest.mark.parametrize("key", ["core.fsmonitor", "core.sshCommand", "core.pager", "core.alternateRefsCommand"])
def test_no_program_that_a_repository_names_is_run(repository: Path, trap: Path, key: str) -> None:
    git(repository, "config", key, str(trap))
    assert commit(repository) == {"commit": git(repository, "rev-parse", "HEAD"), "dirty": False}
    assert not trap.with_name("ran").exists()


@pytest.mark.parametrize("place", ["hooks", "hooksPath"])
def test_no_hook_is_run(repository: Path, trap: Path, place: str) -> None:
    hooks = repository / ".git" / place
    hooks.mkdir(exist_ok=True)
    (hooks / "post-index-change").symlink_to(trap)
    if place == "hooksPath":
        git(repository, "config", "core.hooksPath", str(hooks))
    os.utime(repository / "a.txt", (1, 1))  # git would look at its content, and write that down in the index
    assert commit(repository) == {"commit": git(repository, "rev-parse", "HEAD"), "dirty": False}
    assert not trap.with_name("ran").exists()


@pytest.mark.parametrize("kind", ["clean", "process"])
@pytest.mark.parametrize("how", ["itself", "included"])
def test_a_filter_of_the_repository_is_not_run_and_its_state_is_unknown(
    repository: Path, trap: Path, kind: str, how: str
) -> None:
    (repository / ".gitattributes").write_text("*.txt filter=trap\n", encoding="utf-8")
    if how == "itself":
        git(repository, "config", f"filter.trap.{kind}", str(trap))
    else:
        (repository / "other").write_text(f'[filter "trap"]\n{kind} = {trap}\n', encoding="utf-8")
        git(repository, "config", "include.path", "../other")
    os.utime(repository / "a.txt", (1, 1))
    assert commit(repository) == {"commit": git(repository, "rev-parse", "HEAD"), "dirty": "unknown"}
    assert not trap.with_name("ran").exists()


def test_a_submodule_runs_nothing_either(repository: Path, trap: Path) -> None:
    inner = repository / "inner"
    inner.mkdir()
    git(inner, "init", "--quiet")
    git(inner, "commit", "--quiet", "--allow-empty", "--message", "inner")
    git(repository, "add", "inner")
    git(repository, "commit", "--quiet", "--message", "second")
    git(inner, "config", "core.fsmonitor", str(trap))
    assert commit(repository) == {"commit": git(repository, "rev-parse", "HEAD"), "dirty": False}
    assert not trap.with_name("ran").exists()


def test_nothing_is_fetched_where_objects_are_missing(repository: Path, trap: Path) -> None:
    for key, value in (
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", f"ext::{trap}"),
        ("protocol.ext.allow", "always"),
    ):
        git(repository, "config", key, value)
    tree = git(repository, "rev-parse", "HEAD^{tree}")
    (repository / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    assert commit(repository) == {"commit": git(repository, "rev-parse", "HEAD"), "dirty": "unknown"}
    assert not trap.with_name("ran").exists()


def test_what_git_does_not_say_is_unknown(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / ".git" / "index").write_bytes(b"no index")
    assert commit(repository) == {"commit": git(repository, "rev-parse", "HEAD"), "dirty": "unknown"}
    monkeypatch.setattr(room, "SECONDS", 0)
    assert commit(repository) == {"commit": "unknown", "dirty": "unknown"}


def test_a_repository_without_git_or_without_a_commit_is_unknown(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(repository, "update-ref", "-d", "HEAD")
    assert commit(repository) == {"commit": "unknown", "dirty": True}
    monkeypatch.setenv("PATH", "")
    assert commit(repository) == {"commit": "unknown", "dirty": "unknown"}
