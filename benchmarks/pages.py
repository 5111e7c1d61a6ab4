"""Tables in the documentation, each between comments that name it."""

import re
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]


def filled(page: str, tables: Mapping[str, str]) -> str:
    """A page with the tables, each between `<!-- NAME -->` and `<!-- /NAME -->`, in the place of those it had."""
    return re.sub(
        r"<!-- (\w+) -->\n.*?<!-- /\1 -->",
        lambda found: f"<!-- {found[1]} -->\n{tables[found[1]]}\n<!-- /{found[1]} -->",
        page,
        flags=re.DOTALL,
    )


def fill(path: Path, tables: Mapping[str, str]) -> None:
    """Write the tables into a page."""
    path.write_text(filled(path.read_text(encoding="utf-8"), tables), encoding="utf-8")
