"""The task `tagging`: the tag of each word of a sentence, from the words up to it, or from all of them."""

from collections.abc import Sequence

from toolkit.tasks.accuracy import DEV_ACCURACY
from toolkit.tasks.label_measures import MEASURES, measure
from toolkit.tasks.task import Columns, Softmax, Task
from toolkit.tasks.what_is_read import LENGTH


def encode(sentence: Columns) -> tuple[Sequence[str], Sequence[str]]:
    """All words, and the tag of each."""
    return sentence["words"], sentence["tags"]


TASK = Task(
    name="tagging",
    meaning="predict the tag of each word",
    version=1,
    needs=("words", "tags"),
    predicts="each",
    head=Softmax(column="tags"),
    encode=encode,
    measures=MEASURES,
    tracks=("accuracy",),
    curves=(DEV_ACCURACY,),
    measure=measure,
    groups=(LENGTH,),
)
