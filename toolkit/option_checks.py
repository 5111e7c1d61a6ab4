"""Options of the command line that would have no effect beside others: refused, each with its reason."""

from collections.abc import Collection, Mapping

import click

from toolkit.runner.executors.registry import EXECUTORS
from toolkit.sinks.registry import SINKS

ELSEWHERE = tuple(entry.option for entry in EXECUTORS.values() if entry.option)
TRAINING = (*ELSEWHERE, "--fresh", "--fail-fast")
SINKING = tuple(entry.option for entry in SINKS.values())
ALL = ("SPEC", "--set", "--env", "--out", "--workers", *TRAINING, *SINKING)
WITHOUT_EFFECT: Mapping[str, tuple[Collection[str], str]] = {
    "--schema": (ALL, "prints the schema of the language and nothing else"),
    "--examples": (ALL, "writes example specs and nothing else"),
    "--compare": (
        ("--env", "--workers", *TRAINING, *SINKING),
        "makes one report of what is stored, without training or logging",
    ),
    "--check": (("--workers", *TRAINING, *SINKING), "trains nothing and writes no report"),
    "--plan": ((*TRAINING, *SINKING), "trains nothing and writes no report"),
    "--report-only": (TRAINING, "trains nothing"),
}
"""What takes the place of a training run: the options that have no effect beside it, and why."""


def refuse_options_without_effect(given: Collection[str]) -> None:
    """Refuse options that would be ignored.

    Args:
        given: The options of the call by their long names; `SPEC` where it names specs or folders.

    Raises:
        click.UsageError: Two of them exclude each other, or one has no effect beside another.
    """
    instead = [option for option in WITHOUT_EFFECT if option in given]
    for several in (instead, [option for option in ELSEWHERE if option in given]):
        if len(several) > 1:
            raise click.UsageError(f"{' and '.join(several)} exclude each other; give one of them")
    for option in instead:
        without, reason = WITHOUT_EFFECT[option]
        if ignored := [other for other in without if other in given]:
            verb = "has" if len(ignored) == 1 else "have"
            raise click.UsageError(
                f"{' and '.join(ignored)} {verb} no effect here, since {option} {reason}; leave out one or the other"
            )


def refuse_workers_beside_others(given: Collection[str], searches: bool) -> None:
    """Refuse a number of workers where an executor such as a cluster trains with its own.

    Args:
        given: As above.
        searches: Whether a spec searches: it has so many trials in training at once.

    Raises:
        click.UsageError: The number has no effect.
    """
    for option in ELSEWHERE:
        if {"--workers", option} <= set(given) and not searches:
            raise click.UsageError(
                f"--workers has no effect beside {option}, whose own workers train side by side; leave it out"
            )
