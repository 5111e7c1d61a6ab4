from pathlib import Path

import pytest

from tests.spec.test_loader import error_of, write
from toolkit.spec.loader import load_spec

STUDY = "name: a\ntrain: {protocol: coursework}\n"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("name: a\nmodel: {gradient: coursework, cell: gru}", "2:19", "needs train.protocol: coursework"),
        (STUDY + "model: {gradient: coursework, cell: rnn}", "3:19", "needs model.cell: gru; it is rnn"),
        (STUDY + "model: {gradient: coursework, cell: gru}", "3:19", "needs data.task: agreement"),
        (STUDY + "model: {cell: lstm}", "3:15", "knows the cells rnn and gru"),
        (STUDY + "model: {hidden: [3, 2]}", "3:17", "has one layer"),
        (STUDY + "model: {embedding: 3}", "3:20", "has no model.embedding; leave it out"),
        (STUDY + "model: {dropout: 0.5}", "3:18", "has no model.dropout"),
        (STUDY + "model: {bias: true}", "3:15", "has no model.bias; leave it out"),
        (
            "name: a\ndata: {task: agreement}\ntrain: {class_weights: balanced, protocol: coursework}",
            "3:24",
            "train.protocol: coursework has no train.class_weights; leave it out",
        ),
        (
            "name: a\nmodel: {direction: both}",
            "2:20",
            "model.direction: both is not for data.task: language_model, where what is read from the end shows what is "
            "to be predicted; it takes forward",
        ),
        ("name: a\nsweep: {grid: {model.direction: [forward, both]}}", "2:43", "both is not for data.task"),
        (
            "name: a\nmodel: {pool: mean}",
            "2:15",
            "model.pool: mean is for tasks that predict one thing a sequence; data.task: language_model predicts",
        ),
        ("name: a\nmodel: {cell_options: {size: 3}}", "2:23", "model.cell_options are for a cell of your own"),
        (
            "name: a\nmodel: {cell: 'keras.layers:GRUCell', embedding: 2, cell_options: {units: 3}}",
            "2:67",
            "model.cell_options.units is what model.hidden says; write it there",
        ),
        (
            "name: a\nmodel: {cell: 'keras.layers:GRUCell', embedding: 2, cell_options: {reset_afer: false}}",
            "2:67",
            "model.cell_options: keras.layers:GRUCell takes no `reset_afer`; did you mean `reset_after`?; it takes ",
        ),
        (
            "name: a\nmodel: {cell: 'tests.builder.recurrent.test_truncated_rnn:LeakyCell', embedding: 2}\n"
            "sweep: {grid: {model.cell_options: [{name: a}, {leak: 3}]}}",
            "3:48",
            "LeakyCell takes no `leak`; it takes activity_regularizer, trainable, dtype, autocast, name",
        ),
        (
            "name: a\n"
            "model: {cell: 'tests.builder.recurrent.test_truncated_rnn:SlowGRUCell', cell_options: {bias: true}}",
            "2:87",
            "SlowGRUCell takes no `bias`; did you mean `use_bias`?",
        ),
        ("name: a\nmodel: {cell_options: {a: {b: 1}}}", "2:27", "expected a finite number, a word, true, false"),
        ("name: a\nmodel: {bias: yes}", "2:15", "write true"),
        (
            "name: a\ntrain: {class_weights: balanced}",
            "2:24",
            "train.class_weights is for tasks that predict labels; data.task is language_model, so leave it out",
        ),
        (STUDY + "sweep: {grid: {model.cell: [rnn, lstm]}}", "3:34", "knows the cells rnn and gru"),
        ("name: a\nsweep: {zip: {model.hidden: [1, 2], train.epochs: [1]}}", "2:9", "must be of one length"),
        (
            "name: a\nsweep: {grid: {model.hidden: [1]}, runs: [{model.hidden: 2}]}",
            "2:44",
            "stands in sweep.grid.model.hidden too",
        ),
        ("name: a\nsweep: {runs: [{model.hiden: 2}]}", "2:17", "did you mean `hidden`?"),
        ("name: a\nsweep: {runs: [{model.hidden: two}]}", "2:31", "model.hidden: expected a whole number"),
        (
            "name: a\ndata: {vocab_size: 3}",
            "2:20",
            "data.vocab_size: the source grammar needs at least 4: UNK, <s>, </s>",
        ),
        ("name: a\nsweep: {grid: {data.vocab_size: [9, 3]}}", "2:37", "the source grammar needs at least 4"),
        ("name: a\ndata: {source: text, path: a, vocab_size: 1}", "2:43", "the source text needs at least 4"),
        (
            "name: a\ndata: {source: text, path: a, task: agreement}",
            "2:37",
            "data.task: the task agreement needs the columns verb_idx and verb_pos, which the source text has not; "
            "grammar and coursework have them",
        ),
        (
            "name: a\ndata: {max_distance: 51}",
            "2:22",
            "data.max_distance: expected a number of at most 50; received 51",
        ),
        ("name: a\nreport: {published: none.csv}", "2:21", "cannot be read"),
    ],
)
def test_settings_that_do_not_go_together_are_told_with_their_place(
    tmp_path: Path, text: str, place: str, message: str
) -> None:
    told = error_of(write(tmp_path, text))
    assert f"a.yaml:{place}: " in told
    assert message in told


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("model.hidden,metric,value\n25,best_loss,5.0\n", "p.csv:2: no run has the settings model.hidden: 25"),
        ("model.hidden,metric,value\n50,best_los,5.0\n", "p.csv:2: expected 3 columns"),
        ("model.hidden,metric,value\n50,best_loss,five\n", "p.csv:2: expected 3 columns"),
        ("model.hidden,metric,value\n50,best_loss,nan\n", "p.csv:2: expected 3 columns, with a number such as"),
        ("model.hidden,metric,value\n50,best_loss,1e-3\n", "p.csv:2: expected 3 columns, with a number such as"),
        ("model.hidden,metric,value\n[50,best_loss,5.0\n", "p.csv:2: model.hidden: [50 is not a value"),
        ("model.hidden,metric,value\n50,best_loss\n", "p.csv:2: expected 3 columns"),
        ("model.hiden,metric,value\n50,best_loss,5.0\n", "p.csv:1: expected the columns metric, value"),
        ("", "p.csv:1: expected the columns metric, value"),
    ],
)
def test_published_table_that_fits_no_run_is_refused(tmp_path: Path, table: str, message: str) -> None:
    write(tmp_path, table, "p.csv")
    assert message in error_of(write(tmp_path, "name: a\nreport: {published: p.csv}"))


def test_published_table_is_found_from_where_the_spec_stands(tmp_path: Path) -> None:
    write(tmp_path, "model.hidden,metric,value\n50,best_loss,5.0\n", "p.csv")
    spec = load_spec(write(tmp_path, "name: a\nreport: {published: p.csv}"))
    assert spec.report.published == str(tmp_path / "p.csv")


def test_settings_of_a_published_table_are_read_as_in_a_spec(tmp_path: Path) -> None:
    write(tmp_path, "\ufefftrain.learning_rate,metric,value\n1e-3,best_loss,5.0\n", "p.csv")
    load_spec(write(tmp_path, "name: a\ntrain: {learning_rate: 1e-3}\nreport: {published: p.csv}"))
