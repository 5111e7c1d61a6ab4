"""The command line: arguments, exit status, and how errors are printed."""

import os
import sys
from pathlib import Path

import click

from toolkit.errors import ToolkitError, WorkerError

FAILED, USAGE, INTERRUPTED = 1, 2, 130


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("specs", nargs=-1, required=True, metavar="SPEC [SPEC ..]", type=click.Path(path_type=Path))
@click.option(
    "-s", "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a key of every spec; VALUE is YAML."
)
@click.option("--out", default="reports", show_default=True, type=click.Path(path_type=Path), help="Folder of reports.")
@click.option(
    "-j", "--workers", type=click.IntRange(min=1), help="Processes that train side by side.  [default: one a core]"
)
def main(specs: tuple[Path, ...], overrides: tuple[str, ...], out: Path, workers: int | None) -> None:
    """Train what the SPECs declare and write a report for each.

    Runs that are stored already are not trained again. Exit status: 0 every run is done, 1 some run failed (its error
    is in the report), 2 a spec, the data or the call is wrong, 130 interrupted (finished runs are kept).
    """
    try:
        _run(specs, overrides, out, workers or os.cpu_count() or 1)
    except WorkerError as error:
        click.echo(error, err=True)
        sys.exit(FAILED)
    except ToolkitError as error:
        click.echo(error, err=True)
        sys.exit(USAGE)
    except KeyboardInterrupt:
        click.echo("interrupted; finished runs are kept. The same command goes on with the rest.", err=True)
        sys.exit(INTERRUPTED)


def _run(specs: tuple[Path, ...], overrides: tuple[str, ...], out: Path, workers: int) -> None:
    from toolkit.spec.loader import load_specs  # noqa: PLC0415  --help waits for nothing

    load_specs(specs, overrides=overrides)
    sys.path.append(str(Path.cwd()))  # where a cell of the user's may be; Python itself looks beside run_spec.py only
    from toolkit.experiment import run  # noqa: PLC0415  a wrong spec is told before pandas and seaborn are imported

    outcomes = run(*specs, overrides=overrides, out=out, workers=workers)
    for outcome in outcomes:
        click.echo(outcome.page)
    if any(outcome.failed for outcome in outcomes):
        sys.exit(FAILED)
