"""What is measured of labels, held against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score, f1_score

from toolkit.tasks.label_measures import measure
from toolkit.tasks.task import Predictions

LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40)


@given(LABELS, st.lists(st.integers(0, 4), min_size=1, max_size=20))
def test_measures_are_those_of_scikit_learn(pairs: list[tuple[int, int]], training: list[int]) -> None:
    targets, said = np.array(pairs, np.int32).T
    found = measure(Predictions(targets, said, np.zeros(len(said)), np.array(training, np.int32)))
    recalls = [np.mean(said[targets == label] == label) for label in np.unique(targets)]
    assert found["balanced_accuracy"] == pytest.approx(np.mean(recalls))
    assert found["macro_f1"] == pytest.approx(f1_score(targets, said, average="macro", zero_division=0))
    majority = min(range(5), key=lambda label: (-training.count(label), label))
    assert found["majority_accuracy"] == pytest.approx(np.mean(targets == majority))


def test_balanced_accuracy_is_that_of_scikit_learn_where_all_labels_are_there() -> None:
    random = np.random.default_rng(1)
    targets, said = np.arange(60) % 3, random.integers(0, 3, 60)
    found = measure(Predictions(targets, said, np.zeros(60), targets))
    assert found["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(targets, said))
