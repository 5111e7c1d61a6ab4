from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from toolkit.data.dataset import Dataset
from toolkit.data.examples import Examples
from toolkit.errors import DataError, SettingError
from toolkit.reporter.numbers.frames import runs_frame
from toolkit.runner.planning.plan import PlannedRun, answers, goes_on, load_checked, look_anew, plan, recall, to_train
from toolkit.spec.loader import load_spec
from toolkit.spec.schema import Experiment, RunConfig
from toolkit.spec.sweep import RunSpec
from toolkit.spec.trials import trial_spec
from toolkit.store import Epoch, RunRecord, Store


def config(epochs: int, test: bool = False) -> RunSpec:
    return RunSpec(RunConfig.model_validate({"train": {"epochs": epochs}, "evaluate": {"test": test}}), {})


def record(losses: list[float], epochs: int, test: bool = False) -> RunRecord:
    best = min(losses)
    history = (
        Epoch(epoch, loss, test={"loss": 1.0} if test and loss == best else None) for epoch, loss in enumerate(losses)
    )
    return RunRecord("r", "done", {}, tuple(history), epochs)


def test_a_record_answers_as_many_epochs_as_it_has_or_fewer() -> None:
    assert answers(record([3, 2, 1], 2), config(2))
    assert answers(record([3, 2, 1], 2), config(1))
    assert not answers(record([3, 2, 1], 2), config(3))
    assert not answers(None, config(1))


def test_a_record_that_the_stop_rule_ended_answers_any_number_of_epochs() -> None:
    assert answers(record([3, 2, 2], 5), config(50))


def test_a_test_result_is_only_that_of_the_best_epoch_asked_for() -> None:
    assert not answers(record([3, 2, 1], 2), config(2, test=True))
    assert answers(record([3, 2, 1], 2, test=True), config(2, test=True))
    assert not answers(record([3, 2, 1], 2, test=True), config(1, test=True))


def test_test_results_that_only_another_spec_asked_for_are_not_told(tmp_path: Path) -> None:
    data = {"task": "agreement", "train_size": 20, "dev_size": 20}
    untested, tested = (
        plan(
            Experiment.model_validate(
                {"name": "a", "data": data, "train": {"epochs": 2}, "evaluate": {"test": test}},
            )
        )[0]
        for test in (False, True)
    )
    assert untested.identity == tested.identity
    store = Store(tmp_path)
    plain = tested.spec.config.model_dump(mode="json")
    store.save(replace(record([3, 2, 1], 2, test=True), identity=tested.identity, config=plain), b"weights")
    told = [recall(run, store) for run in (untested, tested)]
    assert [known and known.best and known.best.test for known in told] == [None, {"loss": 1.0}]
    runs = [(run.spec, known) for run, known in zip((untested, tested), told, strict=True)]
    assert list(runs_frame(runs)["test_loss"].isna()) == [True, False]


def test_a_failed_run_is_trained_again() -> None:
    failed = RunRecord("r", "failed", {}, (Epoch(0, 1.0),), 1, error="x")
    assert not answers(failed, config(1))


def test_a_test_set_that_is_not_there_is_refused_before_training(tmp_path: Path) -> None:
    for split in ("train", "dev"):
        (tmp_path / f"{split}.txt").write_text("a b\n", encoding="utf-8")
    spec = {"name": "a", "data": {"source": "text", "path": str(tmp_path)}, "evaluate": {"test": True}}
    with pytest.raises(DataError, match="there is no test set in"):
        plan(Experiment.model_validate(spec))


def test_equal_runs_are_trained_once_with_the_most_epochs_asked_for(tmp_path: Path) -> None:
    data = {"task": "agreement", "train_size": 20, "dev_size": 20}
    sweep = {"grid": {"train.epochs": [2, 5, 3], "model.hidden": [4, 4]}}
    planned = plan(Experiment.model_validate({"name": "a", "data": data, "sweep": sweep}))
    assert len(planned) == 6
    assert [run.spec.config.train.epochs for run in to_train(planned, Store(tmp_path))] == [5]


def test_a_changed_cell_of_the_users_is_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    data = {"task": "agreement", "train_size": 20, "dev_size": 20}
    identities = []
    for formula in ("1", "2", "1"):
        (tmp_path / "my_cell.py").write_text(f"FORMULA = {formula}\n", encoding="utf-8")
        look_anew()
        model = {"cell": "my_cell:Cell", "embedding": 3}
        identities.append(plan(Experiment.model_validate({"name": "a", "data": data, "model": model}))[0].identity)
    assert identities[0] != identities[1]
    assert identities[0] == identities[2]


@pytest.mark.parametrize("cell", ["sys:path", "json:JSONDecoder", "keras.layers:GRUCell", "gru"])
def test_any_cell_can_be_planned_whose_code_can_be_told(cell: str) -> None:
    assert plan(of_cell(cell))


@pytest.mark.parametrize("cell", ["no_such_module:Cell", "no.such.module:Cell", "__main__:Cell"])
def test_a_cell_whose_code_cannot_be_told_is_refused_at_its_place(cell: str) -> None:
    with pytest.raises(SettingError, match=f"model.cell: {cell}") as error:
        plan(of_cell(cell))
    assert error.value.key == "model.cell"


def of_cell(cell: str) -> Experiment:
    data = {"task": "agreement", "train_size": 20, "dev_size": 20}
    return Experiment.model_validate({"name": "a", "data": data, "model": {"cell": cell, "embedding": 3}})


def runs_of(text: str, folder: Path) -> list[str]:
    for split in ("train", "dev"):
        if not (folder / f"{split}.txt").exists():
            (folder / f"{split}.txt").write_text("a b c\nb c\n", encoding="utf-8")
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    return [run.identity for run in plan(load_spec(folder / "spec.yaml"))]


def test_an_identity_is_of_what_is_computed_and_of_nothing_else(tmp_path: Path) -> None:
    data = f"data: {{source: text, path: {tmp_path}}}\n"
    (plain,) = runs_of(f"name: a\n{data}model: {{hidden: 3, cell: gru}}\n", tmp_path)
    tables = "{tables: [{name: t, rows: [model.hidden], values: [best_loss]}]}"
    same = (
        f"name: b\nquestion: why?\n{data}model: {{cell: gru, hidden: 3}}\n",
        f"# a comment\nname: a\nmodel: {{hidden: 3, cell: gru, lookback: 0}}\ntrain: {{epochs: 99}}\n{data}",
        f"name: a\n{data}model: {{hidden: 3, cell: gru}}\nreport: {tables}\n",
    )
    assert [runs_of(text, tmp_path) for text in same] == [[plain]] * 3
    assert runs_of(f"name: a\n{data}model: {{hidden: 4, cell: gru}}\n", tmp_path) != [plain]
    (tmp_path / "dev.txt").write_text("a b\nb c\n", encoding="utf-8")
    assert runs_of(f"name: a\n{data}model: {{hidden: 3, cell: gru}}\n", tmp_path) != [plain]


AGREEMENT = {"task": "agreement", "train_size": 40, "dev_size": 20}


@pytest.mark.parametrize(
    ("identity", "sections"),
    [
        ("e4a91efc8eddac2f", {"data": {"train_size": 40, "dev_size": 20}, "model": {"cell": "rnn"}}),
        (
            "9fd1e30912085769",
            {
                "data": {"train_size": 40, "dev_size": 20},
                "model": {"cell": "gru", "hidden": [5, 4], "lookback": 3},
            },
        ),
        (
            "a7f09e6410bad156",
            {
                "data": AGREEMENT,
                "model": {"cell": "lstm", "embedding": 3, "dropout": 0.2},
                "train": {"optimizer": "adam", "seed": 7, "dtype": "float64"},
            },
        ),
        (
            "8d7137e1324aa6c4",
            {
                "data": {**AGREEMENT, "distance": "uniform"},
                "model": {"cell": "gru", "lookback": "full", "initializer": "orthogonal"},
                "train": {"anneal": {"schedule": "cosine", "epochs": 4}, "perturbation": 2},
            },
        ),
        (
            "76d4a10edcd47915",
            {
                "data": AGREEMENT,
                "model": {"cell": "gru", "gradient": "coursework"},
                "train": {"protocol": "coursework", "min_change": None},
                "evaluate": {"by": ["distance"]},
            },
        ),
    ],
)
def test_stored_runs_of_the_toolkits_cells_keep_the_identities_of_version_0_1(
    identity: str, sections: dict[str, Any]
) -> None:
    assert [each.identity for each in plan(Experiment.model_validate({"name": "a", **sections}))] == [identity]


def test_a_cell_of_keras_is_another_run_than_in_version_0_1_which_did_not_seed_it() -> None:
    sections = {"data": AGREEMENT, "model": {"cell": "keras.layers:GRUCell", "embedding": 3}}
    (run,) = plan(Experiment.model_validate({"name": "a", **sections}))
    assert run.identity != "e353c91581e9106f"


EXPERIMENT = {"name": "a", "data": {"task": "agreement", "train_size": 20, "dev_size": 20}}
ASKING: dict[str, dict[str, Any]] = {
    "a table": {"report": {"tables": [{"name": "t", "rows": ["model.cell"], "values": ["balanced_accuracy"]}]}},
    "a figure": {"report": {"figures": [{"name": "f", "x": "model.hidden", "y": "plural_f1"}]}},
    "a claim": {
        "report": {
            "claims": [
                {
                    "claim": "c",
                    "measure": "plural_f1",
                    "setting": {"model.cell": "gru"},
                    "than": {"model.cell": "rnn"},
                }
            ]
        }
    },
    "groups": {"evaluate": {"by": ["distance"]}},
}


@pytest.mark.parametrize("asking", ASKING)
def test_what_only_the_best_weights_of_fewer_epochs_tell_is_measured_if_it_is_asked_for_by_name(
    asking: str, tmp_path: Path
) -> None:
    store = Store(tmp_path)

    def planned(epochs: int, **keys: Any) -> PlannedRun:
        (run,) = plan(Experiment.model_validate(EXPERIMENT | {"train": {"epochs": epochs}} | keys))
        return run

    longer = planned(3)
    history = [Epoch(0, 3.0), Epoch(1, 2.0), Epoch(2, 1.0), Epoch(3, 0.5, by_sentence={"plural_f1": 1.0})]
    store.save(RunRecord(longer.identity, "done", longer.spec.config.model_dump(mode="json"), history, 3), b"weights")
    assert to_train([planned(2)], store) == []
    asked = planned(2, **ASKING[asking])
    assert [run.spec.config.train.epochs for run in to_train([asked], store)] == [2]
    assert not goes_on(history, asked.spec)
    assert recall(asked, store) is None
    both = [planned(5), asked]
    assert [(run.spec.config.train.epochs, run.spec.is_by_sentence) for run in to_train(both, store)] == [
        (2, True),
        (5, False),
    ]
    assert [run.spec.config.train.epochs for run in to_train([planned(3, **ASKING[asking])], store)] == []


def test_the_objective_of_a_search_is_measured_of_each_trial() -> None:
    search = {"objective": "balanced_accuracy", "space": {"model.hidden": {"int": [2, 9]}}}
    experiment = Experiment.model_validate(EXPERIMENT | {"search": search})
    assert trial_spec(experiment, {"model.hidden": 3}).is_by_sentence
    usual = Experiment.model_validate(EXPERIMENT | {"search": search | {"objective": "best_loss"}})
    assert not trial_spec(usual, {"model.hidden": 3}).is_by_sentence


def test_groups_that_a_source_of_ones_own_does_not_say_are_told_before_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = "{'words': [['a', 'b']], 'verb_idx': [1], 'verb_pos': ['VBZ']}"
    text = (
        f"from toolkit import Corpus, Sequences\n\n\ndef read(data):\n    return Corpus(*[Sequences({columns})] * 2)\n"
    )
    (tmp_path / "without_subjects.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    data = {"source": "without_subjects:read", "task": "agreement"}
    look_anew()
    assert load_checked(RunConfig.model_validate({"data": data})).dev.predictions == 1
    with pytest.raises(
        SettingError, match=r"^evaluate\.by: distance needs subj_idx and verb_idx of each sequence, not"
    ):
        load_checked(RunConfig.model_validate({"data": data, "evaluate": {"by": ["distance"]}}))
    with pytest.raises(SettingError, match=r"^evaluate\.test: there is no test set in without_subjects:read; add one"):
        load_checked(RunConfig.model_validate({"data": data, "evaluate": {"test": True}}))


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"model": {"embedding": 3}}, "model.embedding: is for words; grammar gives vectors, so leave it out"),
        ({"train": {"protocol": "coursework"}}, "train.protocol: coursework reads words; grammar gives vectors"),
    ],
)
def test_what_is_for_words_is_refused_where_the_data_has_vectors(
    setting: dict[str, Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = Examples([np.ones((2, 1), np.float32)], [np.zeros(1, np.int32)])
    monkeypatch.setattr(
        "toolkit.runner.planning.plan.load_data", lambda _: Dataset([], examples, examples, None, "digest")
    )
    load_checked(RunConfig())
    with pytest.raises(SettingError, match=told):
        load_checked(RunConfig.model_validate(setting))
