"""What the pages under docs/ show is what the project does."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import chunked_truncation
import pages
import pytest
import results
import speed_tables
import sweeps
import truncated_rnn
import yaml

from toolkit import build
from toolkit.data.dataset import load_corpus
from toolkit.spec.annealing import rate_at
from toolkit.spec.loader import load_spec, load_specs
from toolkit.spec.schema import DataConfig
from toolkit.spec.sources import source_of
from toolkit.spec.sweep import expand

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs").glob("*.md"))
PAGE = (ROOT / "docs" / "truncated-bptt.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    pages = [page.read_text(encoding="utf-8") for page in PAGES]
    return [block for page in pages for block in re.findall(rf"```{language}\n(.*?)```", page, flags=re.DOTALL)]


@pytest.mark.parametrize("code", blocks("python"))
def test_every_example_runs(code: str) -> None:
    exec(compile(code, "docs", "exec"), {})  # noqa: S102  our own documentation


@pytest.mark.parametrize("text", blocks("yaml"))
def test_every_spec_shown_can_be_run_and_has_as_many_runs_as_it_says(tmp_path: Path, text: str) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(text.replace("../specs/", f"{ROOT}/specs/"), encoding="utf-8")
    runs = [run for spec in load_specs([path], {"NLU_DATA": "nowhere"}) for run in expand(spec.experiment)]
    assert build(runs[-1].config, vocabulary_size=10).count_params()
    if told := re.search(r"# .*?(\d+) runs?\n", text):
        assert len(runs) == int(told[1])


DATA = re.findall(
    r"```(text|csv|tsv|jsonl|conllu|conll)\n(.*?)```.*?```yaml\n(.*?)```",
    (ROOT / "docs" / "data.md").read_text(encoding="utf-8"),
    flags=re.DOTALL,
)
"""The example of each format, how its files' names end, and the spec that reads it."""


SECTIONS = re.findall(
    r"(?:```csv\n([^`]*?)```\n\n)?```yml\n(.*?)```",
    (ROOT / "docs" / "data.md").read_text(encoding="utf-8"),
    flags=re.DOTALL,
)
"""Sections `data` of numbers and generated ones, with the file that they read where they do."""


@pytest.mark.parametrize(("content", "text"), SECTIONS)
def test_every_section_of_numbers_shown_reads_what_is_shown_above_it(tmp_path: Path, content: str, text: str) -> None:
    section = yaml.safe_load(text)
    if content:
        section["path"] = str(tmp_path / section["path"])
        Path(section["path"]).write_text(content, encoding="utf-8")
    data = DataConfig.model_validate(section)
    corpus, source = load_corpus(data), source_of(data.source)
    assert corpus.test
    assert not corpus.remarks
    assert set(corpus.train.columns) == set(source.delivered(source.delivers or (), data))


def test_both_ways_to_read_series_and_a_memory_problem_are_shown() -> None:
    assert [bool(content) for content, _ in SECTIONS] == [True, True, False]


@pytest.mark.parametrize(("language", "content", "text"), DATA, ids=[example[0] for example in DATA])
def test_every_format_shown_is_read_by_the_spec_below_it(
    tmp_path: Path, language: str, content: str, text: str
) -> None:
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    data = load_spec(tmp_path / "spec.yaml").data
    path, ending = Path(str(data.path)), {"text": "txt"}.get(language, language)
    (path if data.split is None else path.parent).mkdir(exist_ok=True)
    for file in [path] if data.split else [path / f"{part}.{ending}" for part in ("train", "dev")]:
        file.write_text(content, encoding="utf-8")
    corpus = load_corpus(data)
    columns = data.columns.model_dump() if data.columns else {}
    assert len(corpus.train) >= 1
    assert columns.keys() - {"text", "words"} <= corpus.train.columns.keys()


def test_schedules_are_what_the_page_says(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "specs.md").read_text(encoding="utf-8")
    written = re.findall(r"^\| `anneal: (.*?)` \| (.*?)(?:, short for `(.*?)`)? \|$", page, flags=re.MULTILINE)
    assert len(written) == 5
    for short, formula, long in written:
        for text in filter(None, (short, long)):
            path = tmp_path / "spec.yaml"
            path.write_text(f"{{name: a, train: {{learning_rate: 2.0, anneal: {text}}}}}", encoding="utf-8")
            train = load_spec(path).train
            for e in (0, 1, 13):
                rate = rate_at(train.learning_rate, train.anneal, e)
                if "cosine" not in formula:
                    assert rate == pytest.approx(eval(formula, {"lr_0": 2.0, "e": e}))  # noqa: S307  our own page
            assert rate_at(2.0, train.anneal, 0) == 2.0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_links_to_exist(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_commands_shown_are_there() -> None:
    commands = re.findall(r"^    (?:python|run-spec) (\S+)(?: (\S+))?$", PAGE, flags=re.MULTILINE)
    assert len(commands) == 3
    assert [path for command in commands for path in command if not (ROOT / path).exists()] == []


def test_figures_of_speed_and_memory_are_those_that_were_measured() -> None:
    for text in truncated_rnn.tables(json.loads(truncated_rnn.RESULTS.read_text(encoding="utf-8"))):
        assert text in PAGE


def test_figures_of_chunked_truncation_are_those_that_were_measured() -> None:
    assert chunked_truncation.table(json.loads(chunked_truncation.RESULTS.read_text(encoding="utf-8"))) in PAGE


def test_commands_of_the_spec_language_are_right() -> None:
    page = (ROOT / "docs" / "specs.md").read_text(encoding="utf-8")
    commands = [shlex.split(line, comments=True) for line in re.findall(r"^    run-spec (.*)$", page, re.MULTILINE)]
    assert len(commands) == 6
    for command in commands:
        check = [] if {"--schema", "--plan", "--check"} & set(command) else ["--check"]
        call = [sys.executable, "-m", "toolkit", *command, *check]
        told = subprocess.run(call, capture_output=True, text=True, check=False, cwd=ROOT)
        assert told.returncode == 0, told.stderr


def test_figures_of_sweeps_are_those_that_were_measured() -> None:
    page = sweeps.PAGE.read_text(encoding="utf-8")
    assert "<!-- throughput -->" in page
    assert pages.filled(page, sweeps.tables(json.loads(sweeps.RESULTS.read_text(encoding="utf-8")))) == page


@pytest.mark.parametrize("path", results.PAGES, ids=lambda path: path.name)
def test_figures_of_speed_are_those_that_were_measured(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    assert "<!-- epochs -->" in page
    assert pages.filled(page, speed_tables.tables(results.load())) == page
