"""Text from specs, data and errors as it must stand in Markdown and in LaTeX; Jinja and pandas do the HTML."""

import html
import re

_MARKDOWN = re.compile(r"[\\`*\[\]#|~]|(?<!\w)_|_(?!\w)")
_MARKUP = re.compile(r"<(?=[A-Za-z/!?])|&(?=#?\w+;)|^>")
"""What Markdown would take for a tag, an entity or a quotation: only there is a character written as HTML does it."""

_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{character: f"\\{character}" for character in "&%$#_{}"},
    }
)


def markdown_text(text: str) -> str:
    """One line of text that Markdown shows as it is, in a paragraph or in a table's cell."""
    escaped = _MARKDOWN.sub(lambda match: f"\\{match.group()}", " ".join(text.split()))
    return _MARKUP.sub(lambda match: html.escape(match.group()), escaped)


def latex_text(text: str) -> str:
    """Text that LaTeX typesets as it is."""
    return text.translate(_LATEX)
