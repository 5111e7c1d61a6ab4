"""The unit `subword`: pieces of words by byte-pair encoding, learnt from the training part (Sennrich et al., 2016)."""

import os
from collections.abc import Sequence

from toolkit.extras import require
from toolkit.units.unit import Cut, Unit
from toolkit.units.word import split_words

ADDED = 3
"""The words of a vocabulary that are no pieces: `UNK`, `<s>` and `</s>`."""
UNSEEN = "\0"
"""What stands for a character that the training part has not; no text may have it, so it is unknown to a network."""


def check() -> None:
    """Make sure that the package is there.

    Raises:
        ExtraError: It is not.
    """
    require("subword", "tokenizers", ["tokenizers"], what="subword")


def learn(texts: Sequence[str], size: int) -> Cut:
    """Merge the most frequent pairs of neighbours, from characters on, until there are so many pieces.

    Args:
        texts: Those of the training part. A blank is written as `▁` before the word that it stands before.
        size: Number of units in the vocabulary, `UNK`, `<s>` and `</s>` among them.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # threads would be told of wherever a process is forked
    check()
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers  # noqa: PLC0415  an extra

    tokenizer = Tokenizer(models.BPE(unk_token=UNSEEN))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    # Counts from UNSEEN, which is a piece to the tokenizer and none to a network.
    trainer = trainers.BpeTrainer(vocab_size=max(size - ADDED, 1) + 1, special_tokens=[UNSEEN], show_progress=False)
    tokenizer.train_from_iterator(map(_plain, texts), trainer)
    return lambda text: list(tokenizer.encode(_plain(text)).tokens)


def _plain(text: str) -> str:
    """A text whose words are parted by one blank each."""
    return " ".join(split_words(text))


UNIT = Unit("subword", "pieces of words by byte-pair encoding, learnt from the training part", learn, check)
