"""The share of right predictions: of the best weights on the dev and on the test set, and after every epoch."""

from toolkit.tasks.measure import Measure
from toolkit.tasks.measures import at_best, on_test

_RIGHT = "the share of right predictions"

ACCURACY = Measure(
    "accuracy",
    4,
    f"{_RIGHT} on the dev set at the epoch of the lowest dev loss",
    found=at_best(lambda epoch: epoch.dev_accuracy),
    highest_is_best=True,
    most=1.0,
    is_compared=True,
    is_drawn=True,
)
TEST_ACCURACY = Measure(
    "test_accuracy",
    4,
    f"{_RIGHT} on the test set with the weights of that epoch",
    found=on_test("accuracy"),
    highest_is_best=True,
    most=1.0,
    on_test=True,
    is_compared=True,
)
DEV_ACCURACY = Measure("dev_accuracy", 4, found=lambda epoch: epoch.dev_accuracy, highest_is_best=True, most=1.0)
