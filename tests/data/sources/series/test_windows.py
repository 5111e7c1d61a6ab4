"""Windows for forecasts, checked step by step against the numbers that were written."""

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.sources.series.conftest import Load, rows
from toolkit.data.corpus import Sequences
from toolkit.data.scaling import Scale, Scaling
from toolkit.data.sources.series.reading import Series
from toolkit.data.sources.series.windows import cut_in_time, forecast_steps, naive_errors, windows
from toolkit.errors import DataError, SettingError
from toolkit.spec.layout import SplitConfig
from toolkit.spec.schema import DataConfig

ONE = Scale("value", 0.0, 1.0)
VALUES = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0, 5.0, 8.0, 9.0, 7.0, 9.0, 3.0, 2.0, 3.0, 8.0, 4.0]


def own(sequences: Sequences | None, scaling: Scaling | None, column: int = 0) -> list[list[float]]:
    """What is read of one column, in its own unit."""
    assert sequences is not None
    assert scaling is not None
    scale = scaling.inputs[column]
    return [scale.in_own_unit(vectors[:, column]).round(9).tolist() for vectors in sequences.columns["vectors"]]


def aims(sequences: Sequences | None, scaling: Scaling | None) -> list[float]:
    assert sequences is not None
    assert scaling is not None
    assert scaling.target is not None
    return list(scaling.target.in_own_unit(sequences.columns["ahead"]).round(9).tolist())


@pytest.mark.parametrize("horizon", [1, 3])
def test_each_step_of_a_part_is_forecast_from_the_window_before_it(load: Load, horizon: int) -> None:
    corpus, window = load(rows(VALUES), window=4, horizon=horizon), 4
    steps = {"train": range(window + horizon - 1, 12), "dev": range(12, 16), "test": range(16, 20)}
    for part, expected in steps.items():
        sequences = getattr(corpus, part)
        assert aims(sequences, corpus.scaling) == [VALUES[step] for step in expected]
        assert own(sequences, corpus.scaling) == [
            VALUES[step - horizon - window + 1 : step - horizon + 1] for step in expected
        ]
        assert sequences.columns["last_value"] == [VALUES[step - horizon] for step in expected]
        assert list(sequences.origin.lines) == [step + 2 for step in expected]


@given(
    st.integers(1, 40),
    st.integers(1, 8),
    st.integers(1, 5),
    st.floats(0.05, 0.45),
    st.one_of(st.none(), st.floats(0.05, 0.45)),
)
@settings(deadline=None)
def test_no_window_reads_what_is_forecast_after_it(
    steps: int, window: int, horizon: int, dev: float, test: float | None
) -> None:
    """Of a counting series a number is its own step, so what is read and forecast says where it stood."""
    counting = np.arange(steps, dtype=np.float64)
    series = Series("", Path("a.csv"), range(steps), counting[:, np.newaxis], counting, "")
    config = DataConfig(source="series", window=window, horizon=horizon)
    parts = cut_in_time(series, SplitConfig(dev=dev, test=test))
    assert sum(map(len, parts.values())) == steps
    starts = {part: stretch.begin for part, stretch in parts.items()}
    for part, stretch in parts.items():
        if not forecast_steps(stretch, config):
            continue
        made = windows([stretch], Scaling([ONE]), {"": 1.0}, config)
        for read, aim in zip(made.columns["vectors"], made.columns["ahead"], strict=True):
            assert read.max() == aim - horizon
            assert read[:, 0].tolist() == list(range(int(aim) - horizon - window + 1, int(aim) - horizon + 1))
            assert starts[part] <= aim < stretch.end
            if part == "train":
                assert aim < starts["dev"]


def test_numbers_are_scaled_by_the_training_part_alone(load: Load) -> None:
    corpus = load(rows(VALUES), window=2)
    assert corpus.scaling is not None
    (scale,) = corpus.scaling.inputs
    assert scale == corpus.scaling.target
    assert scale.mean == pytest.approx(np.mean(VALUES[:12]))
    assert scale.deviation == pytest.approx(np.std(VALUES[:12]))
    assert corpus.train.columns["ahead"][0] == pytest.approx((VALUES[2] - scale.mean) / scale.deviation)
    changed = load(rows([*VALUES[:12], *(100 * value for value in VALUES[12:])]), window=2)
    assert changed.scaling == corpus.scaling


def test_last_season_stands_whole_seasons_before_what_is_forecast(load: Load) -> None:
    corpus = load(rows(VALUES), window=2, season=3)
    assert corpus.dev.columns["last_season"] == [VALUES[step - 3] for step in range(12, 16)]
    assert math.isnan(corpus.train.columns["last_season"][0])
    assert corpus.train.columns["last_season"][1:] == [VALUES[step - 3] for step in range(3, 12)]
    ahead = load(rows(VALUES), window=2, horizon=4, season=3)
    assert ahead.dev.columns["last_season"] == [VALUES[step - 6] for step in range(12, 16)]
    assert "last_season" not in load(rows(VALUES), window=2).train.columns


def test_the_scale_of_mase_is_the_error_of_the_last_value_in_the_training_part(load: Load) -> None:
    corpus = load(rows(VALUES), window=5, horizon=2)
    expected = np.mean([abs(later - earlier) for earlier, later in pairwise(VALUES[:12])])
    assert corpus.dev.columns["naive_error"] == [pytest.approx(expected)] * 4


TWO = [*(f"{value},a" for value in VALUES), *(f"{10 * value},b" for value in VALUES)]


def test_several_series_are_cut_in_time_each_and_no_window_crosses_from_one_to_another(load: Load) -> None:
    corpus = load(rows(TWO, "value,id"), window=2, columns={"series": "id"})
    dev = own(corpus.dev, corpus.scaling)
    assert dev == [
        [factor * value for value in VALUES[step - 2 : step]] for factor in (1, 10) for step in range(12, 16)
    ]
    assert len(corpus.train) == 2 * 10
    first, second = corpus.dev.columns["naive_error"][0], corpus.dev.columns["naive_error"][-1]
    assert second == pytest.approx(10 * first)
    assert corpus.scaling is not None
    pooled = [*VALUES[:12], *(10 * value for value in VALUES[:12])]
    assert corpus.scaling.inputs[0].mean == pytest.approx(np.mean(pooled))


def test_series_whose_rows_alternate_are_the_same_series(load: Load) -> None:
    alternating = [row for pair in zip(TWO[:20], TWO[20:], strict=True) for row in pair]
    one, other = (load(rows(order, "value,id"), window=2, columns={"series": "id"}) for order in (TWO, alternating))
    for part in ("train", "dev", "test"):
        ours, theirs = getattr(one, part).columns, getattr(other, part).columns
        np.testing.assert_array_equal(ours["vectors"], theirs["vectors"])
        assert ours["ahead"] == theirs["ahead"]


def test_a_series_that_is_constant_counts_with_the_scale_of_the_others() -> None:
    def stretch(name: str, values: list[float]) -> Any:
        numbers = np.array(values)
        series = Series(name, Path("a.csv"), range(len(values)), numbers[:, np.newaxis], numbers, "")
        return cut_in_time(series, SplitConfig(dev=0.25))["train"]

    found = naive_errors([stretch("a", [1, 2, 4, 0]), stretch("b", [3, 3, 3, 3]), stretch("c", [0, 5, 0, 0])])
    assert found == {"": pytest.approx((1.5 + 5) / 2), "a": 1.5, "c": 5.0}


def test_parts_in_files_of_their_own_do_not_reach_back(load: Load) -> None:
    files = {"train.csv": rows(VALUES), "dev.csv": rows(VALUES[:6]), "test.csv": rows(VALUES[5:])}
    corpus = load(files, window=4)
    assert aims(corpus.dev, corpus.scaling) == VALUES[4:6]
    assert corpus.scaling is not None
    assert corpus.scaling.inputs[0].mean == pytest.approx(np.mean(VALUES))


def test_one_column_is_forecast_from_all_that_are_read(load: Load) -> None:
    text = rows([f"{value},{-value},{step % 3}" for step, value in enumerate(VALUES)], "a,b,c")
    corpus = load(text, window=3, columns={"target": "b"})
    assert corpus.scaling is not None
    assert [scale.name for scale in corpus.scaling.inputs] == ["a", "b", "c"]
    assert aims(corpus.dev, corpus.scaling) == [-value for value in VALUES[12:16]]
    alone = load(text, window=3, columns={"target": "b", "inputs": ["c"]})
    assert own(alone.dev, alone.scaling)[0] == [0, 1, 2]
    with pytest.raises(SettingError, match="which column is to be forecast, `a`, `b` or `c`"):
        load(text, window=3)


@pytest.mark.parametrize(
    ("settings_", "told"),
    [
        ({"window": 12}, r"data\.window: .*a\.csv: the train part has 12 steps at most .* take 13, so lower them"),
        ({"window": 3, "horizon": 10}, "a window of 3 and a horizon of 10 take 13"),
        ({"window": 2, "season": 13}, r"data\.season: .*the dev part has steps with less than 13 steps before them"),
        ({"window": 2, "train_size": 11}, r"data\.train_size: .*it asks for 11 windows, there are 10; lower it"),
        ({"window": 2, "split": {"dev": 0.01}}, r"data\.split: .*the dev part has no step; raise its share"),
    ],
)
def test_what_a_series_is_too_short_for_is_told(load: Load, settings_: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingError, match=told):
        load(rows(VALUES), **settings_)


def test_as_many_windows_are_taken_as_are_asked_for(load: Load) -> None:
    corpus = load(rows(VALUES), window=2, train_size=3, dev_size=2)
    assert aims(corpus.train, corpus.scaling) == VALUES[2:5]
    assert aims(corpus.dev, corpus.scaling) == VALUES[12:14]
    assert corpus.scaling == load(rows(VALUES), window=2).scaling


def test_a_target_that_is_constant_is_refused_and_an_input_is_told(load: Load) -> None:
    with pytest.raises(DataError, match=r"a\.csv: `value` is 7 in the whole training part, so there is nothing to be"):
        load(rows([7] * 20), window=2)
    text = rows([f"{value},0.5" for value in VALUES], "a,b")
    corpus = load(text, window=2, columns={"target": "a"})
    assert [remark for remark in corpus.remarks if "`b` is 0.5 in the whole training part and tells nothing" in remark]
    assert not np.concatenate(corpus.train.columns["vectors"])[:, 1].any()
    with pytest.raises(DataError, match="`b` is constant in the training part, so there is nothing to be read"):
        load(text, window=2, columns={"target": "a", "inputs": ["b"]})
