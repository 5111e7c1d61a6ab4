"""What the pages under docs/ show is what the project does."""

import json
import re
from pathlib import Path

import chunked_truncation
import pytest
import truncated_rnn

from toolkit import build
from toolkit.spec.loader import load_spec
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
def test_every_spec_shown_can_be_built(tmp_path: Path, text: str) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    for run in expand(load_spec(path)):
        assert build(run.config, vocabulary_size=10).count_params()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_links_to_exist(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_commands_shown_are_there() -> None:
    commands = re.findall(r"^    python (\S+)(?: (\S+))?$", PAGE, flags=re.MULTILINE)
    assert len(commands) == 3
    assert [path for command in commands for path in command if not (ROOT / path).exists()] == []


def test_figures_of_speed_and_memory_are_those_that_were_measured() -> None:
    for text in truncated_rnn.tables(json.loads(truncated_rnn.RESULTS.read_text(encoding="utf-8"))):
        assert text in PAGE


def test_figures_of_chunked_truncation_are_those_that_were_measured() -> None:
    assert chunked_truncation.table(json.loads(chunked_truncation.RESULTS.read_text(encoding="utf-8"))) in PAGE
