"""A spec's search in the hands of keras-tuner's own tuners."""

from pathlib import Path
from typing import Any

import keras_tuner
import pytest

from toolkit import hypermodel

pytestmark = pytest.mark.usefixtures("uncompiled")

SPEC = """
name: a
data: {task: agreement, distance: uniform, max_distance: 2, train_size: 40, dev_size: 30, vocab_size: 60}
train: {epochs: 2, batch_size: 20}
search: {space: {model.hidden: {int: [2, 4]}, train.learning_rate: {float: [0.1, 1.0], log: true}}}
"""


@pytest.mark.parametrize(
    ("tuner", "arguments"), [(keras_tuner.RandomSearch, {"max_trials": 2}), (keras_tuner.Hyperband, {"max_epochs": 2})]
)
def test_stock_tuners_search_the_space_of_a_spec(tuner: Any, arguments: dict[str, int], tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SPEC, encoding="utf-8")
    searching = tuner(hypermodel(tmp_path / "a.yaml"), "val_loss", directory=tmp_path / "kt", seed=1, **arguments)
    searching.search(verbose=0)
    (best,) = searching.oracle.get_best_trials()
    assert best.status == "COMPLETED"
    assert 0 < best.score < 3
    assert best.hyperparameters.values["model.hidden"] in (2, 3, 4)


def test_a_spec_without_a_search_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: a", encoding="utf-8")
    with pytest.raises(ValueError, match="has no `search` section"):
        hypermodel(tmp_path / "a.yaml")


def searched(path: Path, **arguments: Any) -> keras_tuner.RandomSearch:
    (path / "a.yaml").write_text(SPEC, encoding="utf-8")
    return keras_tuner.RandomSearch(
        hypermodel(path / "a.yaml"), "val_loss", directory=path / "kt", seed=1, max_trials=1, **arguments
    )


def test_executions_of_a_trial_have_seeds_of_their_own_and_the_first_that_of_the_spec(tmp_path: Path) -> None:
    results: list[list[float]] = []
    for name, executions in (("one", 1), ("two", 2), ("again", 2)):
        (tmp_path / name).mkdir()
        tuner = searched(tmp_path / name, executions_per_trial=executions)
        fit = tuner.hypermodel.fit
        losses: list[float] = []

        def noting(*given: Any, fit: Any = fit, losses: Any = losses, **arguments: Any) -> Any:
            history = fit(*given, **arguments)
            losses.append(min(history.history["val_loss"]))
            return history

        tuner.hypermodel.fit = noting
        tuner.search(verbose=0)
        results.append(losses)
    one, two, again = results
    assert len(set(two)) == 2
    assert two[:1] == one
    assert two == again


@pytest.mark.parametrize(
    ("given", "named", "told"),
    [
        (([1], [2]), {}, "x, y"),
        ((), {"validation_data": ([1], [2])}, "validation_data"),
        ((), {"x": [1], "y": [2], "batch_size": 3}, "x, y, batch_size"),
    ],
)
def test_data_for_a_search_are_refused_at_once(given: Any, named: dict[str, Any], told: str, tmp_path: Path) -> None:
    tuner = searched(tmp_path)
    with pytest.raises(TypeError, match=rf"a\.yaml: search\(\) received {told}, but .* write them into the spec"):
        tuner.search(*given, **named, verbose=0)
