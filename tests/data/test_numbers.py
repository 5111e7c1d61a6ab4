"""Data sets of vectors, numbers to be predicted and labels of the training part."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from toolkit.data import dataset
from toolkit.data.batches import make_batch
from toolkit.data.corpus import Corpus, Origin, Sequences
from toolkit.data.dataset import Dataset, load_examples
from toolkit.data.examples import encode
from toolkit.data.scaling import Scale, Scaling, scale_of
from toolkit.errors import DataError, SettingError
from toolkit.spec.schema import DataConfig
from toolkit.summary import Part, summary_lines
from toolkit.tasks.registry import TASKS
from toolkit.tasks.task import Linear, Softmax, Task

SUM = Task(
    name="agreement",
    meaning="predict a number",
    version=1,
    needs=("vectors", "target"),
    predicts="last",
    head=Linear("target"),
    encode=lambda row: (row["vectors"], row["target"]),
    beside=("last_value", "none"),
)
KIND = Task(
    name="agreement",
    meaning="predict a label",
    version=1,
    needs=("label",),
    reads=("words", "vectors"),
    predicts="last",
    head=Softmax(column="label"),
    encode=lambda row: (row["vectors"] if "vectors" in row else row["words"], row["label"]),
)
TAGS = replace(
    KIND,
    needs=("words", "tags"),
    reads=(),
    predicts="each",
    head=Softmax(column="tags"),
    encode=lambda row: (row["words"], row["tags"]),
)
LOAD_CORPUS = dataset.load_corpus
VECTORS = [np.array([[1.0, 0.5], [2.0, 0.25], [3.0, 0.125]]), np.array([[4.0, 9.0]])]
NUMBERS = Sequences({"vectors": VECTORS, "target": [0.5, -2.0], "last_value": [7, 8], "label": ["b", "a"]})


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Takes a task in place of one that a spec can name, and a corpus in place of what its source delivers."""

    def use_both(task: Task, corpus: Corpus | None = None) -> None:
        monkeypatch.setitem(TASKS, "agreement", task)
        monkeypatch.setattr(dataset, "load_corpus", LOAD_CORPUS if corpus is None else lambda config: corpus)

    return use_both


def load(**settings: Any) -> Dataset:
    return load_examples(DataConfig.model_validate({"task": "agreement", **settings}))


def test_vectors_are_read_and_numbers_predicted_as_they_are() -> None:
    examples = encode(NUMBERS, (), SUM)
    assert examples.reads == "vectors"
    for read, given in zip(examples.inputs, VECTORS, strict=True):
        np.testing.assert_array_equal(read, given)
        assert not read.flags.writeable
    np.testing.assert_array_equal(examples.targets, [[[0.5]], [[-2.0]]])
    assert examples.targets[0].dtype == np.float64
    batch = make_batch(examples, np.array([0, 1]))
    np.testing.assert_array_equal(batch.inputs["vectors"][1], [[4, 9], [0, 0], [0, 0]])
    assert batch.targets[batch.weights > 0].tolist() == [[0.5], [-2.0]]


def test_numbers_that_measures_need_go_with_the_examples() -> None:
    examples = encode(NUMBERS, (), SUM)
    assert {name: values.tolist() for name, values in examples.beside.items()} == {"last_value": [7, 8]}


def test_a_number_may_be_predicted_at_each_step_or_the_last_ones() -> None:
    each = replace(SUM, predicts="each", encode=lambda row: (row["vectors"], row["vectors"][-1:, 1]))
    assert [targets.tolist() for targets in encode(NUMBERS, (), each).targets] == [[[0.125]], [[9.0]]]


def test_labels_are_those_of_the_training_part_whatever_is_read(use: Any) -> None:
    more = Sequences({"vectors": VECTORS, "label": ["a", "b"]})
    use(KIND, Corpus(NUMBERS, more))
    found = load()
    assert found.labels == ["a", "b"]
    assert [targets.tolist() for targets in found.train.targets] == [[1], [0]]
    assert [targets.tolist() for targets in found.dev.targets] == [[0], [1]]
    assert (found.vocabulary, found.sizes.features, found.sizes.outputs) == ([], 2, 2)
    use(KIND)
    recalled = load(source="memory", kind="recall", lag=2)
    assert recalled.labels == tuple("ABCDEFGH")
    assert recalled.train.reads == "tokens"
    assert load(source="memory", kind="recall", lag=2, train_size=3).labels == recalled.labels
    assert load(source="memory", kind="parity", lag=2, train_size=1).labels == ("even", "odd")


def test_whole_series_keep_the_labels_of_all_when_fewer_are_trained_on(use: Any, tmp_path: Path) -> None:
    use(KIND)
    (tmp_path / "a.csv").write_text(
        "id,x,kind\n" + "".join(f"{n},{n * step},{'ab'[n % 2]}\n" for n in range(20) for step in range(3)),
        encoding="utf-8",
    )
    columns = {"series": "id", "label": "kind", "inputs": ["x"]}
    section = {"source": "series", "path": str(tmp_path / "a.csv"), "split": {"dev": 0.4}, "columns": columns}
    assert load(**section, train_size=1).labels == ["a", "b"]


def test_tags_are_labels_of_each_word(use: Any) -> None:
    use(TAGS)
    found = load(source="memory", kind="copy", lag=2)
    assert found.labels == (*"ABCDEFGH", "_")
    words, tags = found.train.inputs[0], found.train.targets[0]
    assert [found.vocabulary[word] for word in words[:2]] == [found.labels[tag] for tag in tags[2:]]


def test_a_label_that_only_dev_has_is_told_with_its_place(use: Any) -> None:
    dev = Sequences({"vectors": VECTORS, "label": ["a", "c"]}, Origin(Path("dev.csv"), [2, 9]))
    use(KIND, Corpus(NUMBERS, dev))
    with pytest.raises(DataError, match=r"dev\.csv:9: the dev part has the label `c`, the training part not"):
        load()
    use(KIND, Corpus(Sequences({"vectors": VECTORS, "label": ["a", "a"]}), dev))
    with pytest.raises(SettingError, match="all of the training part has the label 'a'; expected at least two"):
        load()


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"vectors": [np.zeros((2, 2)), np.zeros((2, 3))]}, "vectors of 3 numbers; expected 2 as of the first one"),
        ({"vectors": [np.zeros((2, 2)), np.zeros((0, 2))]}, r"an array of shape \(0, 2\); expected finite numbers"),
        ({"vectors": [np.zeros((2, 2)), np.full((2, 2), np.nan)]}, "expected finite numbers"),
        ({"target": [1.0, float("inf")]}, "sentence 2 .*it predicts inf; a task that predicts `last` gives one number"),
        ({"target": [1.0, "much"]}, "it predicts 'much'; a task that predicts `last` gives one number, all finite"),
        ({"target": [1.0, [1.0, 2.0]]}, r"it predicts \[1.0, 2.0\]; a task"),
    ],
)
def test_numbers_that_cannot_be_read_or_predicted_are_told(columns: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingError, match=told):
        encode(replace(NUMBERS, columns={**NUMBERS.columns, **columns}), (), SUM)


def test_what_is_read_must_be_there() -> None:
    with pytest.raises(SettingError, match="agreement reads words or vectors of each sequence, which the source"):
        encode(Sequences({"label": ["a"]}), (), KIND)


def _changes() -> Iterator[Corpus]:
    """Data sets that differ in one thing."""
    corpus = Corpus(NUMBERS, NUMBERS, scaling=Scaling([Scale("x", 0.0, 1.0), Scale("y", 0.0, 1.0)], Scale("t", 0, 1)))
    yield corpus
    nearly = [VECTORS[0], np.nextafter(VECTORS[1], 10)]
    yield replace(corpus, train=replace(NUMBERS, columns={**NUMBERS.columns, "vectors": nearly}))
    yield replace(corpus, dev=replace(NUMBERS, columns={**NUMBERS.columns, "target": [0.5, -2.0000001]}))
    yield replace(corpus, scaling=Scaling(corpus.scaling.inputs if corpus.scaling else (), Scale("t", 0, 2)))
    yield replace(corpus, test=NUMBERS)
    flat = [vectors.reshape(-1, 1) for vectors in VECTORS]
    yield replace(corpus, train=replace(NUMBERS, columns={**NUMBERS.columns, "vectors": flat}))


def test_the_digest_is_of_the_numbers_and_of_their_scaling(use: Any) -> None:
    digests = []
    for corpus in _changes():
        use(SUM, corpus)
        digests.append(load().digest)
    assert len(set(digests)) == len(digests)
    use(SUM, next(_changes()))
    assert load().digest == digests[0]


def test_the_digest_of_numbers_is_that_of_their_bytes(use: Any) -> None:
    use(SUM, Corpus(NUMBERS, NUMBERS))
    split = b"\n2\n" + np.array([3, 1], "<i4").tobytes() + b"\n8\n" + np.concatenate(VECTORS).astype("<f8").tobytes()
    split += b"\n2\n" + np.array([0.5, -2.0], "<f8").tobytes() + b"\n"
    assert load().digest == hashlib.sha256(split + split + b"\n").hexdigest()


def test_sequences_of_vectors_are_summarised_by_their_steps(use: Any) -> None:
    use(SUM, Corpus(NUMBERS, NUMBERS, remarks=["a.csv: something odd"]))
    summary = load().summary
    assert summary is not None
    assert summary.parts[0] == Part("train", sentences=2, words=4, unknown=0, features=2)
    assert list(summary_lines([summary])) == [
        "data: grammar, no words: numbers are read",
        "  train  2 sequences, 4 steps of 2 numbers",
        "  dev    2 sequences, 4 steps of 2 numbers",
        "warning: a.csv: something odd",
    ]


def test_a_scale_brings_numbers_to_mean_zero_and_deviation_one_and_back() -> None:
    values = np.array([3.0, 5.0, 10.0, 2.0])
    scale = scale_of("x", values)
    assert np.mean(scale.scaled(values)) == pytest.approx(0)
    assert np.std(scale.scaled(values)) == pytest.approx(1)
    np.testing.assert_allclose(scale.in_own_unit(scale.scaled(values)), values)
    assert scale_of("x", np.array([0.1, 0.1, 0.1])) == Scale("x", 0.1, 1.0)
    both = Scaling([scale, Scale("y", 1.0, 2.0)])
    np.testing.assert_allclose(both.scaled_vectors(np.array([[5.0, 5.0]])), [[0.0, 2.0]])
