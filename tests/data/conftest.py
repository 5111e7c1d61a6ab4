"""Small data folders, as the sources that read some want them."""

from pathlib import Path

import pytest

HEADER = "sentence\tsubj_idx\tverb_idx\tverb_pos\tverb\tinflected_verb"
ROWS = [
    "the zebra near the lakes runs .\t1\t5\tVBZ\truns\trun",
    "two zebras run .\t1\t2\tVBP\trun\truns",
    "a café opens .\t1\t2\tVBZ\topens\topen",
]
WORDS = ["VBZ", "VBP", "the", "<s>", "UNK", "</s>", "zebra", "zebras", "near", "two", "run", "café", "."]


CONLLU = """# sent_id = 1
# text = don't run
1-2\tdon't\t_\t_\t_\t_\t_\t_\t_\t_
1\tdo\tdo\tAUX\tVB\t_\t3\taux\t_\tSpaceAfter=No
2\tn't\tnot\tPART\tRB\t_\t3\tadvmod\t_\t_
2.1\tever\tever\tADV\tRB\t_\t_\t_\t_\t_
3\trun\trun\tVERB\tVB\t_\t0\troot\t_\t_

# sent_id = 2
1\tzebras\tzebra\tNOUN\tNNS\t_\t0\troot\t_\t_
"""


def write_coursework(folder: Path) -> Path:
    folder.mkdir()
    for split in ("train", "dev", "test"):
        (folder / f"wiki-{split}.txt").write_text("\n".join([HEADER, *ROWS, ""]), encoding="utf-8")
    rows = [f"{word}\t{100 - rank}\t0.0{100 - rank}\n" for rank, word in enumerate(WORDS)]
    (folder / "vocab.wiki.txt").write_text("".join(rows), encoding="utf-8")
    return folder


def write_text(folder: Path) -> Path:
    folder.mkdir()
    (folder / "train.txt").write_text("the zebra runs .\n\nthe  zebras\trun .\nzebra café .\n", encoding="utf-8")
    (folder / "dev.txt").write_text("the café runs .\n", encoding="utf-8")
    return folder


def write_table(folder: Path) -> Path:
    folder.mkdir()
    for part in ("train", "dev"):
        (folder / f"{part}.csv").write_text("text,label,target\na zebra runs,animal,1.5\n", encoding="utf-8")
    return folder


def write_conll(folder: Path) -> Path:
    folder.mkdir()
    for part in ("train", "dev"):
        (folder / f"{part}.conllu").write_text(CONLLU, encoding="utf-8")
    return folder


def write_series(folder: Path) -> Path:
    folder.mkdir()
    rows = [f"{name},kind {name},{number},{x}" for number, name in enumerate("ab") for x in (3.5, 1, 4, 1, 5)]
    for part in ("train", "dev"):
        (folder / f"{part}.csv").write_text("\n".join(["id,kind,x,value", *rows, ""]), encoding="utf-8")
    return folder


@pytest.fixture
def coursework_folder(tmp_path: Path) -> Path:
    return write_coursework(tmp_path / "nlu")


@pytest.fixture
def text_folder(tmp_path: Path) -> Path:
    return write_text(tmp_path / "text")
