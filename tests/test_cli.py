"""The command line, as its users type it."""

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner, Result

from toolkit.cli import main
from toolkit.data.sources.grammar.generator import grammar_vocabulary
from toolkit.errors import SpecError
from toolkit.experiment import run
from toolkit.runner.worker.process import Worker

pytestmark = pytest.mark.usefixtures("one_worker")

ROOT = Path(__file__).parents[1]
QUICKSTART = "specs/quickstart.yaml"
TINY = """
name: tiny
data: {task: agreement, distance: uniform, max_distance: 2, train_size: 60, dev_size: 40}
model: {hidden: 4, lookback: 1}
train: {epochs: 2, batch_size: 20}
sweep: {grid: {model.cell: [rnn, gru]}, seeds: [1, 2]}
"""


def run_spec(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            str(ROOT / "run_spec.py"),
            *(each if isinstance(each, bytes) else str(each) for each in arguments),
        ],
        capture_output=True,
        text=True,
        env={**{key: value for key, value in os.environ.items() if key != "NLU_DATA"}, **environment},
        check=False,
    )


def run_here(*arguments: object, **environment: str | None) -> Result:
    """The same within this process, which has TensorFlow already; for what does not depend on the process."""
    answer = signal.getsignal(signal.SIGINT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", sys.path.copy())
        try:
            return CliRunner().invoke(main, [str(each) for each in arguments], env={"NLU_DATA": None, **environment})
        finally:
            signal.signal(signal.SIGINT, answer)
            sys.modules.pop("own_cell", None)


def imported(code: str) -> set[str]:
    told = subprocess.run(
        [sys.executable, "-c", f"import sys\ntry:\n    {code}\nfinally:\n    print('\\n'.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    return set(told.stdout.splitlines())


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("cli")
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    return folder, run_spec(folder / "tiny.yaml", "--out", folder / "reports", "-j", 2)


def test_a_sweep_is_trained_and_its_report_is_told_last(tiny: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, result = tiny
    assert result.returncode == 0, result.stderr
    page = folder / "reports" / "tiny" / "index.html"
    assert result.stdout.splitlines()[-1] == str(page)
    assert page.exists()
    runs = pd.read_csv(page.parent / "runs.csv")
    assert list(runs["status"]) == ["done"] * 4
    assert len(pd.read_csv(page.parent / "history.csv")) == 4 * 3


def test_progress_without_a_terminal_is_plain_lines(tiny: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    _, result = tiny
    assert result.stderr == ""
    assert "\x1b" not in result.stdout
    lines = result.stdout.splitlines()
    assert lines[0] == "4 runs, 0 stored already, 4 to train"
    assert lines[1] == f"data: grammar, {len(grammar_vocabulary(2000))} words known"
    assert [line.split()[:3] for line in lines[2:5]] == [
        ["train", "60", "sentences,"],
        ["dev", "40", "sentences,"],
        ["test", "1,000", "sentences,"],
    ]
    ends = [line for line in lines[5:-1] if "/4" in line]  # a slow machine tells meanwhile that runs go on
    assert [line.split()[0] for line in ends] == ["1/4", "2/4", "3/4", "4/4"]
    assert all("model.cell=" in line and "dev loss" in line for line in ends)


def test_report_says_the_command_that_makes_it_again(tiny: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = tiny
    text = (folder / "reports" / "tiny" / "report.md").read_text(encoding="utf-8")
    assert f"run-spec {folder}/tiny.yaml --out {folder}/reports\n" in text


def test_second_call_trains_nothing_and_writes_the_same_report(
    tiny: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = tiny
    report = folder / "reports" / "tiny"
    before = {path.name: path.read_bytes() for path in report.rglob("*") if path.is_file()}
    result = run_here(folder / "tiny.yaml", "--out", folder / "reports")
    assert result.stdout.splitlines()[0] == "4 runs, 4 stored already, 0 to train"
    assert {path.name: path.read_bytes() for path in report.rglob("*") if path.is_file()} == before


def test_report_is_rebuilt_from_the_store_without_training(
    tiny: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = tiny
    report = folder / "reports" / "tiny"
    before = {path.name: path.read_bytes() for path in report.rglob("*") if path.is_file()}
    shutil.rmtree(report)
    result = run_spec(folder / "tiny.yaml", "--out", folder / "reports", "--report-only")
    assert result.returncode == 0
    assert result.stdout.splitlines() == ["tiny: 4 of 4 runs are stored", str(report / "index.html")]
    assert {path.name: path.read_bytes() for path in report.rglob("*") if path.is_file()} == before


def test_report_of_stored_runs_names_those_that_are_missing_and_gives_status_1(
    tiny: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    folder, _ = tiny
    (tmp_path / "more.yaml").write_text(TINY.replace("name: tiny", "name: more").replace("[1, 2]}", "[1, 3]}"))
    result = run_here(tmp_path / "more.yaml", "--out", folder / "reports", "--report-only")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:3] == [
        "more: 2 of 4 runs are stored",
        "  not trained: model.cell=rnn  train.seed=3",
        "  not trained: model.cell=gru  train.seed=3",
    ]
    assert "2 not trained" in (folder / "reports" / "more" / "report.md").read_text(encoding="utf-8")


def test_report_of_stored_runs_does_not_wait_for_tensorflow(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    arguments = [str(tmp_path / "tiny.yaml"), "--report-only", "--out", str(tmp_path)]
    modules = imported(f"sys.argv = ['run_spec.py', *{arguments}]; from toolkit.cli import main; main()")
    assert (tmp_path / "tiny" / "index.html").exists()
    assert not modules & {"tensorflow", "keras"}


def test_results_are_the_same_for_any_number_of_workers(
    tiny: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    folder, _ = tiny
    assert run_here(folder / "tiny.yaml", "--out", tmp_path, "-j", 1).exit_code == 0
    for table in ("runs.csv", "history.csv"):
        times = ["seconds_per_epoch", "training_seconds"] if table == "runs.csv" else ["seconds"]
        side_by_side, one_by_one = (
            pd.read_csv(reports / "tiny" / table).drop(columns=times) for reports in (folder / "reports", tmp_path)
        )
        pd.testing.assert_frame_equal(side_by_side, one_by_one, check_exact=True)


def test_a_run_that_diverges_is_a_result(tmp_path: Path) -> None:
    spec = tmp_path / "diverges.yaml"
    spec.write_text(TINY.replace("batch_size: 20", "batch_size: 20, learning_rate: 3.0e+38"))
    result = run_here(spec, "--out", tmp_path / "reports", "-j", 1)
    assert result.exit_code == 0, result.output
    runs = pd.read_csv(tmp_path / "reports" / "tiny" / "runs.csv")
    assert set(runs["status"]) == {"diverged"}
    assert runs["error"].dropna().str.contains("a smaller train.learning_rate may help").all()
    assert "diverged in epoch" in result.stdout
    again = run_here(spec, "--out", tmp_path / "reports")
    assert again.stdout.splitlines()[0] == "4 runs, 4 stored already, 0 to train"


CELL = """
import keras

class Own(keras.layers.SimpleRNNCell):
    pass

class Broken(Own):
    def call(self, *arguments, **named):
        raise RuntimeError("this cell is broken")

class Deadly(Own):
    def call(self, *arguments, **named):
        import os, sys
        if sys.argv[0] == "-c":  # a worker process; the command itself has tried the cell before
            os.kill(os.getpid(), 9)
        return super().call(*arguments, **named)
"""


def own_cells(folder: Path, models: str) -> Path:
    (folder / "own_cell.py").write_text(CELL, encoding="utf-8")
    text = "\n".join(TINY.splitlines()[:3]) + f"\nmodel: {{embedding: 3, hidden: 4}}\ntrain: {{epochs: 1}}\n{models}"
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    return folder / "own.yaml"


def test_a_failed_run_gives_status_1_and_the_others_go_on_in_worker_processes_that_find_the_cells_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = own_cells(tmp_path, "sweep: {grid: {model.cell: ['own_cell:Deadly', 'own_cell:Own']}}\n")
    result = run_spec(spec, "-j", "2")
    assert result.returncode == 1, result.stderr
    assert_failed_first(tmp_path / "reports" / "tiny", "its worker process was killed (SIGKILL)", then="done")
    told = [f"model.cell: own_cell:{name} is imported: own_cell (own_cell.py)" for name in ("Deadly", "Own")]
    assert [line for line in result.stdout.splitlines() if line.startswith("model.cell")] == told
    monkeypatch.syspath_prepend(str(tmp_path))
    run(own_cells(tmp_path, "sweep: {grid: {model.cell: ['own_cell:Own']}}\n"), out="here", workers=1)
    there, here = (list((tmp_path / out / "runs").glob("*/best.weights.h5")) for out in ("reports", "here"))
    assert [path.parent.name for path in there] == [path.parent.name for path in here]
    assert there[0].read_bytes() == here[0].read_bytes()


def test_a_failed_run_ends_everything_if_it_is_told_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("toolkit.runner.executors.here.Worker", Worker)  # what failed takes along what is compiled
    spec = own_cells(tmp_path, "sweep: {grid: {model.cell: ['own_cell:Broken', rnn]}}\n")
    result = run_here(spec, "-j", "1", "--fail-fast")
    assert result.exit_code == 1, result.output
    assert_failed_first(tmp_path / "reports" / "tiny", "this cell is broken", then="missing")


def assert_failed_first(report: Path, error: str, then: str) -> None:
    runs = pd.read_csv(report / "runs.csv")
    assert list(runs["status"]) == ["failed", then]
    assert error in runs["error"][0]
    assert error in (report / "report.md").read_text(encoding="utf-8")


SLOW_FEED = """
import time
import keras
from toolkit.builder.training.feed import Feed

make_block = Feed.block

def slow_block(feed, index):
    time.sleep(1 if index else 0)
    return make_block(feed, index)

Feed.block = slow_block

class Own(keras.layers.SimpleRNNCell):
    pass
"""


def test_an_interrupt_while_a_batch_is_made_ends_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    spec = own_cells(tmp_path, "sweep: {grid: {model.cell: ['own_cell:Own']}}\n")
    (tmp_path / "own_cell.py").write_text(SLOW_FEED, encoding="utf-8")
    command = [sys.executable, str(ROOT / "run_spec.py"), str(spec), "-s", "train.epochs=1000", "-j", "1"]
    sweep = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        wait_until(lambda: any(tmp_path.glob("reports/runs/*/checkpoint")))
        sweep.send_signal(signal.SIGINT)
        _, complaints = sweep.communicate(timeout=60)
    finally:
        sweep.kill()
    assert sweep.returncode == 130
    assert "The same command goes on with the rest." in complaints


def wait_until(condition: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_help_and_spec_errors_answer_within_a_second(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("nam: a")
    for arguments, status in ((["--help"], 0), ([wrong], 2), ([tmp_path / "none.yaml"], 2), ([], 2)):
        before = seconds_of_children()
        result = run_spec(*arguments)
        assert result.returncode == status
        assert "Traceback" not in result.stderr
        assert seconds_of_children() - before < 1


def seconds_of_children() -> float:
    """Processor time, which depends less on what else the machine does."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["missing.yaml"],
        ["--schema"],
        [QUICKSTART, "--check"],
        [QUICKSTART, "--plan"],
    ],
)
def test_help_and_spec_errors_import_no_heavy_library(arguments: list[str]) -> None:
    modules = imported(f"sys.argv = ['run_spec.py', *{arguments}]; from toolkit.cli import main; main()")
    assert "toolkit.cli" in modules
    assert not modules & {"tensorflow", "keras", "keras_tuner", "pandas", "seaborn"}


def test_a_setting_without_its_option_is_told() -> None:
    result = run_spec(ROOT / "specs" / "quickstart.yaml", "model.hidden=3", "--check")
    assert result.returncode == 2
    assert "model.hidden=3: there is no such file; is it a setting? Write -s model.hidden=3" in result.stderr


def test_check_says_what_will_run_and_trains_nothing(tmp_path: Path) -> None:
    result = run_spec(ROOT / "specs" / "quickstart.yaml", "--check", "--out", tmp_path / "reports")
    assert result.returncode == 0
    assert "runs    30 = 2 model.cell x 5 model.lookback x 3 seeds" in result.stdout
    assert not (tmp_path / "reports").exists()


def test_plan_says_what_is_done_partly_done_and_to_do(
    tiny: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = tiny
    call = (folder / "tiny.yaml", "--out", folder / "reports", "--plan", "-j", 2)
    told = run_spec(*call).stdout.splitlines()
    assert told[0] == f"data: grammar, {len(grammar_vocabulary(2000))} words known"
    done = told[4:]
    assert [line.split()[1] for line in done[1:5]] == ["done"] * 4
    assert done[5:7] == ["4 different runs: 4 done", "time for what is missing: none"]
    assert re.fullmatch(r"disk that they take when all are stored: 0\.\d MB at most", done[7])
    more = run_spec(*call, "-s", "train.epochs=9", "-s", "sweep.seeds=[1, 3]").stdout.splitlines()[4:]
    assert [" ".join(line.split()[1:3]) for line in more[1:5]] == ["partly done", "to do", "partly done", "to do"]
    assert all(re.search(r" \d/9 +\d+ (s|min)  ", line) for line in more[1:5])
    assert more[5] == "4 different runs: 2 partly done, 2 to do"
    assert more[6].startswith("time for what is missing: about ")
    unknown = run_spec(*call, "-s", "model.hidden=5").stdout.splitlines()
    assert unknown[-2] == "time for what is missing: unknown, since no like run is stored"


def test_overridden_keys_are_columns_and_stand_in_the_command(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    settings = ("train.learning_rate=0.25", "sweep=null")
    run(tmp_path / "tiny.yaml", out=tmp_path, overrides=settings)
    assert list(pd.read_csv(tmp_path / "tiny" / "runs.csv")["train.learning_rate"]) == [0.25]
    text = (tmp_path / "tiny" / "report.md").read_text(encoding="utf-8")
    assert f"{tmp_path}/tiny.yaml -s train.learning_rate=0.25 -s sweep=null --out" in text


def test_ten_thousand_runs_are_checked_and_planned_in_a_few_times_what_one_takes(tmp_path: Path) -> None:
    sizes = {"model.hidden": 100, "train.seed": 10, "train.batch_size": 10}
    many = {key: list(range(1, size + 1)) for key, size in sizes.items()}
    for option in ("--check", "--plan"):
        seconds = []
        for name, axes in (("one", {}), ("many", many)):
            spec = tmp_path / f"{name}.yaml"
            spec.write_text(yaml.safe_dump({"name": name, "sweep": {"grid": axes}}), encoding="utf-8")
            before = seconds_of_children()
            result = run_spec(spec, option, "--out", tmp_path)
            seconds.append(seconds_of_children() - before)
        assert "10000" in result.stdout.replace(",", "")
        assert seconds[1] < 5 * seconds[0]


def test_missing_environment_variable_ends_with_status_2_and_says_what_to_set() -> None:
    result = run_spec(ROOT / "specs" / "02-coursework.yaml")
    assert result.returncode == 2
    assert "NLU_DATA is not set; set it: NLU_DATA=.." in result.stderr


def test_bad_data_ends_with_status_2_before_any_training(tmp_path: Path) -> None:
    result = run_spec(ROOT / "specs" / "02-coursework.yaml", "--out", tmp_path, NLU_DATA=str(tmp_path / "none"))
    assert result.returncode == 2
    assert "02-coursework.yaml:8:9: data.path: ${NLU_DATA} does not exist" in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(tmp_path.iterdir())


MISFITS = {
    "name: a\ndata:\n  source: text\n": (3, 11, "data.source: text needs data.path"),
    "name: a\ndata:\n  source: coursework\n  path: none\n": (4, 9, "data.path: "),
    "name: a\nsweep:\n  grid: {data.vocab_size: [9, 3]}\n": (3, 31, "data.vocab_size: the source grammar needs"),
}


@pytest.mark.parametrize("text", MISFITS)
def test_setting_that_the_data_cannot_satisfy_is_told_with_its_place_in_the_spec(tmp_path: Path, text: str) -> None:
    spec = tmp_path / "a.yaml"
    spec.write_text(text, encoding="utf-8")
    line, column, message = MISFITS[text]
    with pytest.raises(SpecError) as raised:
        run(spec, out=tmp_path / "reports")
    assert str(raised.value).startswith(f"{spec}:{line}:{column}: {message}")
    assert not (tmp_path / "reports").exists()


def test_what_is_odd_about_data_is_told_once_a_data_set_at_planning_at_the_start_and_in_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for part in ("train", "dev"):
        (tmp_path / f"{part}.txt").write_text("the zebra runs . <eos>\n" * 3, encoding="utf-8")
    spec = tmp_path / "odd.yaml"
    sweep = "sweep: {grid: {train.anneal: [2, 3]}, seeds: [1, 2]}"
    spec.write_text(f"name: odd\ndata: {{source: text, path: .}}\ntrain: {{epochs: 1}}\n{sweep}\n", encoding="utf-8")
    warnings = [f"warning: {tmp_path}/{part}.txt: 3 of 3 sentences end with `<eos>`" for part in ("train", "dev")]
    monkeypatch.setattr(sys, "argv", ["run_spec.py", str(spec)])
    with pytest.raises(SystemExit) as planned:
        main([str(spec), "--plan", "--out", str(tmp_path / "reports")])
    assert planned.value.code == 0
    plan = capsys.readouterr().out
    (outcome,) = run(spec, out=tmp_path / "reports", workers=1)
    start = capsys.readouterr().out
    for told in (plan, start):
        assert "  dev    3 sentences, 15 words, 0 of them unknown (0.0%)\n" in told
        assert [line.partition(", and")[0] for line in told.splitlines() if "warning" in line] == warnings
    setup = (outcome.page.parent / "report.md").read_text(encoding="utf-8").partition("## Setup")[2]
    assert "- development set: 3 sentences, 15 words, 0 of them unknown (0.0%)\n" in setup
    assert setup.count("- warning: ") == len(warnings)


@pytest.mark.parametrize("in_the_way", ["reports", "reports/runs", "reports/tiny"])
def test_file_where_a_folder_is_to_be_written_is_told_before_any_training(tmp_path: Path, in_the_way: str) -> None:
    spec, place = tmp_path / "tiny.yaml", tmp_path / in_the_way
    spec.write_text(TINY, encoding="utf-8")
    place.parent.mkdir(exist_ok=True)
    place.touch()
    result = run_here(spec, "--out", tmp_path / "reports")
    assert result.exit_code == 2
    assert "this folder cannot be made (File exists)" in result.stderr or "(Not a directory)" in result.stderr
    assert "choose another place with --out" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "to train" not in result.stdout


@pytest.mark.skipif("NLU_DATA" not in os.environ, reason="set NLU_DATA to the folder of the NLU+ coursework corpus")
def test_first_setting_of_table_1_on_the_real_data(tmp_path: Path) -> None:
    result = run_here(ROOT / "specs" / "02-coursework.yaml", "--out", tmp_path, NLU_DATA=os.environ["NLU_DATA"])
    assert result.exit_code == 0, result.output
    runs = pd.read_csv(tmp_path / "02-coursework" / "runs.csv")
    assert 4.9 < runs["best_loss"].item() < 5.2


SEARCH = """
name: found
data: {task: agreement, distance: uniform, max_distance: 2, train_size: 60, dev_size: 40}
model: {hidden: 4, lookback: 1}
train: {epochs: 2, batch_size: 20}
search:
  tuner: random
  max_trials: 3
  confirm_seeds: 2
  space: {train.learning_rate: {float: [0.1, 2.0]}, train.anneal: {choice: [0, 1, 5]}}
"""


def test_a_search_trains_its_trials_once_confirms_the_best_and_refuses_another_search(tmp_path: Path) -> None:
    path = tmp_path / "found.yaml"
    path.write_text(SEARCH, encoding="utf-8")
    (outcome,) = run(path, out=tmp_path)
    runs = pd.read_csv(outcome.page.parent / "runs.csv")
    assert list(runs["status"]) == ["done"] * 5
    assert list(runs["train.seed"]) == [2018, 2018, 2018, 2019, 2020]
    trials = runs[:3]
    best = trials.sort_values("best_loss").iloc[0]
    assert (runs[3:]["train.learning_rate"] == best["train.learning_rate"]).all()
    assert (runs[3:]["train.anneal"] == best["train.anneal"]).all()
    trained = {path: path.stat().st_mtime_ns for path in (tmp_path / "runs").rglob("record.json")}
    run(path, out=tmp_path)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "runs").rglob("record.json")} == trained
    with pytest.raises(SpecError, match=r"search\.seed changed since"):
        run(path, out=tmp_path, overrides=["search.seed=3"])
    (again,) = run(path, out=tmp_path, overrides=["search.seed=3"], fresh=True, workers=1)
    assert len(pd.read_csv(again.page.parent / "runs.csv")) == 5


def test_plan_of_a_search_says_what_it_does_and_how_far_it_has_come(tmp_path: Path) -> None:
    (tmp_path / "found.yaml").write_text(SEARCH, encoding="utf-8")
    told = run_here(tmp_path / "found.yaml", "--plan", "--out", tmp_path, "-j", "1")
    assert (told.exit_code, told.stderr) == (0, "")
    assert "up to 3 trials by the tuner random" in told.stdout
    assert "1 different run: 1 to do" in told.stdout
    assert "after that: up to 2 more trials, then the best again on 2 fresh seeds" in told.stdout


@pytest.mark.parametrize("moment", ["while it ends", "when all is said"])
def test_a_second_interrupt_ends_at_once_without_a_traceback(tmp_path: Path, moment: str) -> None:
    spec = tmp_path / "a.yaml"
    spec.write_text("name: a\n", encoding="utf-8")
    code = f"""
import gc, signal, time
import toolkit.experiment
from toolkit.cli import main

def interrupt():
    signal.raise_signal(signal.SIGINT)

def run(*_, **__):
    try:
        interrupt()
    finally:
        if {moment == "while it ends"}:
            try:
                interrupt()
            finally:
                time.sleep(60)

toolkit.experiment.run = run
gc.collect = interrupt
signal.signal(signal.SIGINT, signal.default_int_handler)
main([{str(spec)!r}])
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=50, check=False)
    assert ended.returncode == 130
    assert ended.stderr.count("interrupted; all epochs shown") == 1
    assert "Traceback" not in ended.stderr


def test_what_a_log_file_has_no_code_for_is_shown_as_an_escape(tmp_path: Path) -> None:
    for file in ("grün/train.txt", "grün/dev.txt", "blau/train.txt", "blau/dev.txt"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("a b\n", encoding="utf-8")
    spec = tmp_path / "a.yaml"
    spec.write_text("name: a\ndata: {source: text}\nsweep: {grid: {data.path: [grün, blau]}}\n", encoding="utf-8")
    told = run_spec(spec, "--report-only", "--out", tmp_path, PYTHONIOENCODING="ascii")
    assert (told.returncode, told.stderr) == (1, "")
    assert "/gr\\xfcn" in told.stdout


def test_a_path_that_is_not_utf_8_ends_no_report(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(bytes(tmp_path) + b"/gr\xfcn"))
    (folder / "data").mkdir(parents=True)
    for part in ("train", "dev"):
        (folder / "data" / f"{part}.txt").write_text("a b\n", encoding="utf-8")
    spec = folder / "a.yaml"
    spec.write_text("name: a\ndata: {source: text, path: data}\ntrain: {epochs: 1}\n", encoding="utf-8")
    told = run_spec(spec, "--out", folder)
    assert (told.returncode, told.stderr) == (0, "")
    again = run_spec(spec, "--out", folder, "--report-only")
    assert (again.returncode, again.stderr) == (0, "")
    assert "a: 1 of 1 run is stored" in again.stdout
    assert r"gr\udcfcn" in (folder / "a" / "report.md").read_text(encoding="utf-8")
