"""How to add a sink: a file, and an entry of the registry; the command line and the report do the rest."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from toolkit.entries import Entry
from toolkit.sinks.registry import SINKS

LEDGER = '''
"""A ledger: a line a run in a file of the user's choice."""

from pathlib import Path

from toolkit.sinks.sink import trained


class Ledger:
    def __init__(self, file):
        self.option = f"--ledger {file}"
        self.file = Path(file)

    def check(self, folders):
        self.file.touch()

    def write(self, name, runs, folder):
        self.file.write_text(f"{name}: {len(list(trained(runs)))}")
'''


@pytest.fixture
def main(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[click.Command]:
    """The command line of a toolkit whose registry has one more sink."""
    (tmp_path / "ledgers.py").write_text(LEDGER, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(SINKS, "ledger", Entry("ledger", "ledgers:Ledger", "Write a ledger into FILE.", metavar="FILE"))
    for module in ("toolkit.cli", "toolkit.option_checks"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    yield import_module("toolkit.cli").main
    sys.modules.pop("ledgers", None)


def test_a_sink_that_is_a_file_and_an_entry_takes_the_runs_of_a_call(main: click.Command, tmp_path: Path) -> None:
    spec = tmp_path / "one.yaml"
    spec.write_text("name: one\ndata: {train_size: 20, dev_size: 10}\n", encoding="utf-8")
    call = [str(spec), "--report-only", "--out", str(tmp_path / "reports")]
    told = CliRunner().invoke(main, [*call, "--ledger", str(tmp_path / "ledger")])
    assert (tmp_path / "ledger").read_text(encoding="utf-8") == "one: 0", told.output


def test_its_option_is_told_by_help_and_refused_where_it_has_no_effect(main: click.Command, tmp_path: Path) -> None:
    assert "--ledger FILE Write a ledger into FILE." in " ".join(CliRunner().invoke(main, ["--help"]).output.split())
    refused = CliRunner().invoke(main, ["x.yaml", "--check", "--ledger", "x"])
    assert "--ledger has no effect here, since --check trains nothing" in " ".join(refused.output.split())


@pytest.mark.parametrize("entry", SINKS.values(), ids=SINKS.keys())
def test_every_entry_leads_to_a_sink(entry: Entry) -> None:
    pytest.importorskip(entry.modules[0], reason=f"needs the extra `{entry.name}`")
    assert {"check", "write"} <= set(dir(entry.found()))
