"""A spec's search in the hands of keras-tuner's own tuners."""

from pathlib import Path
from typing import Any

import keras_tuner
import pytest

from toolkit import hypermodel

SPEC = """
name: a
data: {task: agreement, train_size: 40, dev_size: 30, vocab_size: 60}
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
