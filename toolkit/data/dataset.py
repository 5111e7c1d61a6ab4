"""A data set loaded from its source, ready for training."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import chain

import numpy as np

from toolkit.data.corpus import Corpus, Sequences
from toolkit.data.digest import content_digest
from toolkit.data.examples import Examples, encode
from toolkit.data.labels import check_labels, labels_of
from toolkit.data.remarks import ReadSplit, find_remarks
from toolkit.data.scaling import Scaling
from toolkit.data.sources import own
from toolkit.errors import SettingError
from toolkit.spec.named import SOURCE
from toolkit.spec.schema import DataConfig
from toolkit.spec.sources import source_of
from toolkit.summary import Part, PartName, Summary
from toolkit.tasks.registry import task_of
from toolkit.tasks.sizes import Sizes
from toolkit.tasks.special_words import UNKNOWN
from toolkit.tasks.task import Task


@dataclass(frozen=True)
class Dataset:
    """A data set encoded for a task.

    Attributes:
        vocabulary: The known words; a word's index is its place.
        train: Training examples.
        dev: Development examples.
        test: Test examples; None where the source has none.
        digest: SHA-256 in hex of all of the above. It changes with the content alone, not with the place that the
            content comes from.
        summary: What it holds, in a few numbers and remarks; None where it was not read or generated.
        labels: The labels that the training part has, in the order of the outputs; empty where the task has its own.
        scaling: How vectors and numbers to be predicted were scaled; None where they are in their own units.
    """

    vocabulary: Sequence[str]
    train: Examples
    dev: Examples
    test: Examples | None
    digest: str
    summary: Summary | None = None
    labels: Sequence[str] = ()
    scaling: Scaling | None = None

    @property
    def sizes(self) -> Sizes:
        """What it has of what decides the shapes of a model's weights."""
        read, predicted = self.train.inputs[0], self.train.targets[0]
        features = read.shape[1] if read.ndim > 1 else 0
        numbers = predicted.shape[1] if predicted.ndim > 1 else 0
        return Sizes(len(self.vocabulary), features, len(self.labels) or numbers)


def load_corpus(config: DataConfig) -> Corpus:
    """Read or generate the sentences that the spec's `data` section names.

    Raises:
        DataError: If something is wrong with the data, found before anything is trained.
    """
    if SOURCE.is_own(config.source):
        return own.load(config)
    module, _, function = source_of(config.source).loader.partition(":")
    corpus: Corpus = getattr(import_module(module), function)(config)
    return corpus


def load_examples(config: DataConfig) -> Dataset:
    """Load the corpus and encode it for the section's task.

    Raises:
        DataError: If something is wrong with the data, found before anything is trained.
    """
    corpus, task = load_corpus(config), task_of(config.task)
    vocabulary = list(dict.fromkeys([*corpus.vocabulary, *task.special_words]))
    labels = corpus.labels or labels_of(task, corpus.train)
    splits: dict[PartName, Sequences] = {"train": corpus.train, "dev": corpus.dev}
    if corpus.test is not None:
        splits["test"] = corpus.test
    odd = check_labels(task, labels, splits)
    encoded = {name: encode(split, vocabulary, task, labels, corpus.scaling) for name, split in splits.items()}
    train, dev, test = encoded["train"], encoded["dev"], encoded.get("test")
    _check_measure(task, train, dev)
    summary = _summary(config, vocabulary, splits, encoded)
    return Dataset(
        vocabulary,
        train,
        dev,
        test,
        content_digest(vocabulary, (train, dev, test), labels, corpus.scaling),
        replace(summary, remarks=[*corpus.remarks, *odd, *summary.remarks]),
        labels,
        corpus.scaling,
    )


def _check_measure(task: Task, train: Examples, dev: Examples) -> None:
    """Have a task measure predictions that are all right, so that what is wrong with its `measure` is told at once."""
    targets = np.concatenate(dev.targets)
    try:
        task.measured(dev.predictions_of(targets, np.zeros(len(targets)), train))
    except Exception as error:
        told = f"{task.name}: measure fails ({type(error).__name__}: {error}); mend the task"
        raise SettingError("data.task", told) from error


def _summary(
    config: DataConfig,
    vocabulary: Sequence[str],
    splits: Mapping[PartName, Sequences],
    encoded: Mapping[PartName, Examples],
) -> Summary:
    known = set(vocabulary) - {UNKNOWN}
    parts, read = [], []
    for name, split in splits.items():
        if encoded[name].reads == "vectors":
            steps, features = int(encoded[name].lengths.sum()), encoded[name].inputs[0].shape[1]
            parts.append(Part(name, len(split), steps, 0, features))
            continue
        counts = Counter(chain.from_iterable(split.words))
        words = counts.total()
        parts.append(Part(name, len(split), words, words - sum(counts[word] for word in known), unit=config.unit))
        if split.origin is not None:
            read.append(ReadSplit(split, split.origin, encoded[name], counts))
    return Summary(
        origin=" ".join(filter(None, [config.source, config.path])),
        vocabulary=len(vocabulary),
        parts=parts,
        remarks=list(find_remarks(read, vocabulary, task_of(config.task))) if read else [],
        unit=config.unit,
    )
