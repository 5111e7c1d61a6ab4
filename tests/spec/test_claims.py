"""What is wrong with claims, told before anything is trained, and what is right."""

from pathlib import Path

import pytest

from tests.spec.test_loader import error_of, write
from toolkit.spec.contrasts import alternatives, contrasts_of
from toolkit.spec.loader import load_spec
from toolkit.spec.reporting import ReportConfig

BASE = """name: a
data: {task: agreement}
evaluate: {by: [distance]}
track: {gradient_by_lag: 5}
sweep: {grid: {model.cell: [rnn, gru], model.hidden: [5, 10], model.lookback: [0, 3]}, seeds: [1, 2]}
"""
CELLS = "setting: {model.cell: gru}, than: {model.cell: rnn}"
EACH = "each: [model.hidden, model.lookback]"


def spec(claim: str, base: str = BASE) -> str:
    return f"{base}report:\n  claims:\n    - {{claim: GRU first, {claim}}}\n"


@pytest.mark.parametrize(
    "claim",
    [
        f"{CELLS}, {EACH}",
        f"{CELLS}, where: {{model.hidden: 5}}, each: [model.lookback]",
        f"{CELLS}, {EACH}, is: the same, margin: 0.1",
        f"{CELLS}, each: [model.hidden], gain: {{from: {{model.lookback: 0}}, to: {{model.lookback: 3}}}}",
        f"{CELLS}, each: [model.hidden, model.lookback, distance], measure: accuracy",
        f"{CELLS}, {EACH}, where: {{distance: 5}}, measure: loss",
        f"setting: {{lag: [0, 1]}}, than: {{lag: 5}}, each: [model.cell, {EACH[7:]}, measure: gradient_by_lag",
        "setting: {model.hidden: 10}, than: {model.hidden: 5}, where: {model.cell: gru, model.lookback: 3}",
        "setting: {model.cell: gru, model.hidden: 5}, than: {model.cell: rnn, model.hidden: 10}, "
        "each: [model.lookback]",
        f"{CELLS}, {EACH}, where: {{train.seed: 1}}, measure: seconds_per_epoch",
    ],
)
def test_claims_about_runs_that_there_are_are_right(tmp_path: Path, claim: str) -> None:
    assert load_spec(write(tmp_path, spec(claim))).report.claims[0].claim == "GRU first"


def test_perturbed_repetitions_are_not_judged(tmp_path: Path) -> None:
    assert load_spec(write(tmp_path, spec(f"{CELLS}, {EACH}", f"sensitivity: 2\n{BASE}"))).sensitivity == 2


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        # Keys and columns.
        (CELLS.replace("than", "then"), "report.claims.0.then is not a known key; did you mean `than`?"),
        ("setting: {model.cell: gru}", "report.claims.0.than is missing"),
        (f"{CELLS}, iz: better", "report.claims.0 takes: claim, measure, where, setting, than, is, margin,"),
        (f"{CELLS}, is: worse", "report.claims.0.is: expected better, not better or the same"),
        (f"{CELLS}, margin: -1", "report.claims.0.margin: expected a number of at least 0"),
        (f"{CELLS}, gain: {{to: {{model.lookback: 3}}}}", "report.claims.0.gain.from is missing"),
        (f"{CELLS}, each: [model.hiden]", "model.hiden is no column for each; did you mean `model.hidden`?"),
        (f"{CELLS}, where: {{hidden: 5}}", "hidden is no column for where"),
        ("setting: {model.sell: gru}, than: {model.sell: rnn}", "model.sell is no column for setting"),
        (f"{CELLS}, {EACH}, measure: los", "los is no column for measure"),
        (f"{CELLS}, {EACH}, measure: perplexity", "perplexity is measured for data.task: language_model"),
        (f"{CELLS}, {EACH}, measure: loss", "loss is no column for measure"),
        (f"{CELLS}, {EACH}, where: {{distance: 3}}", "best_loss is no column for measure"),
        (f"{CELLS}, {EACH}, where: {{attractors: 3}}, measure: loss", "attractors is measured with evaluate.by"),
        # Parts that do not go together.
        (f"{CELLS}, {EACH}, is: the same", "is: the same needs a margin"),
        (f"{CELLS}, {EACH}, is: not better", "is: not better needs a margin"),
        ("setting: {model.cell: []}, than: {model.cell: rnn}", "at least one value a key, and each once"),
        ("setting: {model.cell: [gru, gru]}, than: {model.cell: rnn}", "at least one value a key, and each once"),
        ("setting: {model.cell: [gru, rnn]}, than: {model.cell: rnn}", "than: must differ from setting"),
        ("setting: {model.cell: gru}, than: {model.hidden: 5}", "than: must differ from setting"),
        (f"{CELLS}, gain: {{from: {{model.lookback: 0}}, to: {{model.lookback: 0}}}}", "to: must differ from from"),
        (f"{CELLS}, each: [model.cell]", "model.cell stands in setting too; delete one of them"),
        (f"{CELLS}, gain: {{from: {{model.cell: rnn}}, to: {{model.cell: gru}}}}", "model.cell stands in setting too"),
        (f"{CELLS}, each: [train.seed]", "train.seed repeats runs"),
        (f"{CELLS}, {EACH}, measure: gradient_by_lag", "name lag in each, where, setting or than"),
        (f"{CELLS}, {EACH}, where: {{distance: [1, 2]}}, measure: loss", "distance still differs within a contrast"),
        # Values.
        ("setting: {model.cell: lstm}, than: {model.cell: rnn}", "setting: no run has model.cell: lstm"),
        ("setting: {model.cell: gru}, than: {model.cell: [rnn, lstm]}", "than: no run has model.cell: lstm"),
        (f"{CELLS}, where: {{model.hidden: 7}}", "where: no run has model.hidden: 7"),
        (
            f"{CELLS}, gain: {{from: {{model.lookback: 0}}, to: {{model.lookback: 4}}}}",
            "to: no run has model.lookback: 4",
        ),
        (f"{CELLS}, {EACH}, where: {{lag: 9}}, measure: gradient_by_lag", "no run has lag: 9; track.gradient_by_lag"),
        (f"{CELLS}, {EACH}, where: {{distance: far}}, measure: loss", "distance is a whole number of at least 0"),
        # Runs.
        (f"{CELLS}, where: {{model.cell: gru}}, {EACH}", "nothing to compare: no runs have model.cell: gru and"),
        (f"{CELLS}, each: [model.hidden]", "model.lookback still differs within a contrast; add it to each or where"),
    ],
)
def test_what_no_runs_can_say_is_told(tmp_path: Path, claim: str, message: str) -> None:
    told = error_of(write(tmp_path, spec(claim)))
    assert message in told
    assert ":8:" in told


def test_what_differs_between_the_two_sides_is_told(tmp_path: Path) -> None:
    runs = "[{model.cell: rnn, model.hidden: 48}, {model.cell: gru, model.hidden: 18}]"
    path = write(tmp_path, spec(CELLS, f"name: a\nsweep: {{runs: {runs}}}\n"))
    assert "model.hidden differs between what is compared; name it in setting and than too" in error_of(path)


@pytest.mark.parametrize(
    ("column", "base", "message"),
    [
        ("lag", "name: a\n", "lag is measured with track.gradient_by_lag: N"),
        ("distance", "name: a\ndata: {task: agreement}\n", "distance is measured with evaluate.by: [distance]"),
    ],
)
def test_what_is_not_measured_is_told(tmp_path: Path, column: str, base: str, message: str) -> None:
    measure = "gradient_by_lag" if column == "lag" else "loss"
    path = write(tmp_path, spec(f"setting: {{{column}: 1}}, than: {{{column}: 2}}, measure: {measure}", base))
    assert message in error_of(path)


def test_claims_about_a_search_are_refused(tmp_path: Path) -> None:
    base = "name: a\nsearch: {space: {model.cell: {choice: [rnn, gru]}}}\n"
    assert "judge claims in a spec with a sweep" in error_of(write(tmp_path, spec(CELLS, base)))


def _report(**claim: object) -> ReportConfig:
    return ReportConfig.model_validate({"claims": [{"claim": "c", **claim}]})


def test_each_value_is_a_contrast_at_every_combination_that_both_sides_have() -> None:
    (claim,) = _report(setting={"h": 50}, than={"h": [10, 25]}, each=["b"]).claims
    rows = [{"h": h, "b": b} for h, b in (("50", "1"), ("10", "1"), ("25", "1"), ("50", "2"), ("25", "2"), ("10", "3"))]
    found = [
        (dict(one.than), dict(one.each), [list(side.rows) for side in one.sides]) for one in contrasts_of(claim, rows)
    ]
    assert found == [
        ({"h": "10"}, {"b": "1"}, [[0], [1]]),
        ({"h": "25"}, {"b": "1"}, [[0], [2]]),
        ({"h": "25"}, {"b": "2"}, [[3], [4]]),
    ]


def test_what_no_rows_can_be_found_for_is_one_contrast_without_rows() -> None:
    (claim,) = _report(setting={"h": 50}, than={"h": [10, 25]}, each=["b"]).claims
    found = contrasts_of(claim, [{"h": "50", "b": "1"}, {"h": "25", "b": "1"}])
    assert [one.has_rows for one in found] == [False, True]


def test_difference_of_gains_has_four_sides() -> None:
    (claim,) = _report(setting={"n": 9}, than={"n": 1}, gain={"from": {"k": 0}, "to": {"k": 3}}).claims
    rows = [{"n": n, "k": k} for n in "91" for k in "03"]
    (found,) = contrasts_of(claim, rows)
    assert {(rows[side.rows[0]]["n"], rows[side.rows[0]]["k"]): side.sign for side in found.sides} == {
        ("9", "3"): 1,
        ("9", "0"): -1,
        ("1", "3"): -1,
        ("1", "0"): 1,
    }


def test_lists_of_several_keys_give_every_combination() -> None:
    assert alternatives({"a": [1, 2], "b": None}) == [{"a": "1", "b": "null"}, {"a": "2", "b": "null"}]
