"""The command line: arguments, exit status, and how errors are printed."""

import gc
import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from toolkit.entries import Entry
from toolkit.errors import DiskError, ToolkitError, WorkerError
from toolkit.escape import visible_text
from toolkit.interrupts import answer_interrupts
from toolkit.option_checks import refuse_options_without_effect, refuse_workers_beside_others
from toolkit.runner.executors.registry import EXECUTORS
from toolkit.sinks.registry import SINKS, sinks_of
from toolkit.version import __version__

if TYPE_CHECKING:
    from toolkit.pipeline.writing import Outcome
    from toolkit.spec.loader import LoadedSpec

FAILED, USAGE, INTERRUPTED = 1, 2, 130
INTERRUPTION = "interrupted; all epochs shown and all finished runs are kept. The same command goes on with the rest."

Command = Callable[..., Any]
SAID = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)

_interrupted: list[int] = []


def _asked_for(registry: Mapping[str, Entry]) -> Callable[[Command], Command]:
    """Adds the option of each of a registry's entries that has one."""

    def add(command: Command) -> Command:
        for entry in reversed([entry for entry in registry.values() if entry.option]):
            value: dict[str, Any] = {"metavar": entry.metavar} if entry.metavar else {"is_flag": True}
            command = click.option(entry.option, entry.name, help=entry.help, **value)(command)
        return command

    return add


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("specs", nargs=-1, metavar="SPEC [SPEC ..]", type=click.Path(path_type=Path))
@click.option(
    "-s", "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a key of every spec; VALUE is YAML."
)
@click.option(
    "--env", multiple=True, metavar="NAME", help="Let specs read the environment variable NAME, which sounds secret."
)
@click.option("--out", default="reports", show_default=True, type=click.Path(path_type=Path), help="Folder of reports.")
@click.option(
    "-j", "--workers", type=click.IntRange(min=1), help="Processes that train side by side.  [default: one a core]"
)
@_asked_for(EXECUTORS)
@click.option("--fresh", is_flag=True, help="Train every run again, from the beginning.")
@click.option("--fail-fast", is_flag=True, help="Stop everything at the first run that fails.")
@click.option("--check", is_flag=True, help="Validate the specs, say what they will run, and stop.")
@click.option("--plan", is_flag=True, help="Say which runs are done and which are not, how long they take, and stop.")
@click.option("--report-only", is_flag=True, help="Write the reports from what is stored; train nothing.")
@click.option("--compare", is_flag=True, help="Make one report over the report folders given in place of specs.")
@_asked_for(SINKS)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the spec language, for editors, and stop.")
@click.option(
    "--examples",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write example specs and their schema into DIR, over no file that is there, and stop.",
)
@click.version_option(__version__, prog_name="rnn-spec-toolkit", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context, /, specs: tuple[Path, ...], **options: Any) -> None:
    """Train what the SPECs declare and write a report for each.

    Runs that are stored already are not trained again. Exit status: 0 every run is done or has diverged, 1 some run
    failed (its error is in the report) or is not stored, 2 a spec, the data or the call is wrong, 130 interrupted
    (finished epochs are kept).
    """
    given = _given(context)
    refuse_options_without_effect(given)
    if not specs and not given & {"--schema", "--examples"}:
        raise click.MissingParameter(ctx=context, param=context.command.params[0])
    answer_interrupts(_interrupt)
    _show_everything()
    sys.path.append(str(Path.cwd()))  # where a cell of the user's may be; Python itself looks beside the command
    try:
        _carry_out(specs, given, **options)
    except (DiskError, WorkerError) as error:
        message, status = str(error), FAILED
    except ToolkitError as error:
        message, status = str(error), USAGE
    except BaseException:
        if not _interrupted:
            raise
        message, status = INTERRUPTION, INTERRUPTED
    else:
        return
    answer_interrupts(lambda *_: os._exit(status))  # all is said
    _echo(message, err=True)
    gc.collect()  # ends the feed of a run that was trained here: once Python is ending, TensorFlow waits for it forever
    sys.exit(status)


def _carry_out(
    specs: Sequence[Path],
    given: set[str],
    *,
    schema: bool,
    examples: Path | None,
    compare: bool,
    check: bool,
    plan: bool,
    report_only: bool,
    workers: int | None,
    **options: Any,
) -> None:
    """Do what is asked for instead of training, or train."""
    workers = workers or os.cpu_count() or 1
    if schema:
        _print_schema()
    elif examples is not None:
        _write_examples(examples)
    elif compare:
        _compare(specs, options["out"], options["overrides"])
    else:
        reports = options["out"] if report_only else None
        loaded = _load(specs, options["overrides"], options["env"], reports)
        refuse_workers_beside_others(given, searches=any(spec.experiment.search for spec in loaded))
        if check or plan:
            _check_owners(loaded, options["overrides"], options["out"])
        if check:
            _check_data(loaded)
            _check(loaded)
        elif plan:
            _plan(loaded, options["out"], workers)
        elif report_only:
            chosen = {name: options[name] for name in ("out", "overrides", "env")}
            _report(specs, workers=workers, sinks=sinks_of(options), **chosen)
        else:
            chosen = {name: options[name] for name in ("out", "overrides", "env", "fresh", "fail_fast")}
            elsewhere = [(name, options[name]) for name in EXECUTORS if options.get(name) is not None]
            executor = next(iter(elsewhere), None)
            _run(specs, workers=workers, executor=executor, sinks=sinks_of(options), **chosen)


def _given(context: click.Context) -> set[str]:
    """What the call says: its options by their long names, and `SPEC`."""
    told = [each for each in context.command.params if context.get_parameter_source(each.name or "") in SAID]
    return {each.opts[-1] if isinstance(each, click.Option) else "SPEC" for each in told}


def _print_schema() -> None:
    from toolkit.spec.json_schema import json_schema_text  # noqa: PLC0415  --help waits for nothing

    click.echo(json_schema_text(), nl=False)


def _write_examples(folder: Path) -> None:
    from toolkit.examples import write_examples  # noqa: PLC0415  --help waits for nothing

    click.echo("\n".join(write_examples(folder)))


def _load(
    specs: Sequence[Path], overrides: Sequence[str], env: Sequence[str], reports: Path | None
) -> "list[LoadedSpec]":
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # none is used, and to look for them takes a while
    from toolkit.spec.loader import load_specs  # noqa: PLC0415  --help waits for nothing

    return load_specs(specs, overrides=overrides, env=env, report_folder=reports.joinpath if reports else None)


def _check(loaded: "Sequence[LoadedSpec]") -> None:
    from toolkit.spec.overview import overview  # noqa: PLC0415  only --check needs it
    from toolkit.spec.own_names import names_task  # noqa: PLC0415  as above

    if any(names_task(spec.experiment) for spec in loaded):
        from toolkit.spec.own_tasks import task_lines  # noqa: PLC0415  only a task of the user's waits for it

        for line in task_lines(spec.experiment for spec in loaded):
            _echo(line)
    for spec in loaded:
        _echo(overview(spec))


def _check_owners(loaded: "Sequence[LoadedSpec]", overrides: Sequence[str], out: Path) -> None:
    from toolkit.owners import owners_of_specs  # noqa: PLC0415  --help waits for nothing

    owners_of_specs(loaded, overrides, out)


def _check_data(loaded: "Sequence[LoadedSpec]") -> None:
    from toolkit.data.inspection import inspect  # noqa: PLC0415  only --check needs it without loading the data

    inspect(loaded)


def _plan(loaded: "Sequence[LoadedSpec]", out: Path, workers: int) -> None:
    from toolkit.runner.planning.disk import disk_bytes  # noqa: PLC0415  a wrong spec does not wait for NumPy
    from toolkit.runner.planning.outlook import outlook, plan_lines  # noqa: PLC0415  as above
    from toolkit.runner.planning.plan import data_lines, imported_lines, look_anew, plan_specs  # noqa: PLC0415  as above
    from toolkit.spec.checks import STORE_NAME  # noqa: PLC0415  as above
    from toolkit.store import Store  # noqa: PLC0415  as above

    store = Store(out / STORE_NAME)
    look_anew()
    if imported := imported_lines(loaded):
        _echo("\n".join(imported))
    plans = plan_specs(loaded)
    click.echo("\n".join(data_lines(loaded)))
    planned = [run for runs in plans.values() for run in runs]
    if planned:
        _echo("\n".join(plan_lines(outlook(planned, store), workers)))
        click.echo(f"disk that they take when all are stored: {disk_bytes(planned) / 1e6:.1f} MB at most")
    for spec in loaded:
        if spec.experiment.search:
            from toolkit.runner.search.foresight import foresee, foresight_lines  # noqa: PLC0415  as above

            _check([spec])
            _echo("\n".join(foresight_lines(foresee(spec.experiment, spec.path, store, workers))))


def _run(specs: Sequence[Path], **options: Any) -> None:
    from toolkit.experiment import run  # noqa: PLC0415  a wrong spec is told before pandas and seaborn are imported

    conclude(run(*specs, **options))


def _report(specs: Sequence[Path], **options: Any) -> None:
    from toolkit.experiment import report  # noqa: PLC0415  as above

    conclude(report(*specs, **options))


def _compare(folders: Sequence[Path], out: Path, overrides: Sequence[str]) -> None:
    from toolkit.compare import compare  # noqa: PLC0415  only --compare needs it

    conclude([compare(*folders, out=out, overrides=overrides)])


def conclude(outcomes: "Sequence[Outcome]") -> None:
    """Say where the reports are and what went wrong, and end with status 1 if something did."""
    for outcome in outcomes:
        _echo(str(outcome.page))
    for outcome in outcomes:
        if outcome.unlogged:
            _echo(outcome.unlogged, err=True)
    if any(outcome.failed or outcome.missing or outcome.unlogged for outcome in outcomes):
        sys.exit(FAILED)


def _show_everything() -> None:
    """Have a character that a terminal or a log file has no code for shown as an escape, instead of an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _echo(text: str, err: bool = False) -> None:
    click.echo(visible_text(text), err=err)


def _interrupt(number: int, _: FrameType | None) -> None:
    """Remember the interrupt: an import that it cuts short may answer it with an error of another kind.

    A second one does not wait until all is ended: nothing is lost by it, and worker processes end with this one.
    """
    if _interrupted:
        shown_cursor = "\x1b[?25h" if sys.stdout.isatty() else ""  # the live display hides it
        os.write(sys.stderr.fileno(), f"{shown_cursor}{INTERRUPTION}\n".encode())
        os._exit(INTERRUPTED)
    _interrupted.append(number)
    raise KeyboardInterrupt
