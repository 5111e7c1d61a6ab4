"""Several series of one file, each read whole, with a label or a number of its own."""

from typing import Any

import numpy as np
import pytest

from tests.data.sources.series.conftest import Load, rows
from toolkit.data.corpus import Corpus
from toolkit.errors import SettingError

COLUMNS = {"series": "id", "label": "kind"}
LENGTHS = {name: 3 + place for place, name in enumerate("abcdefghij")}


def table() -> str:
    """Ten series of different lengths, the row of each step telling what it is of."""
    lines = [
        f"{name},{step},{step * ord(name)},{'even' if length % 2 == 0 else 'odd'},{length}"
        for name, length in LENGTHS.items()
        for step in range(length)
    ]
    return rows(lines, "id,t,x,kind,size")


def whole(load: Load, **settings: Any) -> Corpus:
    return load(table(), columns={**COLUMNS, "time": "t", "inputs": ["x"]}, **settings)


def all_of(corpus: Corpus) -> list[tuple[int, str]]:
    parts = [part.columns for part in (corpus.train, corpus.dev, corpus.test) if part]
    return [
        (len(vectors), label) for part in parts for vectors, label in zip(part["vectors"], part["label"], strict=True)
    ]


def test_each_series_is_one_sequence_with_its_label_and_in_one_part(load: Load) -> None:
    corpus = whole(load)
    assert corpus.test is not None
    assert (len(corpus.train), len(corpus.dev), len(corpus.test)) == (6, 2, 2)
    assert sorted(all_of(corpus)) == [(length, "odd" if length % 2 else "even") for length in LENGTHS.values()]
    origin = corpus.train.origin
    assert origin is not None
    begins = np.cumsum([2, *LENGTHS.values()])[:-1].tolist()
    lengths = dict(zip(begins, LENGTHS.values(), strict=True))
    assert [lengths[line] for line in origin.lines] == [len(vectors) for vectors in corpus.train.columns["vectors"]]


def test_series_are_drawn_into_parts_by_the_seed(load: Load) -> None:
    assert all_of(whole(load)) == all_of(whole(load))
    assert len({tuple(all_of(whole(load, seed=seed))) for seed in range(5)}) > 1


def test_whole_series_are_scaled_by_those_of_the_training_part(load: Load) -> None:
    corpus = whole(load)
    scaled = np.concatenate(corpus.train.columns["vectors"])
    assert np.mean(scaled) == pytest.approx(0)
    assert np.std(scaled) == pytest.approx(1)
    assert corpus.scaling is not None
    own = corpus.scaling.inputs[0].in_own_unit(corpus.train.columns["vectors"][0][:, 0])
    np.testing.assert_allclose(own, np.arange(len(own)) * own[1], atol=1e-9)


def test_a_number_of_each_series_is_scaled_and_comes_back(load: Load) -> None:
    corpus = load(table(), columns={"series": "id", "time": "t", "target": "size", "inputs": ["x"]})
    assert corpus.scaling is not None
    assert corpus.scaling.target is not None
    for part in (corpus.train, corpus.dev):
        sizes = corpus.scaling.target.in_own_unit(part.columns["target"])
        np.testing.assert_allclose(sizes, [len(vectors) for vectors in part.columns["vectors"]])
    assert np.mean(corpus.train.columns["target"]) == pytest.approx(0)
    found = load(table(), columns={"series": "id", "label": "kind", "target": "size"})
    assert found.scaling is not None
    assert [scale.name for scale in found.scaling.inputs] == ["x"]


def test_parts_in_files_of_their_own_are_kept_apart(load: Load) -> None:
    files = {"train.csv": table(), "dev.csv": rows(["z,0,7,odd,1"], "id,t,x,kind,size")}
    corpus = load(files, columns={**COLUMNS, "inputs": ["x"]})
    assert (len(corpus.train), len(corpus.dev), corpus.test) == (10, 1, None)


def test_more_series_than_there_are_is_told(load: Load) -> None:
    assert len(whole(load, train_size=2).train) == 2
    with pytest.raises(SettingError, match=r"data\.train_size: .*it asks for 7 series, there are 6; lower it"):
        whole(load, train_size=7)
