"""What is odd about data that can be read: told once a data set, with its place and how to mend it."""

from pathlib import Path

import pytest

from toolkit.data.dataset import load_examples
from toolkit.spec.schema import DataConfig


def remarks(folder: Path, train: str, dev: str | None = None, **settings: object) -> list[str]:
    """The remarks on a folder of plain text."""
    (folder / "train.txt").write_text(train, encoding="utf-8")
    (folder / "dev.txt").write_text(train if dev is None else dev, encoding="utf-8")
    config = {"source": "text", "path": str(folder), **settings}
    summary = load_examples(DataConfig.model_validate(config)).summary
    assert summary is not None
    assert not any("\n" in remark for remark in summary.remarks)
    return list(summary.remarks)


def test_ordinary_text_has_no_remarks(text_folder: Path) -> None:
    text = "the zebra runs .\ntwo zébras run UNK .\n" + "a " * 45 + "\n"
    assert remarks(text_folder, text, "the lion sleeps .\n") == []


def test_generated_sentences_have_no_remarks() -> None:
    summary = load_examples(DataConfig(train_size=20, dev_size=20)).summary
    assert summary is not None
    assert summary.remarks == []


@pytest.mark.parametrize(("here", "there"), [("caf\u00e9", "cafe\u0301"), ("cafe\u0301", "caf\u00e9")])
def test_unknown_words_that_only_another_spelling_makes_unknown_are_counted_and_shown(
    text_folder: Path, here: str, there: str
) -> None:
    (told,) = remarks(text_folder, f"the {there} opens .\n", f"the {here} opens .\na lion {here} .\n")
    assert told.startswith(f"{text_folder}/dev.txt: 2 of 4 unknown words (50.0%) would be known in the spelling of the")
    assert f": {here!a} stands here, {there!a} there; write all files in one" in told


@pytest.mark.parametrize("unseen", ["\u00ad", "\u200b", "\u2060"])
def test_a_character_that_is_not_seen_makes_a_word_unknown_and_is_told(text_folder: Path, unseen: str) -> None:
    (told,) = remarks(text_folder, "the zebra runs .\n", f"the ze{unseen}bra runs .\n")
    assert "1 of 1 unknown word (100.0%) would be known" in told


def test_one_word_in_two_spellings_of_the_vocabulary_is_told(text_folder: Path) -> None:
    (told,) = remarks(text_folder, "the café opens .\nthe cafe\u0301 opens .\n", "the lion .\n")
    assert told.startswith("the vocabulary has 1 word in two spellings that look the same, such as 'cafe\\u0301' and")


@pytest.mark.parametrize("mark", ["<unk>", "<UNK>", "[UNK]", "unk"])
def test_another_programs_unknown_word_beside_the_own_is_told(text_folder: Path, mark: str) -> None:
    (told,) = remarks(text_folder, f"the {mark} runs .\n")
    assert told.startswith(
        f"the vocabulary has the word `{mark}` beside UNK, as a word like any other; write UNK in its"
    )


def test_another_programs_unknown_word_that_is_unknown_here_too_is_as_it_should_be(text_folder: Path) -> None:
    assert remarks(text_folder, "the zebra runs .\n", "the <unk> runs .\n") == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("<s> the zebra runs .", "2 of 3 sentences begin with `<s>`, and <s> is added besides: a trivial prediction"),
        ("[CLS] the zebra runs .", "2 of 3 sentences begin with `[CLS]`, and <s> is added besides"),
        ("the zebra runs . </s>", "2 of 3 sentences end with `</s>`, and </s> is added besides"),
        ("the zebra runs . <eos>", "2 of 3 sentences end with `<eos>`, and </s> is added besides"),
    ],
)
def test_sentences_that_have_marks_at_their_ends_already_are_told(text_folder: Path, line: str, told: str) -> None:
    found = remarks(text_folder, f"{line}\n{line}\nthe zebra runs .\n", "the zebra runs .\n")
    assert [remark.startswith(f"{text_folder}/train.txt: {told}") for remark in found] == [True]


def test_both_marks_are_told_for_each_file(text_folder: Path) -> None:
    found = remarks(text_folder, "<s> the zebra runs . </s>\n")
    assert [remark.partition(":")[0].rpartition("/")[2] for remark in found] == ["train.txt"] * 2 + ["dev.txt"] * 2


def test_marks_do_not_matter_where_no_word_is_predicted(coursework_folder: Path) -> None:
    for path in coursework_folder.glob("wiki-*.txt"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("two zebras run .\t1\t2", "<s> two zebras run .\t2\t3"), encoding="utf-8")
    config = {"source": "coursework", "path": str(coursework_folder)}
    found = {
        task: load_examples(DataConfig.model_validate({**config, "task": task})).summary
        for task in ("agreement", "language_model")
    }
    assert {task: len(summary.remarks) if summary else None for task, summary in found.items()} == {
        "agreement": 0,
        "language_model": 3,
    }


@pytest.mark.parametrize("space", ["\u00a0", "\u2009", "\u3000"])
def test_words_with_a_space_inside_are_counted_and_shown(text_folder: Path, space: str) -> None:
    (told,) = remarks(text_folder, f"the 1{space}1/2 zebras 1{space}1/2 .\n", "the zebra .\n")
    example = ascii(f"1{space}1/2")
    assert told.startswith(
        f"{text_folder}/train.txt: 2 words with a space other than the blank inside, such as {example};"
    )


def test_letters_that_were_lost_in_a_conversion_are_told(text_folder: Path) -> None:
    (told,) = remarks(text_folder, "the caf\ufffd opens .\n", "the zebra .\n")
    assert "1 word with the replacement character U+FFFD inside, such as 'caf\\ufffd'; it stands for letters" in told


def test_one_line_of_20_000_words_beside_short_ones_is_told_with_its_line(text_folder: Path) -> None:
    lines = ["the zebra runs ."] * 50
    lines[20:20] = ["", "the " * 20_000]
    (told,) = remarks(text_folder, "\n".join(lines), "the zebra .\n")
    assert told.startswith(
        f"{text_folder}/train.txt:22: 20,001 words are read of this sentence, of 99 in 100 others at"
    )
    assert "at most 5; its whole batch is padded to that length, which takes about 2.6 GiB for 100 sentences" in told


def test_several_long_lines_are_one_remark(text_folder: Path) -> None:
    lines = ["the zebra runs ."] * 500
    lines[7], lines[9] = "the " * 1500, "the " * 3000
    (told,) = remarks(text_folder, "\n".join(lines), "the zebra .\n")
    assert told.startswith(f"{text_folder}/train.txt:10: 3,001 words are read of this sentence (1 more like it)")


def test_a_long_text_whose_lines_are_all_long_is_told_nothing(text_folder: Path) -> None:
    assert remarks(text_folder, "\n".join("the " * words for words in (3000, 2000, 1500))) == []


def test_a_long_sentence_of_which_little_is_read_is_told_nothing(coursework_folder: Path) -> None:
    path = coursework_folder / "wiki-train.txt"
    path.write_text(
        path.read_text(encoding="utf-8") + f"a cat runs{' and' * 20_000}\t1\t2\tVBZ\truns\trun\n", encoding="utf-8"
    )
    config = {"source": "coursework", "path": str(coursework_folder), "task": "agreement"}
    summary = load_examples(DataConfig.model_validate(config)).summary
    assert summary is not None
    assert summary.remarks == []
