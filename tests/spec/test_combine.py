"""Specs that gather the reports of others."""

from pathlib import Path

import pytest

from toolkit.errors import SpecError
from toolkit.spec.loader import load_specs
from toolkit.spec.overview import overview
from toolkit.spec.sweep import expand


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b", "a", "c"):
        (tmp_path / f"{name}.yaml").write_text(f"name: {name}", encoding="utf-8")
    return tmp_path


def combining(folder: Path, *patterns: str, name: str = "all") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(f"name: {name}\ncombine: [{', '.join(patterns)}]", encoding="utf-8")
    return path


def test_members_come_before_the_spec_that_combines_them_each_once(folder: Path) -> None:
    paths = [combining(folder, "c.yaml", "'*.yaml'"), folder / "b.yaml"]
    loaded = load_specs(paths)
    assert [spec.experiment.name for spec in loaded] == ["c", "a", "b", "all"]
    assert [Path(member).stem for member in loaded[-1].members] == ["c", "a", "b"]
    assert expand(loaded[-1].experiment) == []
    assert "combines" in overview(loaded[-1])


def test_the_command_line_sets_what_the_members_run(folder: Path) -> None:
    *members, combined = load_specs([combining(folder, "a.yaml", "b.yaml")], overrides=["model.hidden=7"])
    assert [spec.experiment.model.hidden for spec in members] == [7, 7]
    assert combined.experiment.overridden == ()


def test_a_spec_is_known_by_its_file_however_its_path_is_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    combining(folder, "a.yaml", "b.yaml")
    *members, combined = load_specs([str(folder / "a.yaml"), "all.yaml"])
    assert [spec.experiment.name for spec in members] == ["a", "b"]
    assert list(combined.members) == [spec.path for spec in members]


def test_a_spec_that_combines_is_not_combined(folder: Path) -> None:
    inner = combining(folder, "a.yaml", name="inner")
    with pytest.raises(SpecError, match=r"all\.yaml:2:10: combine: .*inner\.yaml combines other specs itself"):
        load_specs([combining(folder, inner.name)])


def test_mistakes_of_members_are_told(folder: Path) -> None:
    (folder / "a.yaml").write_text("name: a\nmodel: {hiden: 9}", encoding="utf-8")
    with pytest.raises(SpecError, match=r"a\.yaml:2:9: model\.hiden is not a known key"):
        load_specs([combining(folder, "'*.yaml'")])
