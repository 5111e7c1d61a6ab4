"""The page that lists all reports of a folder."""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from urllib.parse import quote

from toolkit.received import read_regular
from toolkit.reporter.page.rendering import Page, rendered
from toolkit.store.durable import sweep, write_whole

ENTRY = "report.json"
MOST_ENTRY = 100_000
"""Bytes of a summary that are read."""
INDEX = "index.html"


@dataclass(frozen=True)
class Entry:
    """What the list says of a report.

    Attributes:
        name: The report's folder.
        question: What its experiment was to find out.
        answer: The first sentence of its answer.
        counts: How many runs it has, and what became of them.
    """

    name: str
    question: str
    answer: str
    counts: str

    def json(self) -> str:
        """The same as a file of the report's folder."""
        return f"{json.dumps(asdict(self), indent=1, ensure_ascii=False)}\n"


def entry_json(page: Page) -> str:
    """What the list needs of a report, as a file of its folder."""
    return Entry(page.name, page.question, page.answer[0].text, page.counts).json()


def write_listing(out: Path, tell: Callable[[str], None] = print) -> None:
    """Write `index.html` of the folder of the reports: every report in it, by name.

    Args:
        out: Folder of the reports.
        tell: Called with a line on each folder whose summary is not one; it is left out, whoever made it.
    """
    reports = []
    for path in sorted(out.glob(f"*/{ENTRY}")):
        try:
            reports.append((quote(os.fsencode(path.parent.name)), _read(path)))
        except (OSError, ValueError, RecursionError) as error:
            fault = getattr(error, "strerror", None) or "it is not what a report writes"
            tell(f"{path}: {fault}; left out of {out / INDEX}")
    sweep(out)
    write_whole(out / INDEX, rendered("listing.html", reports=reports).encode())


def _read(path: Path) -> Entry:
    """The summary of a report folder, under the folder's name.

    Raises:
        OSError, ValueError, RecursionError: It is none.
    """
    values = json.loads(read_regular(path, MOST_ENTRY))
    texts = [values.get(field.name) for field in fields(Entry)] if isinstance(values, dict) else [None]
    known = [text for text in texts if isinstance(text, str)]
    if len(known) < len(texts):
        raise ValueError("expected texts")
    return replace(Entry(*known), name=path.parent.name)
