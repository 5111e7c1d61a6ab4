"""What is measured of the number of verbs."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from toolkit.tasks.agreement import TASK
from toolkit.tasks.task import Predictions


def measured(targets: np.ndarray, said: np.ndarray, training: np.ndarray) -> dict[str, float | None]:
    return TASK.measured(Predictions(targets, said, np.zeros(len(targets)), training))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_class_metrics_are_those_of_scikit_learn(share: float) -> None:
    generator = np.random.default_rng(1)
    targets, said, train = (np.asarray(generator.random(200) < share, np.int32) for _ in range(3))
    found = measured(targets, said, train)
    assert found["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(targets, said))
    assert found["plural_f1"] == pytest.approx(f1_score(targets, said))
    assert found["majority_accuracy"] == pytest.approx(accuracy_score(targets, np.full(200, int(train.mean() > 0.5))))


def test_f1_without_any_plural_has_no_value() -> None:
    none = np.zeros(3, np.int32)
    assert measured(none, none, none) == {"balanced_accuracy": 1, "plural_f1": None, "majority_accuracy": 1}
