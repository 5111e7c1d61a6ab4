"""Series as they are passed around; skipped where they are not there."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from toolkit.data.corpus import Corpus
from toolkit.data.dataset import load_corpus
from toolkit.spec.schema import DataConfig

SERIES = Path(__file__).parents[5] / "shared" / "data" / "series"

pytestmark = pytest.mark.skipif(not SERIES.exists(), reason="the received series are not there")


def received(name: str, **settings: Any) -> Corpus:
    split = {"dev": 0.2, "test": 0.2}
    return load_corpus(
        DataConfig.model_validate({"source": "series", "path": str(SERIES / name), "split": split, **settings})
    )


def values(name: str) -> list[float]:
    lines = (SERIES / name).read_text(encoding="utf-8").splitlines()
    return [float(line.split(",")[1]) for line in lines[1:]]


@pytest.mark.parametrize(
    ("name", "window", "season", "steps"),
    [
        ("airline-passengers.csv", 12, 12, 144),
        ("monthly-sunspots.csv", 48, 132, 2820),
        ("daily-min-temperatures.csv", 30, 365, 3650),
    ],
)
def test_a_received_series_is_forecast_from_its_own_past(name: str, window: int, season: int, steps: int) -> None:
    corpus, numbers = received(name, window=window, season=season), values(name)
    assert len(numbers) == steps
    last = round(0.2 * steps)
    assert corpus.test is not None
    assert (len(corpus.train), len(corpus.dev), len(corpus.test)) == (steps - 2 * last - window, last, last)
    assert corpus.scaling is not None
    assert corpus.scaling.target is not None
    np.testing.assert_allclose(corpus.scaling.target.in_own_unit(corpus.test.columns["ahead"]), numbers[-last:])
    assert corpus.test.columns["last_value"] == numbers[-last - 1 : -1]
    assert corpus.test.columns["last_season"] == numbers[-last - season : -season]


def test_the_days_that_a_series_leaves_out_are_told() -> None:
    (told,) = received("daily-min-temperatures.csv", window=30).remarks
    assert "daily-min-temperatures.csv:1462: 1985-01-01 comes 2 days after 1984-12-30" in told
    assert "2 steps of 3,649 are another" in told
    assert not received("monthly-sunspots.csv", window=30).remarks
