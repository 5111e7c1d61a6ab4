"""The commit that a folder stands at, read without running what its repository configures."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

SECONDS = 10
"""How long git may take."""
UNKNOWN = "unknown"

HARMLESS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "core.sshCommand": "false",
    "core.alternateRefsCommand": "false",
    "protocol.allow": "never",
    "safe.bareRepository": "explicit",
    "status.submoduleSummary": "false",
    "submodule.recurse": "false",
}
"""What is set to these values for the call, since git would run what the repository sets them to."""
ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}
"""Nothing is fetched, and the index is not written, after which git runs a hook."""


def commit(place: Path) -> Mapping[str, str | bool] | None:
    """The commit of the repository around a folder, and whether its files differ from it; None without a repository.

    Each is `unknown` where git fails, or takes too long. So is whether files differ where the repository names a
    filter, a program that git would run on them.
    """
    if not any((folder / ".git").exists() for folder in (place, *place.parents)):
        return None
    at = _git(place, "rev-parse", "--verify", "HEAD")
    return {"commit": at.strip() if at else UNKNOWN, "dirty": _is_dirty(place)}


def _is_dirty(place: Path) -> bool | str:
    settings = _git(place, "config", "--show-scope", "--includes", "--null", "--list")
    if settings is None or _has_filter(settings):
        return UNKNOWN
    changes = _git(place, "status", "--porcelain", "--untracked-files=no", "--ignore-submodules=dirty")
    return UNKNOWN if changes is None else bool(changes)


def _has_filter(settings: str) -> bool:
    """Whether the repository itself, not its user, sets a filter for files; git gives scopes and entries by turns."""
    parts = settings.split("\0")
    return any(
        scope in {"local", "worktree"} and entry.lower().startswith("filter.")
        for scope, entry in zip(parts[::2], parts[1::2], strict=False)
    )


def _git(place: Path, *arguments: str) -> str | None:
    """What git says; None where it fails."""
    options = [part for key, value in HARMLESS.items() for part in ("-c", f"{key}={value}")]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | ENVIRONMENT
    command = ["git", "--no-pager", *options, "-C", str(place), *arguments]
    try:
        told = subprocess.run(command, capture_output=True, check=True, timeout=SECONDS, env=environment)  # noqa: S603  a fixed command
    except (OSError, subprocess.SubprocessError):
        return None
    return told.stdout.decode(errors="replace")
