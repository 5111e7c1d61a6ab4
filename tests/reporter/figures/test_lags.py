"""The gradient by lag in the report: its frame, its figure and its caption."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.reporter.conftest import MakeRecord, MakeStudy
from toolkit.reporter.figures.lags import draw_lags, lag_data, last_measured
from toolkit.reporter.figures.roles import Roles
from toolkit.reporter.numbers.frames import Runs, lag_frame
from toolkit.reporter.numbers.results import collect_results
from toolkit.reporter.report import write_report

CELL = Roles(None, "model.cell", [])
COMMAND = "python run_spec.py specs/study.yaml"

TRACK = {"gradient_by_lag": 5}

Norms = Sequence[float | None]


def measured(runs: Runs, norms: Mapping[int, Norms]) -> Runs:
    """The runs with these norms at these epochs; a run with seed s has s times as much."""
    return [
        (
            run,
            record
            and replace(
                record,
                history=[
                    replace(epoch, gradient_by_lag=_times(run.config.train.seed, norms.get(epoch.epoch)))
                    for epoch in record.history
                ],
            ),
        )
        for run, record in runs
    ]


def _times(factor: int, norms: Norms | None) -> Norms | None:
    return norms and [None if norm is None else norm * factor for norm in norms]


def test_frame_has_a_row_a_lag_of_every_measured_epoch(make_study: MakeStudy) -> None:
    _, runs = make_study(track=TRACK, seeds=[1], missing=[1])
    frame = lag_frame(measured(runs, {0: [0.1 + 0.2, 0.1], 2: [3.0, None]}))
    assert list(frame) == ["run", "epoch", "lag", "norm"]
    assert frame.to_csv(index=False).splitlines()[1:] == [
        f"{'0' * 16},{row}" for row in ("0,0,0.30000000000000004", "0,1,0.1", "2,0,3.0", "2,1,")
    ]


def test_epochs_beyond_those_asked_for_do_not_count(make_study: MakeStudy, make_record: MakeRecord) -> None:
    experiment, runs = make_study({"train.epochs": [1, 3, 2]}, seeds=[], track=TRACK)
    runs = [(run, make_record(run, [0.9, 0.7, 0.6, 0.5])) for run, _ in runs]
    runs = measured(runs, {1: [1.0], 3: [3.0]})
    last = last_measured(collect_results(experiment, runs))
    assert list(zip(last["train.epochs"], last["epoch"], strict=True)) == [(1, 1), (3, 3), (2, 1)]


@pytest.mark.parametrize(
    ("track", "rows"),
    [
        ({"gradient_by_lag": 1}, [(0, 0), (0, 1), (2, 0), (2, 1)]),
        ({"gradient_by_lag": 2, "epochs": [2]}, [(2, 0), (2, 1), (2, 2)]),
        ({}, []),
    ],
)
def test_what_was_measured_besides_what_was_asked_for_is_left_out(
    make_study: MakeStudy, track: dict[str, Any], rows: list[tuple[int, int]]
) -> None:
    _, runs = make_study({}, seeds=[1], track=track)
    frame = lag_frame(measured(runs, {0: [3.0, 2.0, 1.0], 2: [3.0, 2.0, 1.0]}))
    assert list(zip(frame["epoch"], frame["lag"], strict=True)) == rows


def test_mean_over_seeds_is_geometric_with_the_interval_of_the_logarithms(make_study: MakeStudy) -> None:
    experiment, runs = make_study(track=TRACK)
    runs = measured(runs, {2: [0.1, 0.001]})
    data = lag_data(last_measured(collect_results(experiment, runs)), ["model.cell"], CELL)
    logarithms = np.log([0.1, 0.2, 0.3])
    low, high = stats.t.interval(0.95, 2, np.mean(logarithms), stats.sem(logarithms))
    gru = data[data["hue"] == "gru"].set_index("lag")
    assert gru["norm"][0] == pytest.approx(math.exp(np.mean(logarithms)))
    assert gru["norm_low"][0] == pytest.approx(math.exp(low))
    assert gru["norm_high"][0] == pytest.approx(math.exp(high))
    assert gru["norm"][1] == pytest.approx(gru["norm"][0] / 100)


def test_figure_has_a_line_an_architecture_on_a_logarithmic_scale(make_study: MakeStudy) -> None:
    experiment, runs = make_study(track=TRACK)
    runs = measured(runs, {2: [0.1, 0.01, 0.001]})
    data = lag_data(last_measured(collect_results(experiment, runs)), ["model.cell"], CELL)
    (axes,) = draw_lags(data, CELL, []).axes
    assert axes.get_yscale() == "log"
    assert axes.get_xlabel() == "lag (steps back)"
    assert len(axes.lines) == 2
    assert all(tick == int(tick) for tick in axes.get_xticks())
    assert axes.yaxis.get_major_formatter()(0.001) == "0.001"


@pytest.mark.parametrize("norms", [[0.0, 0.0], [0.1, 0.0, 0.0], [0.1, None], [0.5], [1e-300, 1e-310], [math.inf, 1.0]])
def test_norms_that_a_logarithm_or_a_line_cannot_show_break_nothing(
    make_study: MakeStudy, tmp_path: Path, norms: Norms
) -> None:
    alone = {"figures": [{"name": "gradient_by_lag", "x": "lag", "y": "gradient_norm"}]}
    experiment, runs = make_study(track=TRACK, report=alone)
    write_report(experiment, measured(runs, {2: norms}), tmp_path, COMMAND)
    assert (tmp_path / "figures" / "gradient_by_lag.svg").exists()


def test_report_has_file_figure_and_caption(make_study: MakeStudy, tmp_path: Path) -> None:
    experiment, runs = make_study(track=TRACK, failed=[0])
    page = write_report(experiment, measured(runs, {0: [0.1, 0.2], 2: [0.3, 0.01]}), tmp_path, COMMAND)
    assert list(pd.read_csv(tmp_path / "gradient_by_lag.csv")["norm"])[:4] == [0.1, 0.2, 0.2, 0.4]
    assert (tmp_path / "figures" / "gradient_by_lag.png").read_bytes().startswith(b"\x89PNG")
    assert "(figures/gradient_by_lag.png)" in (tmp_path / "report.md").read_text(encoding="utf-8")
    text = page.read_text(encoding="utf-8")
    for part in (
        "the norm of the share that term k, (J^T)^k g, has",
        "long enough, after epoch 2.",
        "left out: 1 failed",
    ):
        assert part in text


def test_caption_says_where_runs_were_measured_at_different_epochs(
    make_study: MakeStudy, make_record: MakeRecord, tmp_path: Path
) -> None:
    experiment, runs = make_study(track=TRACK, seeds=[1], train={"epochs": 3})
    losses = {"rnn": [3, 2, 1], "gru": [3, 2, 1, 0]}
    stopped = [(run, make_record(run, losses[run.config.model.cell], run.config.model.cell)) for run, _ in runs]
    page = write_report(experiment, measured(stopped, {2: [0.3], 3: [0.2]}), tmp_path, COMMAND)
    assert "at the last epoch at which each run was measured (2 to 3)" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("norms", [{}, {2: [None, None]}])
def test_nothing_is_drawn_where_nothing_was_measured(
    make_study: MakeStudy, tmp_path: Path, norms: dict[int, Norms]
) -> None:
    experiment, runs = make_study(track=TRACK, failed=[2], missing=[1])
    page = write_report(experiment, measured(runs, norms), tmp_path, COMMAND)
    assert "gradient_by_lag: the norm" not in page.read_text(encoding="utf-8")
    assert not (tmp_path / "figures" / "gradient_by_lag.svg").exists()
    assert (tmp_path / "gradient_by_lag.csv").exists() == bool(norms)
