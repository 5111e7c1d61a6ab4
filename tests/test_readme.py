"""What the README shows is what the project does."""

import re
from pathlib import Path

import pytest

from toolkit.errors import SpecError
from toolkit.spec.loader import load_spec

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_explained_spec_is_the_quickstart(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(blocks("yaml")[0], encoding="utf-8")
    assert load_spec(path) == load_spec(ROOT / "specs" / "quickstart.yaml")


@pytest.mark.parametrize("text", blocks("yaml"))
def test_every_spec_shown_is_valid(tmp_path: Path, text: str) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    assert load_spec(path)


def test_the_shown_mistake_is_told_as_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "specs").mkdir()
    text = (ROOT / "specs" / "quickstart.yaml").read_text(encoding="utf-8")
    (tmp_path / "specs" / "quickstart.yaml").write_text(re.sub(r"hidden: 20 .*", "hiden: 20", text), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError) as raised:
        load_spec("specs/quickstart.yaml")
    told = [" ".join(line.split()) for line in str(raised.value).splitlines()]
    shown = [" ".join(line.split()) for line in README.splitlines()]
    assert told == shown[(start := shown.index(told[0])) : start + 4]


def test_files_that_the_readme_links_to_exist() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
