"""What figures show, by their data and by what is drawn."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from tests.reporter.conftest import MakeStudy
from toolkit.reporter.figures.axes import is_logarithmic, positions, set_logarithmic, set_ticks, visible_range
from toolkit.reporter.figures.canvas import render
from toolkit.reporter.figures.comparison import comparison_data
from toolkit.reporter.figures.curves import curves_data, draw_curves
from toolkit.reporter.figures.gallery import figures
from toolkit.reporter.figures.lines import draw_lines
from toolkit.reporter.figures.roles import Roles, comparison_roles, curve_roles
from toolkit.reporter.figures.style import ARCHITECTURES, COLUMN_WIDTH, strokes, styled
from toolkit.reporter.numbers.frames import runs_frame
from toolkit.reporter.numbers.results import Results, collect_results
from toolkit.reporter.report import make_report
from toolkit.tasks.measures import BEST_LOSS

CELLS = {"model.cell": ["rnn", "gru"]}


def _comparison(results: Results) -> Figure:
    roles = comparison_roles(results.runs, results.keys)
    return draw_lines(comparison_data(results, BEST_LOSS, roles), BEST_LOSS, roles, results.fixed)


@pytest.mark.parametrize(
    ("grid", "x", "hue", "panels"),
    [
        (CELLS | {"model.lookback": [0, 2]}, "model.lookback", "model.cell", []),
        ({"train.learning_rate": [1, 2, 3], "model.lookback": [0, 2]}, "model.lookback", "train.learning_rate", []),
        ({"model.hidden": [5, 9], "train.learning_rate": [0.1, 0.2, 0.3]}, "train.learning_rate", "model.hidden", []),
        (
            CELLS | {"data.train_size": [5, 9], "model.lookback": [0, 1]},
            "model.lookback",
            "model.cell",
            ["data.train_size"],
        ),
        (CELLS | {"model.lookback": [0, "full"]}, None, "model.cell", ["model.lookback"]),
        (CELLS, None, "model.cell", []),
    ],
)
def test_keys_find_their_place_in_the_comparison(
    make_study: MakeStudy, grid: dict[str, list[object]], x: str | None, hue: str, panels: list[str]
) -> None:
    _, runs = make_study(grid, seeds=[])
    assert comparison_roles(runs_frame(runs), list(grid)) == Roles(x, hue, panels, [])


def test_words_stand_right_of_all_numbers() -> None:
    assert positions([4, "full", 0, 2]) == {0: 0, 2: 2, 4: 4, "full": 6}


def test_rates_are_logarithmic_and_lookbacks_are_not() -> None:
    assert is_logarithmic([0.01, 0.1, 0.5])
    assert not is_logarithmic([1, 2, 5, 8, 20])
    assert not is_logarithmic([0, 0.1, 0.5])


def test_line_figure_has_the_means_ticks_and_units(make_study: MakeStudy) -> None:
    study = make_study(CELLS | {"model.lookback": [0, 2, 4]}, best=lambda run: 0.5 + run.config.train.seed / 100)
    figure = _comparison(collect_results(*study))
    (axes,) = figure.axes
    assert axes.get_xlabel() == "model.lookback"
    assert axes.get_ylabel() == "best_loss (nats)"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "2", "4"]
    assert figure.get_figwidth() == COLUMN_WIDTH
    means = [line.get_xydata() for line in axes.lines if line.get_linestyle() != "None"]
    assert len(means) == 2
    assert np.asarray(means[0]) == pytest.approx(np.array([[0, 0.52], [2, 0.52], [4, 0.52]]))


def test_every_seed_is_drawn(make_study: MakeStudy) -> None:
    study = make_study({"model.lookback": [0, 2]}, seeds=range(1, 6), best=lambda run: run.config.train.seed / 10)
    roles = Roles("model.lookback", None, [])
    data = comparison_data(collect_results(*study), BEST_LOSS, roles)
    assert sorted(data.seeds["value"]) == sorted([0.1, 0.2, 0.3, 0.4, 0.5] * 2)


def test_setting_without_a_finished_run_is_a_cross_at_the_edge(make_study: MakeStudy) -> None:
    study = make_study({"model.lookback": [0, 1, 2]}, seeds=[1], failed=[1], best=lambda _: 0.5)
    (axes,) = _comparison(collect_results(*study)).axes
    crosses = axes.collections[-1]
    assert crosses.get_offsets().tolist() == [[1.0, 0.03]]  # type: ignore[union-attr]  # stubs: an Artist


def test_architectures_keep_colour_dash_and_marker_whoever_else_is_there() -> None:
    together = strokes("model.cell", ["my.module:Cell", "gru", "rnn", "lstm"])
    for cell in ARCHITECTURES:
        alone = strokes("model.cell", [cell])
        assert alone.palette[cell] == together.palette[cell]
        assert alone.dashes[cell] == together.dashes[cell]
        assert alone.markers[cell] == together.markers[cell]
    assert together.markers == {"rnn": "o", "gru": "s", "lstm": "^", "my.module:Cell": "D"}
    assert len(set(together.palette.values())) == 4


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_colours_that_no_dash_goes_along_with_are_told_apart_in_grey(count: int) -> None:
    values = [str(value) for value in range(count)]
    palette = styled("model.hidden", values, "model.cell", ["rnn", "gru"]).palette
    greys = [float(np.dot(to_rgb(palette[value]), (0.299, 0.587, 0.114))) for value in values]
    assert min(np.diff(greys)) > 0.07
    cells = styled("model.cell", ["rnn", "gru"], "model.hidden", values).palette
    assert cells == strokes("model.cell", ["rnn", "gru"]).palette


@pytest.mark.parametrize("count", [1, 6, 7, 40])
def test_every_value_of_a_key_has_its_own_colour(count: int) -> None:
    values = [str(value) for value in range(count)]
    assert len(set(strokes("model.hidden", values).palette.values())) == count


def test_curves_are_means_over_seeds_at_each_epoch(make_study: MakeStudy) -> None:
    results = collect_results(*make_study())
    data = curves_data(results, curve_roles(results.runs, results.keys))
    gru = data[data["hue"] == "gru"].set_index("epoch")
    assert gru["dev_loss"][1] == pytest.approx(0.42)
    assert gru["train_loss"][2] == pytest.approx(0.51)
    assert math.isnan(gru["train_loss"][0])


def test_failed_run_is_a_curve_of_its_own(make_study: MakeStudy) -> None:
    results = collect_results(*make_study(failed=[0]))
    roles = curve_roles(results.runs, results.keys)
    data = curves_data(results, roles)
    failed = data[data["status"] == "failed"]
    assert list(failed["line"]) == ["0" * 16]
    assert data[(data["hue"] == "rnn") & (data["status"] == "done")]["dev_loss"].tolist()[1] == pytest.approx(0.53)
    assert "x" in [line.get_marker() for line in draw_curves(data, roles, []).axes[0].lines]


def test_a_key_that_goes_along_with_the_colours_has_no_panels_and_is_told(make_study: MakeStudy) -> None:
    pairs = {"model.cell": ["rnn", "gru"], "model.embedding": [5, 9]}
    sweep = {"grid": {"model.lookback": [0, 2]}, "zip": pairs}
    page = make_report(*make_study(sweep=sweep, best=lambda run: 0.5 + run.config.model.lookback), "command").page
    captions = {figure.name: figure.caption for figure in page.figures}
    for name in ("best_loss", "learning_curves"):
        assert "Colour is model.cell." in captions[name]
        assert "model.embedding is 5 for rnn, 9 for gru." in captions[name]
        assert "for each model.embedding" not in captions[name]


def _range(low: float, high: float, logarithmic: bool = False) -> tuple[float, float]:
    points = pd.Series([0.5, 0.6, np.nan])
    return visible_range(points, pd.Series([low, np.nan]), pd.Series([high, np.nan]), logarithmic=logarithmic)


def test_axis_shows_all_points_and_no_interval_much_wider_than_their_range() -> None:
    assert _range(0.49, 0.61) == pytest.approx((0.484, 0.616))
    low, high = _range(-5, 5)
    assert 0.3 < low < 0.5
    assert 0.6 < high < 0.8


def test_axis_does_not_go_on_where_nothing_can_be() -> None:
    low, high = visible_range(pd.Series([0.1, 0.9]), pd.Series([-1.0]), pd.Series([2.0]), most=1)
    assert (low, high) == pytest.approx((-0.05, 1.05))


def test_logarithmic_axis_leaves_out_what_is_not_above_0() -> None:
    low, high = _range(-5, 5, logarithmic=True)
    assert 0.3 < low < 0.5
    assert 0.6 < high < 0.9


@pytest.mark.parametrize("kind", ["line", "scatter"])
def test_0_stands_beside_a_logarithmic_axis(make_study: MakeStudy, kind: str) -> None:
    figure = {"name": "f", "kind": kind, "x": "model.lookback", "y": "best_loss", "log": ["x"]}
    experiment, runs = make_study({"model.lookback": [0, 1, 10]}, report={"figures": [figure]})
    (drawn,) = figures(collect_results(experiment, runs))
    axes = drawn.figure.axes[0]
    zero, one, ten = axes.transData.transform([(value, 1.0) for value in (0, 1, 10)])[:, 0]
    assert (one - zero) / (ten - one) == pytest.approx(0.3, rel=0.01)
    assert axes.get_window_extent().x0 < zero
    assert ten < axes.get_window_extent().x1
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "1", "10"]


@pytest.mark.parametrize("kind", ["line", "bar"])
def test_interval_below_0_is_cut_on_a_logarithmic_axis(make_study: MakeStudy, kind: str) -> None:
    figure = {"name": "f", "kind": kind, "x": "model.lookback", "y": "best_loss", "log": ["y"]}
    seeds = {1: 0.1, 2: 0.9, 3: 0.2}
    study = make_study(
        {"model.lookback": [0, 2]}, best=lambda run: seeds[run.config.train.seed], report={"figures": [figure]}
    )
    drawn = next(iter(figures(collect_results(*study))))
    assert drawn.data["best_loss_low"].max() < 0
    assert 0 < drawn.figure.axes[0].get_ylim()[0] < 0.1


def test_legend_of_a_narrow_figure_has_three_columns_at_most_and_reads_from_left_to_right(
    make_study: MakeStudy,
) -> None:
    study = make_study({"train.batch_size": [1, 2, 3, 4, 5], "model.lookback": [0, 2, 4]}, best=lambda _: 0.5)
    (legend,) = _comparison(collect_results(*study)).legends
    assert legend.get_title().get_text() == "train.batch_size"
    # Matplotlib fills column by column.
    assert [text.get_text() for text in legend.get_texts()] == ["1", "4", "2", "5", "3", " "]


@pytest.mark.parametrize(("seeds", "starts"), [((1, 2, 3), 2), ((1,), 1)])
def test_lines_with_intervals_stand_side_by_side_and_others_do_not(
    make_study: MakeStudy, seeds: tuple[int, ...], starts: int
) -> None:
    study = make_study(CELLS | {"model.lookback": [0, 2, 4]}, seeds=seeds)
    figure = _comparison(collect_results(*study))
    figure.draw_without_rendering()
    lines = [line for line in figure.axes[0].lines if line.get_linestyle() != "None"]
    assert len({line.get_transform().transform((0, 0))[0] for line in lines}) == starts


@pytest.mark.parametrize(
    ("values", "width", "shown", "angle"),
    [
        (range(8), 1.5, 8, 0),
        (range(100, 140), 1.5, 6, 0),
        (["a-long-word", "another-word"], 1.5, 2, 0),
        (["a-long-word", "another-word"], 0.5, 2, 30),
    ],
)
def test_labels_do_not_touch_and_no_word_is_left_out(
    values: Sequence[object], width: float, shown: int, angle: float
) -> None:
    axes = Figure().subplots()
    set_ticks(axes, {value: float(place) for place, value in enumerate(values)}, width)
    labels = axes.get_xticklabels()
    assert len([label for label in labels if label.get_text()]) == shown
    assert labels[0].get_rotation() == angle


def test_long_numbers_on_logarithmic_axes_are_powers_of_ten() -> None:
    axes = Figure().subplots()
    axes.set_ylim(1e-7, 1e8)
    set_logarithmic(axes, ["y"])
    text = axes.yaxis.get_major_formatter()
    assert [text(value, 0) for value in (1e-6, 0.001, 1, 50000, 1e7)] == ["10⁻⁶", "0.001", "1", "50000", "10⁷"]
    assert text(2e-6, 0) == "2\N{MULTIPLICATION SIGN}10⁻⁶"


def test_a_figure_has_one_layout_in_all_its_files(make_study: MakeStudy) -> None:
    figure = _comparison(collect_results(*make_study(CELLS | {"model.lookback": [0, 2]})))
    before = figure.axes[0].get_position().bounds
    first = render(figure, "svg")
    found = figure.axes[0].get_position().bounds
    assert found != before
    assert render(figure, "png").startswith(b"\x89PNG")
    assert figure.axes[0].get_position().bounds == found
    assert render(figure, "svg") == first
