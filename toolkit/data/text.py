"""The source `text`: a folder of plain files, one whitespace-tokenised sentence a line."""

from pathlib import Path

from toolkit.data.corpus import Corpus, Sentences
from toolkit.data.files import check_size, data_folder, read_lines
from toolkit.data.vocabulary import SPECIAL, frequent_words
from toolkit.errors import DataError, SettingError
from toolkit.spec.schema import DataConfig

TRAIN, DEV, TEST = "train.txt", "dev.txt", "test.txt"


def load(config: DataConfig) -> Corpus:
    """Read the folder `config.path`; `test.txt` may be absent, its split is then None.

    Blank lines are passed over. The vocabulary comes from the whole training file, whatever `train_size` is, so that
    losses with more or fewer sentences compare; it counts `UNK`, `<s>` and `</s>`, and is smaller than `vocab_size`
    where the file has fewer words.

    Raises:
        DataError: If a file is missing, empty or not UTF-8, or has fewer sentences than asked for.
        SettingError: If the task is `agreement`, or `vocab_size` leaves no word.
    """
    if config.task == "agreement":
        raise SettingError(
            "data.task",
            "agreement needs sentences whose subjects and verbs are marked, which the source text has not; "
            "use data.source: grammar or coursework, or data.task: language_model",
        )
    if config.vocab_size <= len(SPECIAL):
        raise SettingError("data.vocab_size", f"the source text needs at least 4: {', '.join(SPECIAL)} and one word")
    folder = data_folder(config.path, "text", f"{TRAIN}, {DEV} and, if there is one, {TEST}")
    train = read_sentences(folder / TRAIN)
    return Corpus(
        vocabulary=frequent_words(train, config.vocab_size),
        train=_first(train, config.train_size, "data.train_size", folder / TRAIN),
        dev=_first(read_sentences(folder / DEV), config.dev_size, "data.dev_size", folder / DEV),
        test=Sentences(read_sentences(folder / TEST)) if (folder / TEST).exists() else None,
    )


def read_sentences(path: Path) -> list[list[str]]:
    """The words of every line of a file that is not blank.

    Raises:
        DataError: If there are none, or the file cannot be read.
    """
    sentences = [words for line in read_lines(path) if (words := line.split())]
    if not sentences:
        raise DataError(f"{path}:1: the file has only blank lines; expected one sentence a line")
    return sentences


def _first(sentences: list[list[str]], size: int | None, key: str, path: Path) -> Sentences:
    if size is not None:
        check_size(size, len(sentences), key, path)
    return Sentences(sentences[:size])
