"""The task `classification`: the label of a sequence, from all of it."""

from typing import Any

from toolkit.tasks.accuracy import DEV_ACCURACY
from toolkit.tasks.label_measures import MEASURES, measure
from toolkit.tasks.task import Columns, Softmax, Task
from toolkit.tasks.what_is_read import LENGTH, what_is_read


def encode(sequence: Columns) -> tuple[Any, str]:
    """All words or vectors, and the label."""
    return what_is_read(sequence), sequence["label"]


TASK = Task(
    name="classification",
    meaning="predict the label of a sequence",
    version=1,
    needs=("label",),
    reads=("words", "vectors"),
    predicts="last",
    head=Softmax(column="label"),
    encode=encode,
    measures=MEASURES,
    tracks=("accuracy",),
    curves=(DEV_ACCURACY,),
    measure=measure,
    groups=(LENGTH,),
)
