"""Text from specs, data, errors and other people's files, made safe for where it goes; Jinja does the HTML.

Whatever the text says, a terminal shows it and does nothing else, a spreadsheet takes it for text, and Markdown, LaTeX
and a script element show it as it is.
"""

import html
import re

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but for line feeds and tabs, marks of writing direction, and halves of surrogate pairs."""

# Each part has a bound, or the time that a long text takes would grow with the square of its length.
_SCHEME = r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,30}://)"
_ADDRESS = re.compile(rf"{_SCHEME}[^\s'\"]{{0,1000}}@")
_PASSWORD = re.compile(rf"{_SCHEME}[^\s/@'\":]{{0,200}}:[^\s/@'\"]{{1,1000}}@")
_PARAMETER = re.compile(
    r"(?P<name>[?&;][^=&;\s]{0,30}(?:passw|pwd|secret|token|key|credential|signature)[^=&;\s]{0,30}=)[^&;#\s'\"]+", re.I
)
HIDDEN = "***"
"""Stands where a password was."""

_FORMULA = re.compile("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|-")

_MARKDOWN = re.compile(r"[\\`*\[\]#|~]|(?<!\w)_|_(?!\w)|^[-+](?=[\s+-])")
_MARKUP = re.compile(r"<(?=[A-Za-z/!?])|&(?=#?\w+;)|^>")
"""What Markdown would take for a tag, an entity or a quotation: only there is a character written as HTML does it."""
_MARKDOWN_NUMBER = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")

_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        "\n": " ",
        "\t": " ",
        **{character: f"\\{character}" for character in "&%$#_{}"},
    }
)
_SCRIPT = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def visible_text(text: str) -> str:
    r"""Text without a character that a terminal obeys or that turns the text around: these are written as `\x1b`.

    Lines and tabs stay as they are.
    """
    return _UNSEEN.sub(lambda match: match.group().encode("unicode_escape").decode("ascii"), text)


def without_passwords(text: str) -> str:
    """Text in which the addresses are without user, password and secret parameters: `http://***@host?token=***`."""
    return _PARAMETER.sub(rf"\g<name>{HIDDEN}", _ADDRESS.sub(rf"\g<scheme>{HIDDEN}@", text))


def has_password(text: str) -> bool:
    """Whether an address in a text has a password, or a parameter that is one."""
    return bool(_PASSWORD.search(text) or _PARAMETER.search(text))


def spreadsheet_text(text: str) -> str:
    """A cell of a CSV file that a spreadsheet takes for text: one that begins like a formula gets an apostrophe.

    A number that stands as text, and the lone - of a missing one, are no formulas and stay as they are.
    """
    shown = visible_text(text)
    return f"'{shown}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else shown


def markdown_text(text: str) -> str:
    """One line of text that Markdown shows as it is, in a paragraph or in a table's cell."""
    escaped = _MARKDOWN.sub(lambda match: f"\\{match.group()}", visible_text(" ".join(text.split())))
    escaped = _MARKDOWN_NUMBER.sub(r"\1\\\2", escaped)
    return _MARKUP.sub(lambda match: html.escape(match.group()), escaped)


def latex_text(text: str) -> str:
    """Text that LaTeX typesets as it is, also where a row begins, which would take [ and * for its own."""
    escaped = visible_text(text).translate(_LATEX)
    return f"{{{escaped[0]}}}{escaped[1:]}" if escaped[:1] in ("[", "*") else escaped


def script_text(json: str) -> str:
    """JSON that can stand in a script element: no character in it ends the element or starts a comment."""
    return json.translate(_SCRIPT)
