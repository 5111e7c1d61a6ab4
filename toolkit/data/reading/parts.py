"""The parts of a data set: each read from its file, or drawn from one."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random

from toolkit.data.corpus import Corpus, Sequences
from toolkit.data.labels import labels_of
from toolkit.data.reading.files import check_size
from toolkit.data.reading.folders import WHOLE, data_files
from toolkit.data.reading.mistakes import Mistakes
from toolkit.errors import SettingError
from toolkit.spec.schema import DataConfig
from toolkit.spec.words import plural
from toolkit.tasks.registry import task_of

Read = Callable[[Path], Sequences]


def read_parts(config: DataConfig, read: Read) -> Mapping[str, Sequences]:
    """All sequences of each part that is there.

    Args:
        config: The `data` section.
        read: From a file to its sequences.

    Raises:
        DataError: Everything that is wrong with the files.
    """
    files = data_files(config)
    if WHOLE in files:
        return drawn(read(files[WHOLE]), config)
    told = Mistakes()
    parts = {}
    for part, file in files.items():
        with told:
            parts[part] = read(file)
    told.refuse()
    return parts


def drawn(whole: Sequences, config: DataConfig) -> Mapping[str, Sequences]:
    """Draw the shares of `data.split` with `data.seed`; what is left over is for training. Their order is kept.

    Of the standard library's generator only `random()` is used: its sequence is promised for every version.

    Raises:
        SettingError: A share is no whole sequence, or nothing is left over.
    """
    shares = {part: share for part, share in config.split or () if share}
    sizes = {part: round(share * len(whole)) for part, share in shares.items()}
    if empty := [part for part, size in sizes.items() if not size]:
        told = f"{empty[0]}: {shares[empty[0]]:g} of {plural(len(whole), 'sequence')} is none; raise it, or add rows"
        raise SettingError("data.split", told)
    if sum(sizes.values()) >= len(whole):
        told = f"of {plural(len(whole), 'sequence')} none is left for training; lower the shares, or add rows"
        raise SettingError("data.split", told)
    random = Random(config.seed).random
    order = sorted(range(len(whole)), key=lambda _: random())
    parts = {}
    for part, size in sizes.items():
        parts[part], order = whole.chosen(sorted(order[:size])), order[size:]
    return {"train": whole.chosen(sorted(order)), **parts}


def as_corpus(
    config: DataConfig, parts: Mapping[str, Sequences], vocabulary: Sequence[str], remarks: Sequence[str] = ()
) -> Corpus:
    """A corpus of as many sequences of each part as are asked for, from the first; its labels are those of all.

    Raises:
        SettingError: There are fewer.
    """
    told = Mistakes()
    sizes = {"train": config.train_size, "dev": config.dev_size}
    cut = {}
    for part, sentences in parts.items():
        with told:
            cut[part] = _first(sentences, sizes.get(part), f"data.{part}_size")
    told.refuse()
    labels = labels_of(task_of(config.task), parts["train"])
    return Corpus(cut["train"], cut["dev"], cut.get("test"), vocabulary, remarks, labels=labels)


def _first(sentences: Sequences, size: int | None, key: str) -> Sequences:
    if size is not None and sentences.origin:
        check_size(size, len(sentences), key, sentences.origin.file)
    return sentences.first(size)
