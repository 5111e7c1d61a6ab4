"""The comparison table in its forms."""

import pytest

from tests.reporter.conftest import MakeStudy
from toolkit.reporter.answer.opening import counts_text
from toolkit.reporter.numbers.results import Results, collect_results
from toolkit.reporter.tables.default import comparison
from toolkit.reporter.tables.printed import PrintedTable, to_latex, to_markdown
from toolkit.spec.words import value_text
from toolkit.tasks.measures import BEST_LOSS


@pytest.fixture
def results(make_study: MakeStudy) -> Results:
    return collect_results(*make_study(failed=[0]))


def _table(results: Results) -> PrintedTable:
    return comparison(results.summary, results.keys, results.metrics)


def test_keys_are_headed_by_their_dotted_names_and_the_best_is_bold(results: Results) -> None:
    lines = to_markdown(_table(results)).splitlines()
    assert lines[0].startswith("| model.cell | best_loss | accuracy |")
    assert lines[3].startswith("| gru | **0.4200 ± 0.0657** |")
    assert "**" not in lines[2]


def test_failed_seeds_are_counted_beside_the_finished_ones(results: Results) -> None:
    table = _table(results)
    assert list(table.cells["seeds"]) == ["2", "3"]
    assert list(table.cells["failed"]) == ["1", "0"]
    assert "missing" not in table.cells
    assert counts_text(results.summary) == "6 runs: 5 done, 1 failed"


def test_one_seed_has_no_interval(make_study: MakeStudy) -> None:
    table = _table(collect_results(*make_study(seeds=[1])))
    assert list(table.cells) == ["model.cell", "best_loss", "accuracy", "seeds"]
    assert list(table.cells["best_loss"]) == ["0.5000", "0.4000"]


def test_single_row_has_no_best(make_study: MakeStudy) -> None:
    assert not _table(collect_results(*make_study({}))).best.to_numpy().any()


def test_latex_uses_booktabs_and_escapes_headings_and_caption(results: Results) -> None:
    text = to_latex(_table(results), r"50% of best_loss & more \ {x}", "tab:study")
    for part in (r"\toprule", r"\midrule", r"\bottomrule", r"\label{tab:study}", r"best\_loss", "±"):
        assert part in text
    assert r"\caption{50\% of best\_loss \& more \textbackslash{} \{x\}}" in text
    assert r"\textbf{0.4200 ± 0.0657}" in text


def test_long_table_breaks_over_pages(make_study: MakeStudy) -> None:
    results = collect_results(*make_study({"model.lookback": list(range(100))}, best=lambda _: 0.5))
    text = to_latex(_table(results), "Long.", "tab:long")
    assert r"\begin{longtable}" in text
    assert text.count(r"\\") > 100


def test_values_are_written_as_in_a_spec() -> None:
    assert [value_text(value) for value in (None, 0.05, 1234567, 0.1234567, 2.0, "full", True)] == [
        "null",
        "0.05",
        "1234567",
        "0.1234567",
        "2",
        "full",
        "true",
    ]


def test_huge_and_absent_metrics_stay_short() -> None:
    assert BEST_LOSS.text(1e300) == "1e+300"
    assert BEST_LOSS.text(float("nan")) == "-"
