"""The wheel, as its users get it: in an environment of its own, in an empty folder, away from the source.

Run by `make test-delivery`: it builds the wheel, and installs TensorFlow.
"""

import ast
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import toolkit

pytestmark = pytest.mark.delivery

ROOT = Path(__file__).parents[2]
NARROW = ["-s", "train.epochs=2", "-s", "sweep.seeds=[1]"]
"""The quickstart with all that it compares, in less time."""
SETTINGS = {"PATH": "/usr/bin:/bin", "PIP_NO_COMPILE": "1", "PIP_CONSTRAINT": str(ROOT / "constraints.txt")}


class Place:
    """An empty folder, and beside it an environment that the wheel is installed into.

    Attributes:
        folder: The folder.
        programs: Where the environment's programs are.
    """

    def __init__(self, root: Path) -> None:
        self.folder = root / "empty folder"
        self.programs = root / "an environment" / "bin"
        self.folder.mkdir()
        subprocess.run([sys.executable, "-m", "venv", self.programs.parent], check=True)
        kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "HOME", "LANG", "NLU_"))}
        self.environment = {**kept, **SETTINGS, "PATH": f"{self.programs}:{SETTINGS['PATH']}"}

    def type(self, command: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        """Have a shell do a command, as it is typed where the environment is activated."""
        told = subprocess.run(
            ["/bin/bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == status, told.stdout + told.stderr
        return told


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the source that are kept, and no others."""
    folder = tmp_path_factory.mktemp("source")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607  wherever git is
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if not Path(ROOT / name).is_dir() or Path(ROOT / name).is_symlink():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    return folder


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(source)]
    subprocess.run(command, check=True)
    (made,) = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def place(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The wheel is installed without optional packages, and the quickstart trained."""
    place = Place(tmp_path_factory.mktemp("delivered"))
    shutil.copy2(wheel, place.folder)
    place.type("pip install --quiet rnn_spec_toolkit-*.whl")
    place.type("run-spec --examples specs")
    place.type(shlex.join(["run-spec", "specs/quickstart.yaml", *NARROW]))
    return place


@pytest.fixture(scope="module")
def source_package(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of what the wheel is built of."""
    root = tmp_path_factory.mktemp("source package")
    subprocess.run([sys.executable, "-m", "venv", root / "builder"], check=True)
    python = root / "builder" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "setuptools>=77"], check=True)
    code = "import sys; from setuptools.build_meta import build_sdist; build_sdist(sys.argv[1])"
    subprocess.run([python, "-c", code, root / "dist"], cwd=source, capture_output=True, check=True)
    (made,) = (root / "dist").iterdir()
    return made


def packed(wheel: Path) -> dict[str, bytes]:
    archive = zipfile.ZipFile(wheel)
    return {name: archive.read(name) for name in archive.namelist()}


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_wheel_has_every_file_of_the_package_and_its_licence(wheel: Path, source: Path) -> None:
    kept = {path for path in (source / "toolkit").rglob("*") if path.is_file()}
    specs = {path for place in ("specs", "specs/data") for path in (source / place).iterdir() if path.is_file()}
    expected = {path.relative_to(source).as_posix() for path in kept}
    expected |= {f"toolkit/examples/{path.relative_to(source).as_posix()}" for path in specs}
    names = set(zipfile.ZipFile(wheel).namelist())
    described = {name for name in names if ".dist-info/" in name}
    assert names - described == expected
    assert {Path(name).name for name in described} >= {"LICENSE", "METADATA", "entry_points.txt"}


def test_the_source_package_makes_the_same_wheel_and_has_no_part_of_the_tests(
    source_package: Path, wheel: Path, tmp_path: Path
) -> None:
    with tarfile.open(source_package) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    tops = {name.partition("/")[0] for name in names} - {"", "rnn_spec_toolkit.egg-info", "setup.cfg", "PKG-INFO"}
    assert tops == {"CHANGELOG.md", "LICENSE", "MANIFEST.in", "README.md", "pyproject.toml", "setup.py", "toolkit"}
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path)]
    subprocess.run([*command, str(source_package)], check=True)
    (again,) = tmp_path.iterdir()
    assert packed(again) == packed(wheel)


def test_the_packages_page_is_the_readme_without_links_that_lead_nowhere(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = [name for name in archive.namelist() if name.endswith("/METADATA")]
    head, _, page = archive.read(name).decode().partition("\n\n")
    fields = head.splitlines()
    assert {"Name: rnn-spec-toolkit", f"Version: {toolkit.__version__}", "License-Expression: MIT"} <= set(fields)
    assert {"Author: the toolkit authors", "Description-Content-Type: text/markdown"} <= set(fields)
    assert any(field.startswith("Keywords: ") for field in fields)
    assert not [field for field in fields if field.startswith(("Project-URL", "Home-page", "Download-URL"))]
    assert page.startswith("# toolkit\n")
    assert "`docs/specs.md`" in page
    assert re.findall(r"\]\((?!https?:)[^)]*\)", page) == []


def test_the_quickstart_is_reported_again_from_what_is_stored(place: Place) -> None:
    report = place.folder / "reports" / "quickstart"
    before = files(report)
    assert {"index.html", "report.md", "runs.csv"} <= set(before)
    shutil.rmtree(report)
    told = place.type(shlex.join(["run-spec", "specs/quickstart.yaml", *NARROW, "--report-only"]))
    assert told.stdout.splitlines() == ["quickstart: 10 of 10 runs are stored", "reports/quickstart/index.html"]
    assert files(report) == before
    (command,) = re.findall(r"^ *(run-spec specs/quickstart.yaml .*)$", before["report.md"].decode(), re.MULTILINE)
    assert place.type(command).stdout.splitlines()[0] == "10 runs, 10 stored already, 0 to train"


def test_python_runs_the_toolkit_as_a_module(place: Place) -> None:
    few = "-s train.epochs=1 -s sweep.seeds=[1] -s sweep.grid='{model.lookback: [0]}' --out other -j 2"
    told = place.type(f"python -m toolkit specs/quickstart.yaml {few}")
    assert told.stdout.splitlines()[0] == "2 runs, 0 stored already, 2 to train"
    assert told.stdout.splitlines()[-1] == "other/quickstart/index.html"
    assert place.type("python -m toolkit --version").stdout == f"rnn-spec-toolkit {toolkit.__version__}\n"


def test_the_readmes_commands_are_done_as_they_are_typed(place: Place) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^    (run-spec .*?)(?: {2,}#.*)?$", readme, re.MULTILINE)
    assert {"run-spec --examples specs", "run-spec specs/quickstart.yaml"} <= set(commands)
    for command in commands:
        trains = "quickstart" in command and not {"--check", "--plan"} & set(command.split())
        place.type(f"{command} --check" if trains else command)


def test_every_public_name_is_there_with_its_types(place: Place) -> None:
    code = "import toolkit; print([name for name in toolkit.__all__ if getattr(toolkit, name) is not None])"
    assert ast.literal_eval(place.type(f"python -c '{code}'").stdout) == toolkit.__all__
    where = Path(place.type("python -c 'import toolkit; print(toolkit.__file__)'").stdout.strip())
    assert where.is_relative_to(place.programs.parent)
    assert (where.parent / "py.typed").exists()


@pytest.fixture(scope="module")
def with_extras(place: Place) -> Place:
    """Each optional package is asked for before it is there, and installed by the command that is told then."""
    for option in ("--tensorboard", "--mlflow sqlite:///mlflow.db", "--cluster tcp://127.0.0.1:1"):
        told = place.type(shlex.join(["run-spec", "specs/quickstart.yaml", *NARROW]) + f" {option}", status=2)
        assert told.stdout == ""
        (message,) = told.stderr.splitlines()
        place.type(message.partition(": ")[2])
    return place


def test_the_quickstart_is_handed_on_to_tensorboard_and_mlflow(with_extras: Place) -> None:
    store = (with_extras.folder / "tracked").as_uri()
    sinks = f"--report-only --tensorboard --mlflow {store}"
    with_extras.environment["MLFLOW_ALLOW_FILE_STORE"] = "true"
    with_extras.type(shlex.join(["run-spec", "specs/quickstart.yaml", *NARROW]) + f" {sinks}")
    logs = with_extras.folder / "reports" / "quickstart" / "tensorboard"
    assert len(list(logs.iterdir())) == 10
    assert len(list((with_extras.folder / "tracked").rglob("metrics/best_loss"))) == 10


@pytest.fixture
def cluster(with_extras: Place) -> Iterator[str]:
    """The address of a scheduler with one worker."""
    told = with_extras.folder / "scheduler.json"
    commands = [
        ["dask", "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told)],
        ["dask", "worker", "--nthreads", "1", "--no-dashboard", "--scheduler-file", str(told)],
    ]
    unread, started = subprocess.DEVNULL, []
    for command in commands:
        program = [str(with_extras.programs / command[0]), *command[1:]]
        started.append(
            subprocess.Popen(
                program, cwd=with_extras.folder, env=with_extras.environment, stdout=unread, stderr=subprocess.STDOUT
            )
        )
    try:
        end = time.monotonic() + 60
        while not told.exists():
            assert time.monotonic() < end
            time.sleep(0.1)
        yield json.loads(told.read_text(encoding="utf-8"))["address"]
    finally:
        for process in started:
            process.terminate()
            process.wait()


def test_a_cluster_trains(with_extras: Place, cluster: str) -> None:
    few = (
        "-s train.epochs=1 -s sweep.seeds=[2] -s sweep.grid='{model.cell: [rnn], model.lookback: [0]}' --out clustered"
    )
    told = with_extras.type(f"run-spec specs/quickstart.yaml {few} --cluster {cluster}")
    assert told.stdout.splitlines()[0] == "1 run, 0 stored already, 1 to train"
    assert told.stdout.splitlines()[-1] == "clustered/quickstart/index.html"
