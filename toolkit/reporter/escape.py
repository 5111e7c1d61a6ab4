"""Text from specs, data and errors as it must stand in Markdown and in LaTeX; Jinja and pandas do the HTML."""

import html
import re

_MARKDOWN = re.compile(r"[\\`*\[\]#|~]|(?<!\w)_|_(?!\w)")

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
    return html.escape(escaped, quote=False)


def latex_text(text: str) -> str:
    """Text that LaTeX typesets as it is."""
    return text.translate(_LATEX)
