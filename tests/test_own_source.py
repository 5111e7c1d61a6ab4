"""A source of one's own: one file beside the spec, and nothing else; CONTRIBUTING.md shows it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from toolkit.cli import main
from toolkit.compare import compare
from toolkit.experiment import report, run
from toolkit.runner.stored import load_model

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MODULE = "json_reviews.py"

Call = Callable[..., str]


def block(first: str) -> str:
    """A block of code in the guide, by how it begins."""
    (found,) = [part for part in GUIDE.split("```")[1::2] if part.partition("\n")[2].startswith(first)]
    return found.partition("\n")[2]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a module, a spec and data, as the guide has them."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "readers").mkdir()
    (folder / "readers" / MODULE).write_text(block('"""Reviews'), encoding="utf-8")
    (folder / "reviews.yaml").write_text(block("name: reviews"), encoding="utf-8")
    for part, count in (("train", 12), ("dev", 5)):
        (folder / "reviews" / part).mkdir(parents=True)
        for number in range(count):
            review = {"text": f"a {'good' if number % 2 else 'bad'} film number {number}"}
            (folder / "reviews" / part / f"{number:02}.json").write_text(json.dumps(review), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def trained(project: Path) -> str:
    """What the command line says that trains it."""
    command = [sys.executable, str(ROOT / "run_spec.py"), "reviews.yaml", "-j", "2"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def here(project: Path, trained: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    assert trained
    monkeypatch.chdir(project)
    monkeypatch.syspath_prepend(str(project))
    yield project
    for name in [name for name in sys.modules if name.partition(".")[0] == "readers"]:
        del sys.modules[name]


@pytest.fixture
def call(here: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls the command line in this process."""

    def call_with(*options: str, status: int = 0) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["reviews.yaml", *options])
        told = capsys.readouterr()
        assert ended.value.code == status, told
        return told.out + told.err

    return call_with


@contextmanager
def edited(path: Path, old: str, new: str) -> Iterator[None]:
    """A file with something else in it, and as it was afterwards."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(text, encoding="utf-8")


def test_it_is_trained_by_the_command_line_over_two_workers(project: Path, trained: str) -> None:
    assert (
        "data.source: readers.json_reviews:read is imported: readers.json_reviews (readers/json_reviews.py)" in trained
    )
    assert "train  12 sentences, 60 words" in trained
    runs = pd.read_csv(project / "reports" / "reviews" / "runs.csv")
    assert list(runs["status"]) == ["done", "done"]
    assert runs["best_loss"].notna().all()


def test_a_changed_function_is_another_run(here: Path, call: Call) -> None:
    assert "2 different runs: 2 done" in call("--plan")
    with edited(here / "readers" / MODULE, "text.split()", "text.lower().split()"):
        assert "2 different runs: 2 to do" in call("--plan")
    assert "2 different runs: 2 done" in call("--plan")


def test_changed_files_are_other_runs(here: Path, call: Call) -> None:
    with edited(here / "reviews" / "train" / "00.json", "bad", "good"):
        assert "2 different runs: 2 to do" in call("--plan")


@pytest.mark.parametrize("gone", [False, True])
def test_a_report_is_made_again_without_running_it(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, gone: bool
) -> None:
    if gone:
        monkeypatch.setattr(sys, "path", [place for place in sys.path if place not in (str(here), "")])
    monkeypatch.setattr("toolkit.data.sources.own.import_module", None)
    (outcome,) = report("reviews.yaml")
    assert outcome.missing == 0
    why = "the module of its source is not there" if gone else "its source is not called"
    assert f"reviews: {why}, so its runs are found by what is known of it" in capsys.readouterr().out
    assert compare("reports/reviews", "reports/reviews", overrides=["name=twice"]).missing == 0


def test_a_check_runs_nothing_of_it(call: Call) -> None:
    assert "runs    2 = 2 seeds" in call("--check")
    assert "readers" not in sys.modules


def test_a_report_that_has_nothing_to_go_by_says_so(call: Call) -> None:
    told = call("--report-only", "-s", "data.vocab_size=5", status=2)
    assert "data.source: readers.json_reviews:read is not called to report, and it is not known what it gave" in told


def test_a_search_may_try_it(here: Path, one_worker: None) -> None:
    text = (here / "reviews.yaml").read_text(encoding="utf-8").replace("name: reviews", "name: searched")
    space = "{data.source: {choice: [grammar, 'readers.json_reviews:read']}}"
    text = text.replace("sweep: {seeds: [1, 2]}", f"search: {{tuner: grid, space: {space}}}").replace(
        "  path: reviews\n", ""
    )
    (here / "searched.yaml").write_text(text, encoding="utf-8")
    module = here / "readers" / MODULE
    with edited(module, "Path(data.path, part)", "Path(data.path or 'reviews', part)"):
        (outcome,) = run("searched.yaml", overrides=["data.train_size=10", "data.dev_size=5"])
        assert (outcome.failed, outcome.missing) == (0, 0)
        trials = pd.read_csv(outcome.page.parent / "runs.csv")
        assert set(trials["data.source"]) == {"grammar", "readers.json_reviews:read"}
        assert report("searched.yaml", overrides=["data.train_size=10", "data.dev_size=5"])[0].missing == 0


def test_afresh_it_is_trained_again(here: Path, one_worker: None) -> None:
    before = pd.read_csv(here / "reports" / "reviews" / "runs.csv")
    (outcome,) = run("reviews.yaml", fresh=True)
    after = pd.read_csv(here / "reports" / "reviews" / "runs.csv")
    assert outcome.missing == 0
    assert list(after["run"]) == list(before["run"])
    assert list(after["best_loss"]) == list(before["best_loss"])


def test_a_stored_run_is_loaded_without_its_source(here: Path) -> None:
    name = pd.read_csv(here / "reports" / "reviews" / "runs.csv", dtype={"run": str})["run"][0]
    model = load_model(here / "reports" / "runs" / name)
    assert model.count_params() > 0
    assert "readers" not in sys.modules


def test_what_is_wrong_is_told_with_its_place_in_the_spec(here: Path, call: Call) -> None:
    told = call("--check", "-s", "data.source=readers.json_reviews:reed", status=2)
    assert "data.source: the module `readers.json_reviews` has no function `reed`; did you mean `read`?" in told
    told = call("--check", "-s", "data.path=nowhere", status=2)
    assert "data.path: nowhere: there is no such file or folder; readers.json_reviews:read is to read it" in told
    told = call("--plan", "-s", "data.task=agreement", status=2)
    assert "data.task: agreement needs verb_idx and verb_pos of each sentence" in told
    with edited(here / "reviews" / "train" / "00.json", "text", "texts"):
        told = call("--plan", status=2)
    assert "reviews.yaml:3:11: data.source: readers.json_reviews:read fails at " in told
    assert "(KeyError: 'text')" in told
    assert "Traceback" not in told
