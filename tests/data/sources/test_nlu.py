"""The coursework's own data, where the environment says that it is."""

import os
import time
from collections import Counter

import pytest

from toolkit.data.corpus import Corpus
from toolkit.data.dataset import load_corpus, load_examples
from toolkit.spec.schema import DataConfig

FOLDER = os.environ.get("NLU_DATA")

pytestmark = pytest.mark.skipif(
    not FOLDER, reason="set NLU_DATA to the folder with wiki-train.txt, wiki-dev.txt, wiki-test.txt and vocab.wiki.txt"
)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus(DataConfig(source="coursework", path=FOLDER))


def test_all_sentences_are_read(corpus: Corpus) -> None:
    assert corpus.test is not None
    assert (len(corpus.train), len(corpus.dev), len(corpus.test)) == (50_000, 1_000, 4_000)
    assert len(corpus.vocabulary) == 2_000


def test_numbers_of_the_training_verbs_are_those_of_the_readme(corpus: Corpus) -> None:
    assert Counter(corpus.train.columns["verb_pos"]) == {"VBZ": 34_151, "VBP": 15_849}


def test_no_verb_is_first(corpus: Corpus) -> None:
    for split in (corpus.train, corpus.dev, corpus.test):
        assert split is not None
        assert min(split.columns["verb_idx"]) >= 1


@pytest.mark.parametrize("task", ["language_model", "agreement"])
def test_fifty_thousand_sentences_are_encoded_in_seconds(task: str) -> None:
    start = time.process_time()
    dataset = load_examples(DataConfig.model_validate({"source": "coursework", "path": FOLDER, "task": task}))
    assert time.process_time() - start < 4
    assert len(dataset.train) == 50_000


@pytest.mark.parametrize(
    ("task", "digest"),
    [
        ("language_model", "b1b2759199fda5e6d4d2e22167f31c30e7642f9126e3fbbb92c525e83755086a"),
        ("agreement", "726f71b7ea9b34df08af4fb853500b368e2f370944641474372eaf44df30c254"),
    ],
)
def test_digests_are_those_that_the_stored_runs_of_the_study_know(task: str, digest: str) -> None:
    settings = {"source": "coursework", "path": FOLDER, "task": task, "train_size": 1000, "vocab_size": 2000}
    assert load_examples(DataConfig.model_validate(settings)).digest == digest


def test_the_real_sentences_have_nothing_odd_about_them() -> None:
    for task in ("language_model", "agreement"):
        summary = load_examples(
            DataConfig.model_validate({"source": "coursework", "path": FOLDER, "task": task})
        ).summary
        assert summary is not None
        assert summary.remarks == []
        assert [part.sentences for part in summary.parts] == [50_000, 1_000, 4_000]
