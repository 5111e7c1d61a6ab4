"""Text that goes elsewhere does nothing there but stand."""

import csv
import html
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import SpecError, ToolkitError
from toolkit.escape import (
    latex_text,
    markdown_text,
    script_text,
    spreadsheet_text,
    visible_text,
    without_passwords,
)


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_visible_text_has_no_character_that_a_terminal_obeys_and_can_be_written_as_utf8(text: str) -> None:
    shown = visible_text(text)
    shown.encode("utf-8")
    assert all(character.isprintable() or character in "\n\t\xa0\xad" or ord(character) > 0x9F for character in shown)
    assert not set(shown) & set("\x1b\r\x07\x08\x9b\u202e\u2066\u200f\u2028")
    assert visible_text(shown) == shown


def test_a_character_that_is_not_shown_is_named() -> None:
    assert visible_text("a\x1b[2Jb\udcff\u202ec\n\td") == "a\\x1b[2Jb\\udcff\\u202ec\n\td"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://user:word@host:80/a", "http://***@host:80/a"),
        ("http://user:w@rd@host", "http://***@host"),
        ("http://user:w/rd@host", "http://***@host"),
        ("https://token@host", "https://***@host"),
        ("postgresql+psycopg://host/db?user=a&password=b&x=1", "postgresql+psycopg://host/db?user=a&password=***&x=1"),
        ("a tls://u:p@h and 'http://x:y@z'", "a tls://***@h and 'http://***@z'"),
        ("https://host/a?api_key=abc#top", "https://host/a?api_key=***#top"),
        ("http://host/a", "http://host/a"),
        ("tcp://127.0.0.1:8786", "tcp://127.0.0.1:8786"),
        ("me@here.org", "me@here.org"),
    ],
)
def test_addresses_lose_user_and_password(text: str, shown: str) -> None:
    assert without_passwords(text) == shown


@pytest.mark.parametrize("kind", [ToolkitError, SpecError])
def test_no_error_shows_a_password_or_moves_the_cursor(kind: type[ToolkitError]) -> None:
    assert str(kind("\x1b[2J http://me:word@host")) == "\\x1b[2J http://***@host"


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"])
def test_a_text_that_begins_like_a_formula_is_marked_as_text(text: str) -> None:
    assert spreadsheet_text(text).startswith("'")


@pytest.mark.parametrize("text", ["-", "-0.5", "+1e-3", "-12", "rnn", "a=b", "", "[25, 25]", "0.5 - 0.1"])
def test_numbers_and_other_texts_stand_in_csv_as_they_are(text: str) -> None:
    assert spreadsheet_text(text) == text


@given(st.text())
def test_no_cell_that_a_spreadsheet_reads_begins_like_a_formula(text: str) -> None:
    written = io.StringIO()
    csv.writer(written).writerow([spreadsheet_text(text)])
    cell = next(csv.reader([written.getvalue()] if text.count("\n") == 0 else io.StringIO(written.getvalue())), [""])
    first = "".join(cell)[:1]
    assert first not in set("=@\t\r\n")
    assert first not in set("+-") or spreadsheet_text(text) == text


@given(st.text())
def test_json_in_a_script_element_neither_ends_it_nor_changes(text: str) -> None:
    safe = script_text(json.dumps(text))
    assert not set(safe) & set("<>&")
    assert json.loads(safe) == text


@pytest.mark.parametrize(
    "text", ["# a", "- a", "+ a", "--- ", "1. a", "1) a", "* a", "> a", "| a", "`a`", "![a](b)", "<b>"]
)
def test_markdown_has_no_structure_of_its_own_from_text(text: str) -> None:
    shown = markdown_text(text)
    assert shown.startswith(("\\", "&", "1\\", "!\\"))
    assert html.unescape(shown).replace("\\", "") == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "shown"), [("[25, 25]", "{[}25, 25]"), ("*", "{*}"), ("a\x1b", "a\\textbackslash{}x1b")]
)
def test_a_latex_cell_takes_nothing_from_the_row_above(text: str, shown: str) -> None:
    assert latex_text(text) == shown
