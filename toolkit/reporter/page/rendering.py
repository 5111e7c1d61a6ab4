"""The report as a page: what it says, put into the HTML and the Markdown template."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jinja2
from markupsafe import Markup

from toolkit.escape import markdown_text, visible_text
from toolkit.reporter.answer.phrasing import Sentence
from toolkit.reporter.claims.judging import JudgedClaim
from toolkit.reporter.published.deviation import PublishedComparison
from toolkit.reporter.tables.catalogue import COMPARISON, ReportTable
from toolkit.reporter.tables.printed import PrintedTable, to_markdown
from toolkit.spec.claims import CLAIMS

FIGURES = "figures"
TABLES = "tables"

_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.PackageLoader("toolkit.reporter.page"),
    autoescape=jinja2.select_autoescape(["html"]),  # Markdown has its own filter
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_ENVIRONMENT.filters |= {"markdown": markdown_text, "markdown_table": to_markdown}


@dataclass(frozen=True)
class PageFigure:
    """A figure with its place in the page.

    Attributes:
        name: Its file's name without an extension.
        caption: What it shows, over how many seeds, and what its interval is.
        svg: The drawing.
        is_wide: Whether it is drawn for a page's width, not for a column's.
    """

    name: str
    caption: str
    svg: str
    is_wide: bool

    @property
    def inline(self) -> Markup:
        """The drawing to stand in the page beside others: no prolog, identifiers of its own."""
        return Markup(_inline_svg(self.svg, self.name))  # noqa: S704 - drawn by Matplotlib, which escapes its text


@dataclass(frozen=True)
class Failure:
    """A run that failed: its name in the report, the settings it had, its error and where it arose."""

    identity: str
    setting: str
    error: str
    traceback: str


@dataclass(frozen=True)
class Page:
    """All that the report says, in the order in which it says it."""

    name: str
    question: str
    answer: Sequence[Sentence]
    counts: str
    claims: Sequence[JudgedClaim]
    contrasts: ReportTable | None
    tables: Sequence[ReportTable]
    figures: Sequence[PageFigure]
    published: PublishedComparison | None
    runs: PrintedTable
    failures: Sequence[Failure]
    diverged: Sequence[str]
    missing: Sequence[str]
    setup: Sequence[tuple[str, str]]
    spec_diff: str
    run_data: str
    spec: str
    command: str
    provenance: Sequence[tuple[str, str]]


def shown_in(page: Page, sentence: Sentence) -> tuple[str, str]:
    """The kind and the name of what shows a sentence's numbers; two empty texts if the page does not have it."""
    tables = [table.name for table in page.tables]
    if sentence.shown_in in tables:
        return "table", sentence.shown_in
    if sentence.shown_in in [figure.name for figure in page.figures]:
        return "figure", sentence.shown_in
    if sentence.shown_in == "runs" or (sentence.shown_in == CLAIMS and page.claims):
        return "table", sentence.shown_in
    return ("table", tables[0]) if sentence.shown_in == COMPARISON else ("", "")


def rendered(template: str, **values: Any) -> str:
    """A template with these values in it, HTML escaped by itself, and without unseen characters, whatever they hold."""
    return visible_text(_ENVIRONMENT.get_template(template).render(**values))


def html_page(page: Page) -> str:
    """The page as one self-contained HTML file: no request, every text escaped, no script but its own."""
    script = rendered("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return rendered("index.html", page=page, shown_in=shown_in, script=script, script_hash=f"sha256-{digest}")


def markdown_page(page: Page) -> str:
    """The same for reading as text; figures and tables are linked files of the report folder."""
    return rendered("report.md", page=page, figures=FIGURES, shown_in=shown_in)


def _inline_svg(svg: str, name: str) -> str:
    drawing = svg[svg.index("<svg") :]
    drawing = re.sub(r'\bid="', f'id="{name}-', drawing)
    drawing = re.sub(r'href="#', f'href="#{name}-', drawing)
    return re.sub(r"url\(#", f"url(#{name}-", drawing)
