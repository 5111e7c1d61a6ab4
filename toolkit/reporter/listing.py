"""The page that lists all reports of a folder."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from toolkit.reporter.page import Page, rendered
from toolkit.store.files import write_whole

SUMMARY = "report.json"
INDEX = "index.html"


@dataclass(frozen=True)
class Summary:
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


def summary_json(page: Page) -> str:
    """What the list needs of a report, as a file of its folder."""
    return Summary(page.name, page.question, page.answer[0].text, page.counts).json()


def write_listing(out: Path) -> None:
    """Write `index.html` of the folder of the reports: every report in it, by name.

    Args:
        out: Folder of the reports; what is no report is passed over.
    """
    found = [_read(path) for path in sorted(out.glob(f"*/{SUMMARY}"))]
    page = rendered("listing.html", reports=[one for one in found if one is not None])
    write_whole(out / INDEX, page.encode())


def _read(path: Path) -> Summary | None:
    try:
        return Summary(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
