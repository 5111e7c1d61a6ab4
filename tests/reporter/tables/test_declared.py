"""Tables and figures as a spec declares them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PathCollection

from tests.reporter.conftest import MakeStudy
from toolkit.reporter.figures.canvas import Drawn
from toolkit.reporter.figures.gallery import figures
from toolkit.reporter.figures.style import strokes
from toolkit.reporter.numbers.results import collect_results
from toolkit.reporter.report import make_report
from toolkit.reporter.tables.catalogue import ReportTable, tables
from toolkit.reporter.tables.printed import to_markdown
from toolkit.spec.sweep import RunSpec

GRID: dict[str, list[Any]] = {"train.batch_size": [10, 5], "model.hidden": [25, 50]}
LOOKBACKS: dict[str, list[Any]] = {"model.cell": ["rnn", "gru"], "model.lookback": [0, 2, 5]}


def _loss(run: RunSpec) -> float:
    return _hidden(run) / 100 + run.config.train.batch_size / 1000 + run.config.train.seed / 10000


def _table(make_study: MakeStudy, grid: dict[str, list[Any]], seeds: list[int], **table: Any) -> ReportTable:
    declared = {"tables": [{"name": "t", **table}]}
    study = make_study(grid, seeds=seeds, best=_loss, report=declared)
    return tables(collect_results(*study))[0]


def _figure(make_study: MakeStudy, grid: dict[str, list[Any]], **figure: Any) -> Drawn:
    study = make_study(grid, best=_loss, report={"figures": [{"name": "f", **figure}]})
    return figures(collect_results(*study))[0]


def test_pivot_has_one_key_down_and_the_other_across(make_study: MakeStudy) -> None:
    table = _table(make_study, GRID, [1], rows=["train.batch_size"], columns=["model.hidden"])
    assert to_markdown(table.table).splitlines() == [
        "| train.batch_size | model.hidden 25 | model.hidden 50 |",
        "| :-- | --: | --: |",
        "| 10 | 0.2601 | 0.5101 |",
        "| 5 | **0.2551** | **0.5051** |",
    ]


def test_pivot_has_a_heading_over_the_columns_of_a_key(make_study: MakeStudy) -> None:
    table = _table(make_study, GRID, [1], rows=["train.batch_size"], columns=["model.hidden"])
    assert [[(head.text, head.span) for head in line] for line in table.table.heads()] == [
        [("", 1), ("model.hidden", 2)],
        [("train.batch_size", 1), ("25", 1), ("50", 1)],
    ]
    assert r"\multicolumn{2}{c}{model.hidden}" in table.latex
    assert "\\\\\n\\cmidrule(lr){2-3}\ntrain.batch\\_size & 25 & 50" in table.latex


def test_several_measures_stand_under_each_setting(make_study: MakeStudy) -> None:
    table = _table(
        make_study, GRID, [1], rows=["train.batch_size"], columns=["model.hidden"], values=["best_loss", "accuracy"]
    )
    assert [(head.text, head.span) for head in table.table.heads()[0]][1:] == [
        ("model.hidden 25", 2),
        ("model.hidden 50", 2),
    ]
    assert [head.text for head in table.table.heads()[1]][1:] == ["best_loss", "accuracy"] * 2


def test_cells_over_several_seeds_carry_their_interval(make_study: MakeStudy) -> None:
    table = _table(make_study, GRID, [1, 2, 3], rows=["train.batch_size"], columns=["model.hidden"])
    assert table.table.cells.iloc[0, 1] == "0.2602 ± 0.0002"
    assert "Means over 3 seeds with 95% intervals" in table.caption
    assert list(table.frame.columns[:5]) == [
        "train.batch_size",
        "model.hidden",
        "best_loss",
        "best_loss_low",
        "best_loss_high",
    ]


def test_swept_key_that_is_not_declared_is_never_averaged_over(make_study: MakeStudy) -> None:
    table = _table(make_study, GRID, [1], rows=["train.batch_size"])
    assert list(table.table.cells) == ["train.batch_size", "model.hidden", "best_loss"]
    assert len(table.table.cells) == 4


def test_table_shows_the_runs_that_it_asks_for(make_study: MakeStudy) -> None:
    table = _table(make_study, GRID, [1], rows=["train.batch_size"], where={"model.hidden": 50})
    assert list(table.table.cells["best_loss"]) == ["0.5101", "0.5051"]
    assert "model.hidden 50" in table.caption


def test_rows_are_sorted_by_a_measure_the_best_first(make_study: MakeStudy) -> None:
    table = _table(make_study, GRID, [1], rows=["model.hidden", "train.batch_size"], sort="best_loss", best=False)
    assert list(table.table.cells["best_loss"]) == ["0.2551", "0.2601", "0.5051", "0.5101"]
    assert not table.table.best.to_numpy().any()
    assert "bold" not in table.caption


def test_digits_and_caption_are_those_declared(make_study: MakeStudy) -> None:
    table = _table(make_study, GRID, [1], rows=["model.hidden", "train.batch_size"], digits=2, caption="Mine.")
    assert table.table.cells["best_loss"][0] == "0.26"
    assert table.caption == "Mine."


@pytest.mark.parametrize(
    ("lost", "cells"), [({"failed": [0]}, ["failed", "not trained"]), ({"missing": [0, 1]}, ["not trained", "0.5"])]
)
def test_unfinished_settings_are_named_in_their_cell(
    make_study: MakeStudy, lost: dict[str, Any], cells: list[str]
) -> None:
    table = {"name": "t", "rows": ["train.seed"], "columns": ["model.hidden"], "digits": 1}
    study = make_study(
        {"model.hidden": [25, 50]}, [1], best=lambda _: 0.5, report={"tables": [table]}, **({"missing": [1]} | lost)
    )
    shown = tables(collect_results(*study))[0].table.cells
    assert shown.iloc[0, 1] in cells
    assert shown.iloc[0, 2] == "not trained"


def test_combination_that_was_not_swept_is_a_dash(make_study: MakeStudy) -> None:
    runs = [{"model.hidden": 25, "train.batch_size": 5}, {"model.hidden": 50, "train.batch_size": 10}]
    declared = {"name": "t", "rows": ["train.batch_size"], "columns": ["model.hidden"], "digits": 1}
    study = make_study(best=lambda _: 0.5, sweep={"runs": runs}, report={"tables": [declared]})
    cells = tables(collect_results(*study))[0].table.cells
    assert cells.iloc[:, 1:].to_numpy().tolist() == [["0.5", "-"], ["-", "0.5"]]


def test_repeated_configuration_is_counted_once_and_shown_twice(make_study: MakeStudy) -> None:
    runs = [{"model.hidden": 25}, {"model.hidden": 50}, {"model.hidden": 25}]
    results = collect_results(*make_study(best=lambda _: 0.5, sweep={"runs": runs}))
    assert list(results.summary["seeds"]) == [1, 1]
    assert results.summary["best_loss_low"].isna().all()
    assert list(results.runs["model.hidden"]) == [25, 50, 25]


def test_lines_have_colours_of_one_key_and_styles_of_another(make_study: MakeStudy) -> None:
    grid = LOOKBACKS | {"model.hidden": [25, 50]}
    drawn = _figure(
        make_study, grid, kind="line", x="model.lookback", y="best_loss", hue="model.hidden", style="model.cell"
    )
    (axes,) = drawn.figure.axes
    lines = [line for line in axes.lines if line.get_linestyle() != "None"]
    assert len(lines) == 4
    assert len({line.get_color() for line in lines}) == 2
    assert {line.get_marker() for line in lines} == {"o", "s"}
    assert "Colour is model.hidden. Line style and marker are model.cell." in drawn.caption
    assert list(drawn.data.columns[:3]) == ["model.lookback", "model.cell", "model.hidden"]


def test_swept_key_that_a_figure_does_not_name_has_panels(make_study: MakeStudy) -> None:
    drawn = _figure(make_study, LOOKBACKS, kind="line", x="model.lookback", y="best_loss")
    assert [axes.get_title() for axes in drawn.figure.axes] == ["model.cell rnn", "model.cell gru"]


def test_axes_are_logarithmic_where_declared(make_study: MakeStudy) -> None:
    drawn = _figure(make_study, GRID, kind="line", x="model.hidden", y="best_loss", facet="train.batch_size", log=["x"])
    assert drawn.figure.axes[0].get_xscale() == "log"
    assert drawn.figure.axes[0].get_yscale() == "linear"


def test_bars_stand_side_by_side_with_every_seed_on_them(make_study: MakeStudy) -> None:
    drawn = _figure(make_study, GRID, kind="bar", x="model.hidden", y="best_loss", hue="train.batch_size")
    (axes,) = drawn.figure.axes
    assert len(axes.patches) == 4
    seeds = [points for points in axes.collections if isinstance(points, PathCollection)]
    assert [len(np.asarray(points.get_offsets())) for points in seeds] == [12]


def test_heatmap_has_a_cell_a_pair_of_values_with_the_smallest_at_the_origin(make_study: MakeStudy) -> None:
    drawn = _figure(make_study, GRID, kind="heatmap", x="model.hidden", y="train.batch_size", value="best_loss")
    axes = drawn.figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["10", "5"]
    assert [text.get_text() for text in axes.texts] == ["0.2602", "0.5102", "0.2552", "0.5052"]


def test_scatter_marks_the_settings_that_are_best_for_their_cost(make_study: MakeStudy) -> None:
    drawn = _figure(make_study, LOOKBACKS, kind="scatter", x="seconds_per_epoch", y="best_loss", hue="model.cell")
    settings = drawn.data[drawn.data["run"] == ""]
    assert len(settings) == 6
    assert settings["front"].sum() == 1
    assert not drawn.data[drawn.data["run"] != ""]["front"].any()


def test_front_holds_what_nothing_beats_at_no_more_cost(make_study: MakeStudy) -> None:
    experiment, runs = make_study({"model.hidden": [1, 2, 3, 4]}, seeds=[1], best=lambda run: LOSSES[_hidden(run)])
    runs = [(run, record and replace(record, parameters=_hidden(run))) for run, record in runs]
    figure = {"name": "f", "kind": "scatter", "x": "parameters", "y": "best_loss"}
    experiment = experiment.model_validate(experiment.model_dump() | {"report": {"figures": [figure]}})
    drawn = figures(collect_results(experiment, runs))[0]
    assert list(drawn.data[drawn.data["front"]]["parameters"]) == [1, 3]
    assert "model.hidden 1; model.hidden 3." in drawn.caption


LOSSES = {1: 0.5, 2: 0.6, 3: 0.4, 4: 0.4}


def _hidden(run: RunSpec) -> int:
    assert isinstance(run.config.model.hidden, int)
    return run.config.model.hidden


def test_curves_show_one_measure_epoch_by_epoch(make_study: MakeStudy) -> None:
    drawn = _figure(make_study, LOOKBACKS, kind="curves", x="epoch", y="dev_accuracy", hue="model.cell")
    assert drawn.figure.axes[0].get_ylabel() == "dev_accuracy"
    assert sorted(drawn.data["epoch"].unique()) == [0, 1, 2]


@pytest.mark.parametrize("rates", [[0.5, 0.25], [0.5, 0.5]])
def test_learning_rate_has_a_figure_where_it_is_not_constant(make_study: MakeStudy, rates: list[float]) -> None:
    results = collect_results(*make_study())
    history = results.history.assign(learning_rate=results.history["epoch"].map(dict(enumerate(rates, start=1))))
    drawn = figures(replace(results, history=history))
    assert [figure.name == "learning_rate" for figure in drawn][-1] == (rates[0] != rates[1])


def test_declared_figures_take_the_place_of_the_default_ones(make_study: MakeStudy) -> None:
    study = make_study(LOOKBACKS, report={"figures": [{"name": "f", "x": "model.lookback", "y": "best_loss"}]})
    assert [figure.name for figure in figures(collect_results(*study))] == ["f"]


def test_scattered_settings_are_drawn_against_each_key_by_itself(make_study: MakeStudy) -> None:
    runs = [{"model.hidden": 10 + n, "model.lookback": n, "train.learning_rate": 0.1 + n / 100} for n in range(30)]
    drawn = figures(collect_results(*make_study(best=lambda run: _hidden(run) / 100, sweep={"runs": runs})))
    names = {figure.name for figure in drawn}
    assert {f"best_loss_by_{key}" for key in ("model_hidden", "model_lookback", "train_learning_rate")} <= names
    assert "best_loss" not in names


def test_many_numbers_have_a_scale_of_colours_in_their_order() -> None:
    palette = strokes("model.hidden", ["30", "4", "100", "5", "6", "7", "8"]).palette
    in_order = sorted(palette, key=float)
    assert list(strokes("model.hidden", in_order).palette.values()) == [palette[value] for value in in_order]


def test_a_figure_that_cannot_be_drawn_is_told(make_study: MakeStudy) -> None:
    declared = [
        {"name": "few", "kind": "importance", "x": "settings", "y": "best_loss"},
        {"name": "drawn", "x": "model.hidden", "y": "best_loss"},
    ]
    experiment, runs = make_study(GRID, best=_loss, report={"figures": declared})
    answer = [sentence.text for sentence in make_report(experiment, runs, "run").page.answer]
    told = [text for text in answer if "is not drawn" in text]
    assert told == ["The figure few is not drawn: no finished runs have what it shows, or too few."]
