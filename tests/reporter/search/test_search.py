"""The report of a search, on records whose results are a formula."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from matplotlib.collections import LineCollection

from toolkit.errors import SpecError
from toolkit.reporter.figures.parallel import draw_parallel
from toolkit.reporter.numbers.results import collect_results
from toolkit.reporter.page.origin import spec_yaml
from toolkit.reporter.report import make_report
from toolkit.reporter.search import ranked as search_report
from toolkit.reporter.search.figures import search_figures
from toolkit.reporter.search.ranked import search_answer
from toolkit.reporter.search.ranking import Trials, best_so_far, importances, rank, slices
from toolkit.spec.loader import load_spec
from toolkit.spec.reporting import ReportConfig
from toolkit.spec.schema import Experiment
from toolkit.spec.sweep import RunSpec
from toolkit.spec.trials import SearchResult, trial_spec
from toolkit.store import Epoch, RunRecord
from toolkit.tasks.measures import BEST_LOSS

RATES = (0.9, 0.5, 0.1, 0.4, 0.3, 0.7, 0.2, 0.31, 0.29, 0.6)
SPACE = {"train.learning_rate": {"float": [0.01, 1.0], "log": True}, "model.cell": {"choice": ["rnn", "gru"]}}


def experiment(**search: Any) -> Experiment:
    return Experiment.model_validate(
        {"name": "found", "question": "Which?", "train": {"epochs": 3}, "search": {"space": SPACE, **search}}
    )


def record(spec: RunSpec, loss: float | None) -> RunRecord:
    if loss is None:
        return RunRecord("f" * 16, "failed", {}, (), 3, error="no memory", ended_in=0)
    test = {"loss": loss + 0.1} if spec.config.evaluate.test else None
    epochs = [Epoch(0, 9.0), *(Epoch(e, loss + 3 - e, train_loss=1.0, seconds=2.0) for e in (1, 2))]
    name = f"{abs(hash(str(spec.settings))) % 16**16:016x}"
    return RunRecord(name, "done", {}, (*epochs, Epoch(3, loss, None, 1.0, 0.1, 2.0, None, test)), 3, 7)


def searched(asked: Experiment, failing: int = 0, confirmed: int = 3) -> tuple[SearchResult, Any]:
    """Trials at RATES, the nearer to 0.3 the better, the cell of no matter; the first ones failing."""
    cells = ("rnn", "gru", "gru")
    settings = [{"train.learning_rate": r, "model.cell": cells[i % 3]} for i, r in enumerate(RATES)]
    trials = [trial_spec(asked, one) for one in settings]
    losses = [None if i < failing else 4 + abs(r - 0.3) for i, r in enumerate(RATES)]
    again = [
        trial_spec(asked, {**settings[4], "evaluate.test": True, "train.seed": seed})
        for seed in range(2019, 2019 + confirmed)
    ]
    runs = [(spec, record(spec, loss)) for spec, loss in zip(trials, losses, strict=True)]
    runs += [(spec, record(spec, 4.0 + seed / 100)) for seed, spec in enumerate(again)]
    return SearchResult(trials, again, 4, False, True), runs


def ranked(asked: Experiment, **how: int) -> Trials:
    search, runs = searched(asked, **how)
    count = len(search.trials)
    confirmed = collect_results(asked, runs[count:]) if len(runs) > count else None
    assert asked.search is not None
    return rank(asked.search, collect_results(asked, runs[:count]), confirmed, search.is_complete)


def test_trials_are_ranked_by_the_objective() -> None:
    ranking = ranked(experiment()).ranking
    assert list(ranking["train.learning_rate"][:3]) == [0.3, 0.31, 0.29]
    assert list(ranking["trial"][:3]) == [5, 8, 9]
    highest = ranked(experiment(direction="max")).ranking
    assert list(highest["train.learning_rate"][:2]) == [0.9, 0.7]


def test_a_trial_that_failed_or_was_cut_short_is_not_ranked() -> None:
    assert len(ranked(experiment(), failing=3).ranking) == len(RATES) - 3
    asked = experiment()
    _, runs = searched(asked)
    short = trial_spec(asked, {"train.learning_rate": 0.3, "train.epochs": 1})
    assert asked.search is not None
    results = collect_results(asked, [*runs[: len(RATES)], (short, record(short, 1.0))])
    assert rank(asked.search, results, None, False).ranking["best_loss"].min() == 4.0


def test_the_best_so_far_only_falls_and_time_adds_up() -> None:
    course = best_so_far(ranked(experiment()))
    assert list(course["trial"]) == list(range(1, 11))
    assert course["best"].tolist() == pytest.approx([4.6, 4.2, 4.2, 4.1, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0])
    assert course["seconds"].tolist() == [6.0 * trial for trial in course["trial"]]


def test_the_key_that_decides_is_the_important_one() -> None:
    found = importances(ranked(experiment()))
    assert found["key"].tolist() == ["train.learning_rate", "model.cell"]
    assert found["importance"][0] > 5 * max(found["importance"][1], 0.01)
    assert not len(importances(ranked(experiment(), failing=3)))


def test_there_is_a_slice_for_each_key_with_every_trial() -> None:
    cut = slices(ranked(experiment()))
    assert cut.groupby("key").size().to_dict() == {"train.learning_rate": 10, "model.cell": 10}


def test_the_answer_says_what_was_found_and_how_it_does_where_nothing_was_chosen() -> None:
    texts = [sentence.text for sentence in search_answer(ranked(experiment()))]
    assert texts[0] == "Of 10 trials, train.learning_rate 0.3, model.cell gru has the lowest best_loss: 4.0000 nats."
    assert texts[1].startswith("On 3 fresh seeds, by which nothing was chosen, it has a mean best_loss of 4.0100 nats")
    assert "a mean test_loss of 4.1100 nats" in texts[1]
    assert texts[2].startswith("Among the trials, train.learning_rate mattered most")


def test_the_answer_says_nothing_that_is_not_known() -> None:
    texts = " ".join(sentence.text for sentence in search_answer(ranked(experiment(), failing=3, confirmed=0)))
    assert "fresh seed" not in texts
    assert "mattered" not in texts
    assert "3 trials failed." in texts
    none = search_answer(ranked(experiment(), failing=10, confirmed=0))
    assert [sentence.text for sentence in none] == ["Of 10 trials none has a result."]


def test_the_report_folder_has_ranking_figures_and_the_winner_as_a_spec() -> None:
    asked = experiment()
    search, runs = searched(asked)
    files = make_report(asked, runs, "command", search).files
    for name in ("best_so_far", "slices", "parallel", "importance"):
        assert {f"figures/{name}.{kind}" for kind in ("png", "svg", "pdf", "csv")} <= set(files)
    assert {"tables/trials.csv", "tables/confirmation.tex"} <= set(files)
    best = Experiment.model_validate(yaml.safe_load(files["best.yaml"]))
    assert (best.name, best.search, best.train.learning_rate, best.model.cell) == ("found-best", None, 0.3, "gru")
    assert "best.yaml" not in make_report(asked, runs[:3], "command", SearchResult(search.trials[:3])).files


@pytest.mark.parametrize("tuner", ["random", "hyperband"])
def test_the_resolved_spec_of_a_search_is_a_spec_of_the_same_search(tmp_path: Path, tuner: str) -> None:
    asked = experiment(tuner=tuner)
    path = tmp_path / "spec.yaml"
    path.write_text(spec_yaml(asked), encoding="utf-8")
    again = load_spec(path)
    assert again.search is not None
    assert (again.search, again.train) == (asked.search, asked.train)


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([("a", 1.7, 0.3), ("b", 0.3, 0.1), ("c", 0.1, 0.04), ("d", 0.2, 0.15)], "a mattered most, then b."),
        ([("a", 1.0, 0.3), ("b", 0.9, 0.3), ("c", 0.3, 0.05)], "a and b mattered most, then c."),
        ([("a", 1.0, 0.1), ("b", 0.05, 0.01)], "a mattered most."),
        ([("a", 0.1, 0.1), ("b", 0.05, 0.1)], ""),
    ],
)
def test_only_keys_that_the_numbers_support_are_said_to_matter(
    monkeypatch: pytest.MonkeyPatch, rows: list[tuple[str, float, float]], text: str
) -> None:
    frame = pd.DataFrame(rows, columns=["key", "importance", "spread"])
    monkeypatch.setattr(search_report, "importances", lambda _: frame)
    told = " ".join(sentence.text for sentence in search_answer(ranked(experiment())))
    assert f"Among the trials, {text}" in told if text else "mattered" not in told


def test_learning_curves_are_those_of_the_best_on_fresh_seeds() -> None:
    curves = {drawn.name: drawn for drawn in search_figures(ranked(experiment()))}["learning_curves"]
    assert curves.caption.startswith("The best trial on fresh seeds.")
    assert curves.data["line"].nunique() == 1
    assert curves.data["dev_loss"].iloc[-1] == pytest.approx(4.01)
    asked = experiment()
    search, runs = searched(asked, confirmed=0)
    files = make_report(asked, runs, "command", search).files
    assert not {"figures/learning_curves.png", "figures/learning_rate.png"} & set(files)


def test_rates_are_set_apart_by_their_ratios_in_parallel_coordinates() -> None:
    data = pd.DataFrame({"rate": [10.0**power for power in range(-4, 5)], "best_loss": range(9)})
    figure = draw_parallel(data, ["rate"], BEST_LOSS, [])
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts == ["0.0001", "1e+04"]
    (lines,) = figure.axes[0].collections
    assert isinstance(lines, LineCollection)
    assert [segment[0][1] for segment in lines.get_segments()] == pytest.approx([place / 8 for place in range(9)])


def test_tables_that_a_spec_declares_are_shown_over_the_trials_of_a_search() -> None:
    declared = {"tables": [{"name": "rates", "rows": ["train.learning_rate"], "values": ["final_loss"]}]}
    asked = experiment().model_copy(update={"report": ReportConfig.model_validate(declared)})
    found, runs = searched(asked)
    page = make_report(asked, runs, "run", found).page
    assert [table.name for table in page.tables][:3] == ["trials", "confirmation", "rates"]
    assert len(page.tables[2].frame) == len(RATES)


@pytest.mark.parametrize(
    "report",
    [
        "tables: [{name: trials, rows: [model.cell]}]",
        "figures: [{name: slices, x: model.cell, y: best_loss}]",
    ],
)
def test_names_of_a_searchs_own_tables_and_figures_are_refused(tmp_path: Path, report: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        f"name: a\nsearch: {{space: {{model.hidden: {{int: [2, 9]}}}}}}\nreport:\n  {report}\n", encoding="utf-8"
    )
    with pytest.raises(SpecError, match=r"this report has (tables|figures) of its own called"):
        load_spec(path)
