"""Loading a data set by its source's name, and the digest of its content."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from toolkit.data.dataset import load_examples
from toolkit.spec.identity import run_identity
from toolkit.spec.schema import DataConfig, RunConfig

SMALL: dict[str, Any] = {"source": "grammar", "train_size": 30, "dev_size": 20, "max_distance": 8}


def digest(**settings: Any) -> str:
    return load_examples(DataConfig(**settings)).digest


def output_of(code: str, **environment: str) -> str:
    """What a fresh Python process prints."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def coursework_digest(folder: Path, **settings: Any) -> str:
    return digest(source="coursework", path=str(folder), **settings)


@pytest.mark.parametrize(
    ("source", "task", "known", "identity"),
    [
        ("grammar", "language_model", "0fe599c6ff89b567f10f372ef82604c9", "1bee3c939ad66b4f"),
        ("grammar", "agreement", "75721c2989134307341cdbdc32d6518c", "c7a5664fb2e7793f"),
        ("coursework", "language_model", "2d18604acf6a16b201a149192f7cb494", "a7ceb181f505c83f"),
        ("coursework", "agreement", "876e8f6d42494a81cdcef14fcf97dbaf", "c83a5fb6b17add00"),
        ("text", "language_model", "b71b6c174d32168c2aa72f514174fa50", "b561d0074162a201"),
    ],
)
def test_digest_and_identity_are_those_of_runs_stored_before_tasks_were_files(
    coursework_folder: Path, text_folder: Path, source: str, task: str, known: str, identity: str
) -> None:
    folders = {"coursework": coursework_folder, "text": text_folder}
    settings = SMALL if source == "grammar" else {"source": source, "path": str(folders[source])}
    config = DataConfig(**{**settings, "task": task})
    found = load_examples(config).digest
    assert found.startswith(known)
    assert run_identity(RunConfig(data=config), found) == identity


def test_digest_does_not_depend_on_the_place(coursework_folder: Path, tmp_path: Path) -> None:
    elsewhere = shutil.copytree(coursework_folder, tmp_path / "elsewhere")
    assert coursework_digest(elsewhere) == coursework_digest(coursework_folder)


def test_digest_does_not_depend_on_settings_of_other_sources(coursework_folder: Path) -> None:
    settings = {"seed": 7, "max_distance": 3, "distance": "uniform"}
    assert coursework_digest(coursework_folder, **settings) == coursework_digest(coursework_folder)


@pytest.mark.parametrize("task", ["language_model", "agreement"])
@pytest.mark.parametrize("split", ["train", "dev", "test"])
def test_digest_changes_with_a_word_that_is_read(coursework_folder: Path, split: str, task: str) -> None:
    before = coursework_digest(coursework_folder, task=task)
    path = coursework_folder / f"wiki-{split}.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("two zebras", "near zebras"), encoding="utf-8")
    assert coursework_digest(coursework_folder, task=task) != before


def test_digest_changes_with_the_vocabulary(coursework_folder: Path) -> None:
    before = coursework_digest(coursework_folder)
    path = coursework_folder / "vocab.wiki.txt"
    path.write_text(path.read_text(encoding="utf-8") + "lakes\t1\t0.01\n", encoding="utf-8")
    assert coursework_digest(coursework_folder) != before


def test_digest_does_not_change_with_a_sentence_that_is_not_read(coursework_folder: Path) -> None:
    before = coursework_digest(coursework_folder, train_size=2)
    path = coursework_folder / "wiki-train.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("café", "zoo"), encoding="utf-8")
    assert coursework_digest(coursework_folder, train_size=2) == before


def test_digest_tells_tasks_seeds_and_sizes_apart() -> None:
    settings: list[dict[str, Any]] = [
        {},
        {"task": "agreement"},
        {"seed": 1},
        {"train_size": 29},
        {"dev_size": 19},
        {"distance": "uniform"},
    ]
    assert len({digest(**{**SMALL, **each}) for each in settings}) == len(settings)


@pytest.mark.parametrize(("hash_seed", "distance"), [("1", "natural"), ("2", "uniform")])
def test_digest_is_the_same_in_a_process_with_another_hash_seed(hash_seed: str, distance: str) -> None:
    settings = {**SMALL, "distance": distance}
    code = (
        "from toolkit.data.dataset import load_examples; from toolkit.spec.schema import DataConfig; "
        f"print(load_examples(DataConfig(**{settings!r})).digest)"
    )
    assert output_of(code, PYTHONHASHSEED=hash_seed) == digest(**settings)


def test_importing_the_sources_imports_neither_keras_nor_pandas() -> None:
    code = "import sys, toolkit.data.dataset; print({'keras', 'tensorflow', 'pandas'} & set(sys.modules))"
    assert output_of(code) == "set()"
