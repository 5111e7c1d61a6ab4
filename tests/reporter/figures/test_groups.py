"""Loss and accuracy by distance and number of attractors."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from tests.reporter.conftest import MakeStudy
from toolkit.reporter.figures import comparison
from toolkit.reporter.figures.canvas import Drawn
from toolkit.reporter.figures.gallery import figures
from toolkit.reporter.figures.histogram import visible_values
from toolkit.reporter.figures.style import FAINT
from toolkit.reporter.numbers.results import collect_results
from toolkit.reporter.report import make_report
from toolkit.store import Epoch

BOTH = {"by": ["distance", "attractors"]}


def _figures(make_study: MakeStudy, **spec: object) -> dict[str, Drawn]:
    return {drawn.name: drawn for drawn in figures(collect_results(*make_study(**spec)))}


def test_what_was_asked_for_has_figures_and_a_table_of_its_own(make_study: MakeStudy) -> None:
    files = make_report(*make_study(evaluate={"by": ["distance"]}), "python run_spec.py a.yaml").files
    assert {"figures/accuracy_by_distance.png", "figures/loss_by_distance.csv", "groups.csv"} <= set(files)
    assert not any("attractors" in name for name in files)
    assert files["groups.csv"].splitlines()[0] == b"run,train.epochs,split,by,value,sentences,accuracy,loss"


def test_nothing_is_shown_that_was_not_asked_for(make_study: MakeStudy) -> None:
    assert not any("distance" in name for name in _figures(make_study))


def test_means_over_seeds_stand_at_each_distance_with_the_number_of_sentences(make_study: MakeStudy) -> None:
    drawn = _figures(make_study, evaluate=BOTH)["accuracy_by_distance"]
    gru = drawn.data[drawn.data["hue"] == "gru"]
    assert list(gru["distance"]) == [1, 2, 3]
    assert list(gru["accuracy"]) == pytest.approx([1 - 0.42 / 5 * distance for distance in (1, 2, 3)])
    assert list(gru["sentences"]) == [100, 25, 11]
    bars = [patch for axes in drawn.figure.axes for patch in axes.patches if isinstance(patch, Rectangle)]
    assert [bar.get_height() for bar in bars] == [100, 25, 11]


@pytest.mark.parametrize("kind", ["line", "bar"])
def test_declared_figures_are_over_distances_too(make_study: MakeStudy, kind: str) -> None:
    figure = {"name": "f", "kind": kind, "x": "attractors", "y": "loss", "hue": "model.cell"}
    drawn = _figures(make_study, evaluate=BOTH, report={"figures": [figure]})["f"]
    assert list(drawn.data["attractors"].unique()) == [1, 2, 3]
    assert drawn.figure.axes[0].get_ylabel() == "loss (nats)"


def test_histogram_counts_the_sentences_of_each_split(make_study: MakeStudy) -> None:
    drawn = _figures(make_study, evaluate=BOTH)["distance_of_sentences"]
    assert drawn.data["sentences"].tolist() == [1000, 250, 111, 100, 25, 11]
    assert drawn.data.groupby("split")["share"].sum().tolist() == pytest.approx([1, 1])


def test_histogram_ends_where_no_bar_would_be_seen() -> None:
    counts = [900, 90, 1, 5, 1, 1]
    data = pd.DataFrame({"panel": "", "split": "train", "value": [1, 2, 3, 4, 7, 40], "sentences": counts})
    assert list(visible_values(data)["value"]) == [1, 2, 3, 4]


def test_metrics_for_classes_of_different_size_are_in_the_comparison(make_study: MakeStudy) -> None:
    results = collect_results(*make_study(evaluate=BOTH))
    assert [metric.name for metric in results.metrics] == ["best_loss", "accuracy", "balanced_accuracy", "plural_f1"]


def test_later_epochs_than_those_asked_for_do_not_count(make_study: MakeStudy) -> None:
    experiment, runs = make_study(evaluate=BOTH, best=lambda _: 0.95, train={"epochs": 2})
    assert len(collect_results(experiment, runs).groups)
    later = [(run, record and replace(record, history=_improved(record.history))) for run, record in runs]
    results = collect_results(experiment, later)
    assert not len(results.groups)
    assert results.runs["balanced_accuracy"].isna().all()


def _improved(history: Sequence[Epoch]) -> list[Epoch]:
    """A history whose best epoch, the only one that is measured, is one more."""
    best = next(epoch for epoch in history if epoch.by_sentence)
    return [*(replace(epoch, by_sentence=None) for epoch in history), replace(best, epoch=3, dev_loss=0.1)]


def test_each_number_of_epochs_of_a_stored_run_has_its_own_groups(make_study: MakeStudy) -> None:
    experiment, runs = make_study({"train.epochs": [1, 2]}, seeds=[], evaluate=BOTH, best=lambda _: 0.5)
    record = runs[0][1]
    assert record is not None
    best = record.history[1]
    group = {"by": "distance", "split": "dev", "value": 1, "sentences": 100, "accuracy": 0.99}
    measured = {**(best.by_sentence or {}), "groups": [group]}
    better = replace(best, epoch=2, dev_loss=0.1, by_sentence=measured)
    stored = replace(record, history=[*record.history[:2], better])
    results = collect_results(experiment, [(run, stored.first(run.config.train.epochs)) for run, _ in runs])
    rows = results.groups[(results.groups["by"] == "distance") & (results.groups["split"] == "dev")]
    first = rows[rows["value"] == 1].set_index("train.epochs")["accuracy"]
    assert first.to_dict() == pytest.approx({1: 0.9, 2: 0.99})


@pytest.mark.parametrize("kind", ["line", "bar"])
def test_what_is_over_few_sentences_is_faint_and_has_no_interval(
    make_study: MakeStudy, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    figure = {"name": "f", "kind": kind, "x": "distance", "y": "accuracy"}
    spec = {"evaluate": BOTH, "grid": {"model.lookback": [1]}, "best": lambda run: 0.4 + run.config.train.seed / 50}
    known = _figures(make_study, **spec, report={"figures": [figure]})["f"]
    assert "faint, and without its interval" not in known.caption
    monkeypatch.setattr(comparison, "FEWEST_SENTENCES", 20)
    drawn = _figures(make_study, **spec, report={"figures": [figure]})["f"]
    assert list(drawn.data["distance"]) == [1, 2, 3]
    assert "faint, and without its interval" in drawn.caption
    assert ("Bars at the foot" in drawn.caption) is (kind == "line")
    intervals = [
        collection for collection in drawn.figure.axes[0].collections if isinstance(collection, LineCollection)
    ]
    assert [len(one.get_segments()) for one in intervals] == [2]
    faint = [artist.get_alpha() for artist in (*drawn.figure.axes[0].patches, *drawn.figure.axes[0].collections)]
    assert FAINT in faint
