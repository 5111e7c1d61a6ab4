"""One report over several."""

import io
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from toolkit.reporter.answer.phrasing import counted
from toolkit.reporter.combined import Part, write_combined
from toolkit.reporter.published.reproduction import draw_reproduction
from toolkit.reporter.report import make_report
from toolkit.spec.schema import Experiment
from toolkit.tasks.reported import known_measures

from .conftest import MakeStudy

COMMAND = "python run_spec.py study.yaml"
HOSTILE = "<script>alert(1)</script>"
FIGURES = [{"name": "loss", "x": "model.lookback", "y": "best_loss"}]


def part(study: tuple[Experiment, object]) -> Part:
    return Part(study[0], make_report(*study, COMMAND).page)  # type: ignore[arg-type]


def combine(parts: Sequence[Part], folder: Path) -> Path:
    names = [f"{one.page.name}.yaml" for one in parts]
    experiment = Experiment.model_validate({"name": "all", "question": f"What holds? {HOSTILE}", "combine": names})
    return write_combined(experiment, parts, folder, COMMAND)


@pytest.fixture
def published(tmp_path: Path) -> str:
    rows = ["model.cell,metric,value", "rnn,best_loss,0.5", "gru,best_loss,0.444", "gru,seconds_per_epoch,9"]
    (tmp_path / "p.csv").write_text("\n".join(rows), encoding="utf-8")
    return str(tmp_path / "p.csv")


def test_verdicts_of_all_reports_are_counted_each_number_once(
    make_study: MakeStudy, published: str, tmp_path: Path
) -> None:
    one = part(make_study(name="one", report={"published": published}))
    other = part(make_study(name="other", report={"published": published}, missing=range(6)))
    page = combine([one, other, part(make_study(name="third"))], tmp_path / "all")
    frame = pd.read_csv(page.parent / "tables" / "verdicts.csv").set_index("report")
    assert list(frame.index) == ["one", "other", "all"]
    assert list(frame["numbers"]) == [3, 3, 6]
    assert list(frame["equal to the printed digits"]) == [1, 0, 1]
    assert list(frame["differs"]) == [1, 0, 1]
    assert list(frame["not judged"]) == [1, 0, 1]
    assert list(frame["not measured"]) == [0, 3, 3]
    assert "Of 6 published numbers, 2 were judged, and 1 of these is equal" in page.read_text()
    assert "not trained, in other" in page.read_text()


def test_decimals_that_rounding_determines_stand_beside_the_printed_ones(
    make_study: MakeStudy, published: str, tmp_path: Path
) -> None:
    losses = (0.5, 0.502, 0.499)
    study = make_study(
        seeds=[],
        sensitivity=2,
        best=lambda run: losses[run.config.train.perturbation],
        report={"published": published},
    )
    frame = pd.read_csv(combine([part(study)], tmp_path / "all").parent / "tables" / "verdicts.csv")
    assert frame[["printed", "determined"]].to_numpy()[0].tolist() == [2.0, 1.0]


def test_page_has_the_tables_and_the_declared_figures_of_each_report(make_study: MakeStudy, tmp_path: Path) -> None:
    grid = {"model.lookback": [0, 2]}
    parts = [
        part(make_study(grid, name=name, best=lambda run: 0.5, report={"figures": FIGURES})) for name in ("a", "b")
    ]
    text = combine(parts, tmp_path / "all").read_text()
    for name in ("a", "b"):
        assert f'<a href="../{name}/index.html">{name}</a>' in text
        assert f'id="table-{name}-comparison"' in text
        assert f'aria-label="{name}-loss"' in text
    assert "learning_curves" not in text
    assert HOSTILE not in text
    assert not (tmp_path / "all" / "tables").exists()


def test_the_same_reports_give_the_same_bytes(make_study: MakeStudy, published: str, tmp_path: Path) -> None:
    parts = [part(make_study(report={"published": published}))]
    folders = [combine(parts, tmp_path / name).parent for name in ("one", "two")]
    files = [{path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")} for folder in folders]
    assert files[0] == files[1]
    assert pd.read_csv(io.BytesIO(files[0][Path("tables/published.csv")]))["report"].tolist() == ["study"] * 3


def test_claims_of_all_reports_have_a_page(make_study: MakeStudy, tmp_path: Path) -> None:
    claim = {"claim": f"The GRU is better {HOSTILE}", "setting": {"model.cell": "gru"}, "than": {"model.cell": "rnn"}}
    against = {"claim": "The RNN is better", "setting": {"model.cell": "rnn"}, "than": {"model.cell": "gru"}}
    parts = [
        part(make_study(name="one", report={"claims": [claim]})),
        part(make_study(name="other", report={"claims": [against]})),
        part(make_study(name="third")),
    ]
    index = combine(parts, tmp_path / "all")
    told = "Of 2 claims: 1 holds, 1 does not hold."
    assert f'{told} <a href="what_holds.html">' in index.read_text()
    text = (index.parent / "what_holds.html").read_text()
    assert told in text
    assert text.index("The GRU is better") < text.index("The RNN is better")
    assert 'id="third"' not in text
    assert HOSTILE not in text
    assert not (combine(parts[2:], tmp_path / "all").parent / "what_holds.html").exists()


@pytest.mark.parametrize(
    ("count", "verdict", "told"),
    [
        (1, "holds", "1 holds"),
        (9, "holds", "9 hold"),
        (0, "does not hold", "0 do not hold"),
        (2, "differs", "2 differ"),
        (3, "not judged", "3 not judged"),
    ],
)
def test_verdicts_are_counted_in_words(count: int, verdict: str, told: str) -> None:
    assert counted(count, verdict) == told


def test_points_within_one_unit_have_one_mark_whatever_the_unit() -> None:
    verdicts = ["within 0.01", "differs", "within 0.001", "equal to the printed digits"]
    data = pd.DataFrame({"metric": "best_loss", "published": [1.0, 2, 3, 4], "measured": [1.01, 2.5, 3.001, 4]})
    figure = draw_reproduction(data.assign(verdict=verdicts), [], known_measures())
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "equal to the printed digits",
        "within one unit of the last printed digit",
        "differs",
    ]
