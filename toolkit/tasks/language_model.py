"""The task `language_model`: `<s> w1 .. wn </s>`, of which all but the last is read and all but the first predicted."""

from collections.abc import Sequence

from toolkit.tasks.marked_verbs import ATTRACTORS, DISTANCE
from toolkit.tasks.perplexity import PERPLEXITY, TEST_PERPLEXITY
from toolkit.tasks.special_words import END, START
from toolkit.tasks.task import Columns, Softmax, Task


def encode(sentence: Columns) -> tuple[Sequence[str], Sequence[str]]:
    """The sentence between its marks, without the last and without the first."""
    words = sentence["words"]
    return [START, *words], [*words, END]


TASK = Task(
    name="language_model",
    meaning="predict each next word",
    version=3,
    needs=("words",),
    predicts="each",
    head=Softmax("vocabulary"),
    encode=encode,
    special_words=(START, END),
    measures=(PERPLEXITY, TEST_PERPLEXITY),
    hashed=(DISTANCE, ATTRACTORS),
    directions=("forward",),  # read from its end, a sentence shows each word before it is to be predicted
)
