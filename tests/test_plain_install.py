"""The command line where no optional package is installed: who asks for none does without.

They are hidden from the command and from the processes that it starts, as if they were not installed, and so are those
that only the toolkit's developers need.
"""

import os
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from toolkit.runner.executors.registry import EXECUTORS
from toolkit.sinks.registry import SINKS

ROOT = Path(__file__).parents[1]
TINY = """
name: tiny
data: {task: agreement, train_size: 60, dev_size: 40}
model: {hidden: 4, lookback: 1}
train: {epochs: 1, batch_size: 20}
"""
SEARCH = """
name: found
data: {task: agreement, train_size: 60, dev_size: 40}
model: {hidden: 4, lookback: 1}
train: {epochs: 1, batch_size: 20}
search: {tuner: bayesian, max_trials: 2, confirm_seeds: 0, space: {train.learning_rate: {float: [0.1, 2.0]}}}
"""

Command = Callable[..., subprocess.CompletedProcess[str]]


def optional_modules() -> Iterator[str]:
    """What can be imported of the packages that an extra brings and a plain install does not."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    brought = {canonicalize_name(Requirement(line).name) for lines in extras.values() for line in lines}
    optional = brought - installed_with(project["dependencies"])
    for module, distributions in packages_distributions().items():
        if {canonicalize_name(name) for name in distributions} & optional:
            yield module


def installed_with(lines: Sequence[str]) -> set[str]:
    """The packages that requirements bring, with all that these require."""
    brought: set[str] = set()
    waiting = list(lines)
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonicalize_name(requirement.name)
        if name not in brought and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
            brought.add(name)
            waiting += requires(name) or []
    return brought


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """Runs the command line, in an empty folder, where these modules are missing."""
    hidden = set(optional_modules()) - {"toolkit"}
    assert hidden >= {"dask", "distributed", "mlflow", "tensorboard", "pytest", "hypothesis"}
    place, folder = tmp_path_factory.mktemp("hidden"), tmp_path_factory.mktemp("plain")
    (place / "sitecustomize.py").write_text(f"import sys\nsys.modules.update(dict.fromkeys({sorted(hidden)}))\n")
    path = os.pathsep.join([str(place), str(ROOT)])

    def run(*arguments: str, code: str = "from toolkit.cli import main; main()") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )

    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (folder / "found.yaml").write_text(SEARCH, encoding="utf-8")
    return run


def test_sweeps_searches_reports_and_comparisons_miss_nothing(command: Command) -> None:
    trained = command("tiny.yaml", "found.yaml", "-j", "1")
    assert (trained.returncode, trained.stderr) == (0, "")
    assert trained.stdout.splitlines()[-2:] == ["reports/tiny/index.html", "reports/found/index.html"]
    again = command("tiny.yaml", "--report-only")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.splitlines()[0] == "tiny: 1 of 1 run is stored"
    compared = command("--compare", "reports/tiny", "reports/found")
    assert (compared.returncode, compared.stderr) == (0, "")
    assert compared.stdout.splitlines()[-1] == "reports/tiny-vs-found/index.html"


@pytest.mark.parametrize(
    ("option", "value", "tool"),
    [
        ("--cluster", ["tcp://127.0.0.1:1"], "Dask"),
        ("--mlflow", ["sqlite:///mlflow.db"], "MLflow"),
        ("--tensorboard", [], "TensorBoard"),
    ],
)
def test_an_option_says_in_one_line_what_to_install(command: Command, option: str, value: list[str], tool: str) -> None:
    assert option in [entry.option for entry in (*EXECUTORS.values(), *SINKS.values()) if entry.modules]
    told = command("tiny.yaml", "--out", "untrained", option, *value)
    assert (told.returncode, told.stdout) == (2, "")
    mend = f"{shlex.quote(sys.executable)} -m pip install 'rnn-spec-toolkit[{option.removeprefix('--')}]'"
    assert told.stderr == f"{option} needs {tool}: {mend}\n"


def test_a_report_that_needs_no_scikit_learn_does_not_wait_for_it(command: Command) -> None:
    told = command(
        "tiny.yaml",
        "--report-only",
        "--out",
        "plain",
        code="""if 1:
            import atexit, sys
            atexit.register(lambda: print("sklearn" in sys.modules))
            from toolkit.cli import main
            main()
        """,
    )
    assert told.stdout.splitlines()[-2:] == ["plain/tiny/index.html", "False"]
