"""The study's own numbers, on its own data."""

import os
from pathlib import Path

import pandas as pd
import pytest

from toolkit.experiment import run

STUDY = Path(__file__).parents[2] / "specs" / "study"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("NLU_DATA" not in os.environ, reason="set NLU_DATA to the folder of the NLU+ coursework corpus"),
]


def compared(name: str, folder: Path) -> pd.DataFrame:
    outcome = run(STUDY / f"{name}.yaml", out=folder, workers=2, overrides=["sensitivity=0"])[0]
    assert outcome.failed == 0
    return pd.read_csv(outcome.page.parent / "tables" / "published.csv", dtype={"published": str})


def test_table_1_is_equal_to_every_printed_digit(tmp_path: Path) -> None:
    frame = compared("table01", tmp_path)
    assert sorted(frame["metric"]) == ["best_loss"] * 18 + ["perplexity"] * 18
    assert set(frame["verdict"]) == {"equal to the printed digits"}


def test_table_2_is_equal_to_the_digit_and_its_gru_to_the_last_one(tmp_path: Path) -> None:
    frame = compared("table02", tmp_path)
    judged = frame[frame["metric"] != "seconds_per_epoch"]
    rnn, gru = judged[judged["model.cell"] == "rnn"], judged[judged["model.gradient"] == "coursework"]
    assert len(rnn) == len(gru) == 6
    assert set(rnn["verdict"]) == {"equal to the printed digits"}
    assert set(gru[gru["metric"] == "accuracy"]["verdict"]) == {"equal to the printed digits"}
    losses = gru[gru["metric"] == "best_loss"]
    assert set(losses["verdict"]) <= {"equal to the printed digits", "within 0.0001"}
    assert losses["note"].str.contains("deviates from the true one").all()
    exact = judged[(judged["model.cell"] == "gru") & (judged["model.gradient"] == "exact")]
    assert exact[(exact["model.hidden"] == 50) & (exact["metric"] == "best_loss")]["measured"].item() == pytest.approx(
        0.52356, abs=1e-5
    )


def test_figure_2b_at_lookback_5_with_both_gradients(tmp_path: Path) -> None:
    small = "sweep={grid: {train.epochs: null, model.lookback: [5]}}"
    page = run(STUDY / "gru-gradient.yaml", out=tmp_path, workers=2, overrides=[small])[0].page
    losses = pd.read_csv(page.parent / "runs.csv").set_index("model.gradient")["best_loss"]
    assert losses["coursework"] == pytest.approx(0.4173, abs=0.0002)
    assert losses["exact"] == pytest.approx(0.4034, abs=0.0002)


def test_cells_of_table_3_with_small_batches_are_equal_to_the_printed_digit(tmp_path: Path) -> None:
    small = "sweep={grid: {model.hidden: [50], train.batch_size: [5, 10]}}"
    overrides = [small, "sensitivity=0", "report.published=null"]
    page = run(STUDY / "table03.yaml", out=tmp_path, workers=2, overrides=overrides)[0].page
    published = pd.read_csv(STUDY / "published" / "table03.csv", dtype={"value": str})
    measured = pd.read_csv(page.parent / "runs.csv").set_index("train.batch_size")["best_loss"]
    printed = published[published["model.hidden"] == 50].set_index("train.batch_size")["value"]
    assert [f"{measured[size]:.5f}" for size in (5, 10)] == [printed[size] for size in (5, 10)]
