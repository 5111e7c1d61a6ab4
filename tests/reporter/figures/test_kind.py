"""How to add a kind of figure: a file, and a row of the language; specs, checks and reports do the rest."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reporter.conftest import MakeStudy
from toolkit.entries import found
from toolkit.errors import SpecError
from toolkit.reporter.figures.gallery import figures
from toolkit.reporter.figures.kind import Kind
from toolkit.reporter.numbers.results import collect_results
from toolkit.spec.figure_kinds import FIGURE_KINDS, KEYS, MEASURES, FigureKind
from toolkit.spec.loader import load_spec

STEM = '''
"""Stems: a mean as a stem, for each value of a key."""

from matplotlib.figure import Figure

from toolkit.reporter.figures.kind import Kind
from toolkit.reporter.numbers.caption_sentences import joined, over_seeds


def data(asked):
    return asked.results.summarised([asked.figure.x], [asked.metric])


def draw(asked, data):
    figure = Figure()
    axes = figure.subplots()
    axes.stem(data[asked.figure.x], data[asked.figure.y])
    axes.set(xlabel=asked.figure.x, ylabel=asked.metric.label)
    return figure


def caption(asked, data):
    return joined(f"{asked.figure.y} of each {asked.figure.x}.", over_seeds(asked.results))


KIND = Kind(data, draw, caption, lambda asked, data: data)
'''
FIGURE = {"name": "mine", "kind": "stem", "x": "model.hidden", "y": "best_loss"}


@pytest.fixture
def _stems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A toolkit that has one more kind of figure."""
    (tmp_path / "stems.py").write_text(STEM, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    row = FigureKind("stem", "stems:KIND", (KEYS,), (MEASURES,), without={"hue": "stems have one colour; leave it out"})
    FIGURE_KINDS.append(row)
    yield
    FIGURE_KINDS.remove(row)
    sys.modules.pop("stems", None)


@pytest.mark.usefixtures("_stems")
def test_a_kind_that_is_a_file_and_a_row_is_drawn_in_a_report(make_study: MakeStudy) -> None:
    (drawn,) = figures(collect_results(*make_study(report={"figures": [FIGURE]}, train={"anneal": 0})))
    assert drawn.name == "mine"
    assert drawn.figure.axes[0].get_ylabel() == "best_loss (nats)"
    assert drawn.caption.startswith("best_loss of each model.hidden. ")
    assert list(drawn.data["model.hidden"]) == sorted(set(drawn.data["model.hidden"]))


@pytest.mark.usefixtures("_stems")
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"x": "model.hiden"}, "model.hiden is no column for x"),
        ({"y": "model.cell"}, "model.cell is no column for y"),
        ({"hue": "model.cell"}, "hue: stems have one colour; leave it out"),
        ({"value": "best_loss"}, "value is the measure of a heatmap; this is a stem figure, leave it out"),
        ({"kind": "stemm"}, "or stem"),
    ],
)
def test_what_it_does_not_take_is_told_from_its_row(change: dict[str, str], told: str, tmp_path: Path) -> None:
    spec = tmp_path / "a.yaml"
    spec.write_text(f"name: a\nreport: {{figures: [{FIGURE | change}]}}\n".replace("'", ""), encoding="utf-8")
    with pytest.raises(SpecError) as error:
        load_spec(spec)
    assert told in str(error.value)


@pytest.mark.parametrize("row", FIGURE_KINDS, ids=lambda row: row.drawn)
def test_every_row_leads_to_its_kind(row: FigureKind) -> None:
    assert isinstance(found(row.drawn), Kind)
