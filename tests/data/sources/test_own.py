"""Sources of the user's: functions that return a corpus."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from toolkit.data.dataset import Dataset, load_corpus, load_examples
from toolkit.data.kept import forget_called, load_data
from toolkit.errors import SettingError
from toolkit.spec.named_code import forget_code
from toolkit.spec.schema import DataConfig
from toolkit.tasks.registry import TASKS
from toolkit.tasks.task import Linear, Task

Write = Callable[[str], None]

SOURCE = "own_source_:read"
HEAD = "import numpy as np; from toolkit import Corpus, Origin, Sequences\n\n"
VECTORS = "Sequences({{'vectors': [np.ones(({}))], 'target': [1.5]}})"
TWO = "Sequences({'words': [['a', 'b'], ['b', 'c']]})"


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes the module of a source, as one does between two calls."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def write_module(text: str) -> None:
        (tmp_path / "own_source_.py").write_text(HEAD + text, encoding="utf-8")
        forget_code()
        forget_called()

    yield write_module
    sys.modules.pop("own_source_", None)


def load(**settings: Any) -> Dataset:
    return load_examples(DataConfig.model_validate({"source": SOURCE, **settings}))


def test_a_function_is_given_the_section_and_its_corpus_is_encoded(write: Write) -> None:
    write(
        "def read(data):\n"
        "    words = [[word] * data.seed for word in data.path.split('-')]\n"
        "    return Corpus(Sequences({'words': words}), Sequences({'words': words[:1]}))\n"
    )
    found = load(path="one-two", seed=3)
    assert found.vocabulary == ["UNK", "<s>", "</s>", "one", "two"]
    assert [list(row) for row in found.train.inputs] == [[1, 3, 3, 3], [1, 4, 4, 4]]
    assert found.test is None


def test_sizes_are_cut_and_the_vocabulary_is_that_of_all_training_sentences(write: Write) -> None:
    write(f"def read(data):\n    return Corpus({TWO}, {TWO}, {TWO})\n")
    found = load(train_size=1, dev_size=1)
    assert (len(found.train), len(found.dev)) == (1, 1)
    assert found.test is not None
    assert len(found.test) == 2
    assert found.vocabulary == load().vocabulary == ["UNK", "<s>", "</s>", "b", "a", "c"]
    assert load(vocab_size=4).vocabulary == ["UNK", "<s>", "</s>", "b"]
    with pytest.raises(SettingError, match=re.escape(f"data.train_size asks for 3 sequences, {SOURCE} gives 2")):
        load(train_size=3)


def test_a_vocabulary_of_its_own_has_what_the_task_adds_besides(write: Write) -> None:
    write(f"def read(data):\n    return Corpus({TWO}, {TWO}, vocabulary=['a', 'UNK'])\n")
    assert load().vocabulary == ["a", "UNK", "<s>", "</s>"]


def test_vectors_and_numbers_to_be_predicted_may_be_given(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task(
        name="agreement",
        meaning="predict a number",
        version=1,
        needs=("vectors", "target"),
        predicts="last",
        head=Linear("target"),
        encode=lambda row: (row["vectors"], row["target"]),
    )
    monkeypatch.setitem(TASKS, "agreement", task)
    write(f"def read(data):\n    part = {VECTORS.format('4, 3')}\n    return Corpus(part, part, part)\n")
    found = load(task="agreement", dev_size=1)
    assert (found.vocabulary, found.sizes.features, found.sizes.outputs) == ([], 3, 1)
    np.testing.assert_array_equal(found.train.inputs, np.ones((1, 4, 3)))
    np.testing.assert_array_equal(found.dev.targets, [[[1.5]]])


def test_any_task_can_be_had_whose_columns_it_gives(write: Write) -> None:
    columns = "{'words': [['a', 'b', 'c']], 'subj_idx': [0], 'verb_idx': [2], 'verb_pos': ['VBP']}"
    write(f"def read(data):\n    return Corpus(Sequences({columns}), Sequences({columns}))\n")
    found = load(task="agreement")
    assert [list(row) for row in found.train.targets] == [[1]]
    assert list(found.dev.groups["distance"]) == [2]
    write(f"def read(data):\n    return Corpus({TWO}, {TWO})\n")
    with pytest.raises(SettingError, match=r"data\.task: agreement needs verb_idx and verb_pos of each sentence"):
        load(task="agreement")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("None", "gives NoneType; expected a toolkit.Corpus"),
        (f"Corpus({TWO}, None)", "gives a dev part that is NoneType; expected toolkit.Sequences"),
        (f"Corpus([['a']], {TWO})", "gives a train part that is list; expected toolkit.Sequences"),
        (f"Corpus({TWO}, Sequences({{}}))", "a dev part with the columns none; expected words or vectors"),
        (f"Corpus({TWO}, Sequences({{'words': []}}))", "a dev part without any sequence"),
        (f"Corpus({TWO}, {VECTORS.format('2, 3')})", "a dev part of vectors of 3 numbers and a train part of words"),
        (
            f"Corpus({VECTORS.format('2, 3')}, {VECTORS.format('2, 4')})",
            "a dev part of vectors of 4 numbers and a train part of vectors of 3 numbers; expected the same of both",
        ),
        (f"Corpus({VECTORS.format('3')}, {TWO})", "sequence 1 is ndarray of shape (3,); expected a NumPy array of num"),
        (f"Corpus({VECTORS.format('0, 3')}, {TWO})", "a train part whose sequence 1 has no steps or no numbers"),
        (f"Corpus(Sequences({{'vectors': [[[1.0]]]}}), {TWO})", "sequence 1 is [[1.0]]; expected a NumPy array"),
        (
            f"Corpus(Sequences({{'vectors': [np.full((1, 1), np.nan)]}}), {TWO})",
            "a train part whose sequence 1 has a number that is not finite",
        ),
        (
            f"Corpus(Sequences({{'words': [['a']], 'tag': [1, 2]}}), {TWO})",
            "a train part with 2 values in the column tag and 1 in words; expected one for each sequence",
        ),
        (f"Corpus(Sequences({{'words': [['a']], 'tag': 5}}), {TWO})", "whose column tag is int; expected a list"),
        (f"Corpus({TWO}, {TWO}, Sequences({{'words': ['a b']}}))", "a test part whose sequence 1 is 'a b'; expected a"),
        (f"Corpus(Sequences({{'words': [['a'], []]}}), {TWO})", "a train part whose sequence 2 has no words"),
        (f"Corpus(Sequences({{'words': [['a', 1]]}}), {TWO})", "whose sequence 1 has 1 as a word; expected a text"),
        (f"Corpus(Sequences({{'words': [['a b']]}}), {TWO})", "has 'a b' as a word; expected a text without blanks"),
        (f"Corpus({TWO}, {TWO}, vocabulary=['a', 'a', 'UNK'])", "a vocabulary in which `a` stands twice"),
        (f"Corpus({TWO}, {TWO}, vocabulary=['a'])", "a vocabulary without UNK, which stands for unknown words"),
        (f"Corpus({TWO}, {TWO}, vocabulary='a UNK')", "a vocabulary that is no list of words"),
        (f"Corpus({TWO}, {TWO}, vocabulary=[1])", "a vocabulary that is no list of words"),
    ],
)
def test_what_is_wrong_with_what_it_gives_is_told_with_its_name(write: Write, given: str, told: str) -> None:
    write(f"def read(data):\n    return {given}\n")
    with pytest.raises(SettingError, match=re.escape(told)) as error:
        load()
    assert str(error.value).startswith(f"data.source: {SOURCE} gives ")


def test_all_that_is_wrong_with_it_is_told_at_once(write: Write) -> None:
    write("def read(data):\n    return Corpus(None, Sequences({'words': []}), vocabulary=['a'])\n")
    with pytest.raises(SettingError) as error:
        load()
    assert str(error.value).count(f"{SOURCE} gives ") == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "import json\n\n\ndef parsed(text):\n    return json.loads(text)\n\n\ndef read(data):\n    parsed('{')\n",
            "own_source_.py:7 (json.decoder.JSONDecodeError: Expecting property name",
        ),
        ("def read():\n    pass\n", "own_source_:read fails (TypeError: read() takes 0 positional arguments but 1 was"),
        ("def read(data):\n    raise SystemExit('enough')\n", "own_source_.py:4 (SystemExit: enough)"),
        ("1 / 0\n\ndef read(data):\n    pass\n", "cannot be imported at "),
        ("read = 5\n", "own_source_:read is 5; expected a function of the data section"),
    ],
)
def test_a_function_that_fails_is_told_with_the_line_of_the_users(write: Write, text: str, told: str) -> None:
    write(text)
    with pytest.raises(SettingError, match=re.escape(told)) as error:
        load()
    assert str(error.value).startswith(f"data.source: {SOURCE} ")
    assert "\n" not in str(error.value)


def test_a_mistake_of_its_data_that_it_tells_itself_is_told_as_it_is(write: Write) -> None:
    write("from toolkit.errors import DataError\n\n\ndef read(data):\n    raise DataError('a.json:3: no words')\n")
    with pytest.raises(ValueError, match=r"^a\.json:3: no words$"):
        load()


def test_what_is_odd_is_told_where_the_function_says_where_it_was_read(write: Write, tmp_path: Path) -> None:
    text = "Sequences({{'words': [['<unk>', 'b']]}}, Origin(Path({!r}), [5]))"
    write(
        "from pathlib import Path\n\n\n"
        f"def read(data):\n    part = {text.format('a.json')}\n    return Corpus(part, part)\n"
    )
    summary = load().summary
    assert summary is not None
    assert any("`<unk>`" in remark for remark in summary.remarks)


def test_data_is_kept_until_the_code_or_a_file_changes_or_another_call_begins(write: Write, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("a b\n", encoding="utf-8")
    text = (
        "from pathlib import Path\n\n\ndef read(data):\n"
        "    part = Sequences({'words': [Path(data.path).read_text(encoding='utf-8').split()]})\n"
        "    return Corpus(part, part)\n"
    )
    config = DataConfig.model_validate({"source": SOURCE, "path": str(tmp_path / "words.txt")})
    write(text)
    first = load_data(config)
    assert load_data(config) is first
    (tmp_path / "words.txt").write_text("a c\n", encoding="utf-8")
    assert load_data(config).digest != first.digest
    (tmp_path / "words.txt").write_text("a b\n", encoding="utf-8")
    assert load_data(config).digest == first.digest
    forget_called()
    assert load_data(config) is not first
    write(text.replace(".split()", ".split()[::-1]"))
    assert load_data(config).digest != first.digest


def test_an_edit_after_the_code_was_hashed_does_not_reach_the_data(write: Write, tmp_path: Path) -> None:
    write(f"def read(data):\n    return Corpus({TWO}, {TWO})\n")
    config = DataConfig.model_validate({"source": SOURCE})
    before = load_data(config).digest
    module = tmp_path / "own_source_.py"
    module.write_text(module.read_text(encoding="utf-8").replace("'b'", "'z'"), encoding="utf-8")
    assert load_corpus(config).train.words[0] == ["a", "b"]
    forget_code()
    assert load_data(config).digest != before
