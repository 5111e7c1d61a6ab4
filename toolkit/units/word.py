"""The unit `word`: what stands between blanks, tabs and line ends."""

import re

from toolkit.units.unit import Unit


def split_words(text: str) -> list[str]:
    """The words of a text: blanks, tabs and line ends alone part them, so that a no-break space stands inside a word.

    Args:
        text: A text without control characters.
    """
    if text.isascii():
        return text.split()  # as fast as can be, and without control characters the same
    return [word for word in re.split("[ \t\n]+", text) if word]


UNIT = Unit("word", "what stands between blanks", learn=lambda texts, size: split_words)
