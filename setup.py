"""The package's page: README.md, in which what links to files of the source is their path, and leads nowhere."""

import re
from pathlib import Path

from setuptools import setup


def page(readme: str) -> str:
    """A README for those who have no source beside it.

    Args:
        readme: Its Markdown.

    Returns:
        The same without images of the source and their captions, with the paths of its files in place of links to them.
    """
    without_images = re.sub(
        r"^!\[[^]]*\]\((?!https?:)[^)]*\)\n\n(?:\*.*?\*\n\n)?", "", readme, flags=re.MULTILINE | re.DOTALL
    )
    title, *text = re.sub(r"\[([^]]*)\]\((?!https?:)([^)#]+)[^)]*\)", _path, without_images).split("\n\n")
    return "\n\n".join([title, "Paths such as `docs/specs.md` are those of the toolkit's source.", *text])


def _path(link: re.Match[str]) -> str:
    text, path = link.groups()
    return f"`{path}`" if text == path else f"{text} (`{path}`)"


if __name__ == "__main__":
    setup(
        long_description=page(Path("README.md").read_text(encoding="utf-8")),
        long_description_content_type="text/markdown",
    )
