"""What reports say, however odd the spec and its runs are: numbers with their nouns, and every format's own escapes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.reporter.conftest import MakeRecord, MakeStudy
from tests.reporter.search.test_search import record as searched_record
from toolkit.reporter import report
from toolkit.reporter.combined import Part, write_combined
from toolkit.reporter.numbers.frames import Runs
from toolkit.reporter.page.origin import NOT_KNOWN, provenance
from toolkit.reporter.page.runbook import run_data
from toolkit.reporter.report import Report, make_report
from toolkit.spec.schema import Experiment
from toolkit.spec.trials import SearchResult, trial_spec

HOSTILE = r"<b id=x>a & b</b> | _c_ *d* $e$ 100% \f #1 ~g~ ^h [i](j) `k` &lt; <!-- {l} a<b"
NOUNS = (
    "run|seed|trial|setting|comparison|contrast|sentence|repetition|value|report|claim|combination|epoch|resample|"
    "published number|fresh seed|key|group"
)
ONE_OF_SEVERAL = re.compile(rf"(?<![\d.,])1 (?:(?:{NOUNS})s|were)\b")
SEVERAL_OF_ONE = re.compile(rf"(?<![\d.,/-])(?:0|[2-9]|[1-9]\d+) (?:{NOUNS})(?![\w-])")
NO_WORDS = re.compile(r"\bNone\b|\bnan\b|\bNaN\b|\bTrue\b|\bFalse\b|\binf\b|<NA>")
NEEDLESS = re.compile(r"&lt;(?![A-Za-z/!?])|&amp;(?!#?\w+;)|(?<=\S)&gt;|&quot;|&#")
"""What stands for a character in HTML, where Markdown would have shown the character itself."""
TAG = re.compile(r"<[A-Za-z/!?]")
REPORTS = settings(max_examples=15, phases=[Phase.generate])  # to find the smallest such report takes minutes


class Read(HTMLParser):
    """A page's text without its scripts, drawings and sources, and the attributes of its elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.identities: list[str] = []
        self.within: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.identities += [value or "" for name, value in attributes if name == "id"]
        if tag in ("script", "style", "svg", "pre"):
            self.within.append(tag)
        if tag in ("p", "li", "td", "th", "h1", "h2", "h3", "dd", "dt"):
            self.text += " "

    def handle_endtag(self, tag: str) -> None:
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        if not self.within:
            self.text += data


def without_code(markdown: str) -> str:
    return "\n".join(line for line in markdown.splitlines() if not line.startswith("    "))


def assert_reads_right(files: Mapping[str, bytes]) -> None:
    """Numbers agree with their nouns in every text of a report, and each format has no other's escapes."""
    texts = {name: content.decode() for name, content in files.items() if name.endswith((".html", ".md", ".tex"))}
    for name, text in texts.items():
        said = text
        if name.endswith(".html"):
            page = Read(text)
            assert "x" not in page.identities, name
            said = page.text
        elif name.endswith(".md"):
            said = without_code(text).replace("\\", "")
            assert not NEEDLESS.search(said), name
            assert not TAG.search(said), name
        else:
            assert re.search(r"&(lt|gt|amp);", text.replace(r"\&lt;", "")) is None, name
            assert re.search(r"(?<!\\)[$#%]", text) is None, name
        for rule in (ONE_OF_SEVERAL, SEVERAL_OF_ONE, NO_WORDS):
            found = rule.search(said.replace("the dev loss is nan", ""))  # a run's own error
            assert found is None, f"{name}: .. {said[max(found.start() - 60, 0) : found.end() + 60]} .."


@pytest.fixture(scope="module", autouse=True)
def undrawn() -> Iterator[None]:
    """Figures are described and not drawn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "render", lambda figure, kind: b"<svg></svg>")
        yield


def made(study: tuple[Experiment, Runs]) -> Report:
    return make_report(*study, "python run_spec.py study.yaml")


GRIDS: list[dict[str, list[Any]]] = [
    {},
    {"model.cell": ["rnn"]},
    {"model.cell": ["rnn", "gru"]},
    {"model.lookback": [0, 1, "full"]},
    {"model.cell": ["rnn", "gru"], "model.hidden": [1, 2]},
]
CLAIMS = [
    {"claim": f"GRU first {HOSTILE}", "setting": {"model.cell": "gru"}, "than": {"model.cell": "rnn"}},
    {"claim": "As one", "setting": {"model.cell": "gru"}, "than": {"model.cell": "rnn"}, "is": "the same", "margin": 1},
]
STATES = ("done", "done", "done", "failed", "diverged", "missing")


@REPORTS
@given(data=st.data())
def test_reports_of_odd_runs_read_right(data: st.DataObject, make_study: MakeStudy) -> None:
    grid = data.draw(st.sampled_from(GRIDS))
    seeds = data.draw(st.sampled_from([[], [1], [1, 2], [1, 2, 3]]))
    size = max(len(seeds), 1)
    for values in grid.values():
        size *= len(values)
    state = data.draw(st.sampled_from(["done", "failed", "diverged", "missing", "mixed"]))
    states = data.draw(st.lists(st.sampled_from(STATES), min_size=size, max_size=size)) if state == "mixed" else []
    numbers = {
        name: [place for place in range(size) if (states[place] if states else state) == name]
        for name in ("failed", "diverged", "missing")
    }
    compares = "model.cell" in grid and len(grid["model.cell"]) > 1
    claims = data.draw(st.sampled_from([[], CLAIMS[:1], CLAIMS])) if compares else []
    task = data.draw(st.sampled_from(["agreement", "language_model"]))
    study = make_study(
        grid=grid,
        seeds=seeds,
        question=data.draw(st.sampled_from(["", HOSTILE, "Is 1 < 2?"])),
        data={"task": task},
        evaluate={"by": ["distance", "attractors"]} if task == "agreement" and data.draw(st.booleans()) else {},
        report={"claims": claims} if claims else {},
        error=f"no memory {HOSTILE}",
        best=lambda run: 0.4 + run.config.train.seed % 7 / 100,
        **numbers,
    )
    assert_reads_right(made(study).files)


@pytest.mark.parametrize("repetitions", [1, 2])
def test_reports_of_repeated_runs_read_right(make_study: MakeStudy, repetitions: int) -> None:
    study = make_study(grid={"model.cell": ["rnn"]}, seeds=[1], sensitivity=repetitions)
    files = made(study).files
    assert_reads_right(files)
    told = "1 repetition whose" if repetitions == 1 else "2 repetitions whose"
    assert told in files["report.md"].decode()


@pytest.mark.parametrize("values", [1, 2])
def test_reports_of_published_values_and_what_combines_them_read_right(
    make_study: MakeStudy, tmp_path: Path, values: int
) -> None:
    rows = ["model.cell,metric,value,note", "rnn,best_loss,0.5,deviates <here> & there", "gru,best_loss,0.444,"]
    (tmp_path / "p.csv").write_text("\n".join(rows[: values + 1]), encoding="utf-8")
    study = make_study(seeds=[1], report={"published": str(tmp_path / "p.csv"), "claims": CLAIMS[: values - 1]})
    one = made(study)
    assert_reads_right(one.files)
    combined = Experiment.model_validate({"name": "all", "question": HOSTILE, "combine": ["study.yaml"]})
    page = write_combined(combined, [Part(study[0], one.page)], tmp_path / "all", "python run_spec.py all.yaml")
    files = {path.name: path.read_bytes() for path in page.parent.rglob("*.*")}
    assert "report.md" in files
    assert_reads_right(files)


@pytest.mark.parametrize(
    ("trials", "failing", "confirmed"), [(1, 0, 0), (1, 0, 1), (1, 1, 0), (2, 1, 2), (2, 2, 0), (6, 1, 1)]
)
def test_reports_of_searches_read_right(trials: int, failing: int, confirmed: int) -> None:
    rates = [0.1 * place for place in range(1, trials + 1)]
    space = {"train.learning_rate": {"float": [0.01, 1.0], "log": True}}
    asked = Experiment.model_validate({"name": "found", "train": {"epochs": 3}, "search": {"space": space}})
    tried = [trial_spec(asked, {"train.learning_rate": rate}) for rate in rates]
    runs = [(one, searched_record(one, None if at < failing else 4 + rates[at])) for at, one in enumerate(tried)]
    winner = failing if failing < trials else None
    again = [
        trial_spec(asked, {"train.learning_rate": rates[winner], "train.seed": seed})
        for seed in range(confirmed if winner is not None else 0)
        if winner is not None
    ]
    runs += [(one, searched_record(one, 4.0 + seed)) for seed, one in enumerate(again)]
    result = SearchResult(tried, again, winner, is_complete=trials == 2, has_ended=True)
    assert_reads_right(make_report(asked, runs, "python run_spec.py found.yaml", result).files)


def test_what_could_not_be_found_out_is_told_in_words(make_study: MakeStudy, make_record: MakeRecord) -> None:
    _, runs = make_study(grid={}, seeds=[1])
    told = {"git": None, "machine": {"processor": None, "cores": 2}, "dirty": False}
    known = [(run, replace(make_record(run, [0.9, 0.5]), provenance=told)) for run, _ in runs]
    assert provenance(known) == [
        ("git", NOT_KNOWN),
        ("machine.processor", NOT_KNOWN),
        ("machine.cores", "2"),
        ("dirty", "false"),
    ]
    assert f'"git":"{NOT_KNOWN}"' in run_data(known)
    assert '"git":null' not in run_data(known)
