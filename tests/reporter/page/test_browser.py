"""The page in a real browser."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.reporter.conftest import MakeStudy
from tests.reporter.test_report import FIGURES
from toolkit.reporter.report import write_report

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

CHROMIUM = Path("/usr/bin/chromium")
DRIVER = Path("/usr/bin/chromedriver")
AXE_VERSION = "4.10.3"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(
        not (CHROMIUM.exists() and DRIVER.exists()),
        reason=f"needs {CHROMIUM} and {DRIVER} (apt install chromium-driver)",
    ),
]


@pytest.fixture(scope="module")
def driver() -> Iterator["Chrome"]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in FLAGS:
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    yield driver
    driver.quit()


@pytest.fixture
def browser(driver: "Chrome") -> Iterator["Chrome"]:
    """A browser that remembers nothing."""
    yield driver
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    driver.execute_script("localStorage.clear()")
    driver.get_log("browser")  # type: ignore[no-untyped-call]  # selenium 4.51


@pytest.fixture(scope="module")
def built(make_study: MakeStudy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with a failed run."""
    return write_report(*make_study(failed=[0]), tmp_path_factory.mktemp("report"), "python run_spec.py study.yaml")


@pytest.fixture
def page(built: Path, browser: "Chrome") -> Path:
    """The report, open in the browser."""
    browser.get("about:blank")  # an anchor of the same page would not load it again
    browser.get(built.as_uri())
    return built


def _texts(browser: "Chrome", selector: str) -> list[str]:
    return [element.text for element in browser.find_elements("css selector", selector) if element.is_displayed()]


def _click(browser: "Chrome", selector: str) -> None:
    browser.find_element("css selector", selector).click()


@pytest.mark.usefixtures("page")
def test_page_opens_from_disk_without_a_word_on_the_console(browser: "Chrome") -> None:
    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]  # selenium 4.51
    assert browser.find_element("tag name", "h1").text == "Which cell is best?"
    assert len(browser.find_elements("css selector", "figure svg")) == len(FIGURES)
    fetched = browser.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert [name for name in fetched if not name.startswith("data:")] == []


@pytest.mark.usefixtures("page")
def test_runs_are_sorted_by_a_click_on_a_heading_both_ways(browser: "Chrome") -> None:
    losses = "#table-runs tbody td:nth-child(5)"
    heading = "#table-runs th:nth-child(5)"
    _click(browser, f"{heading} button")
    assert _texts(browser, losses) == ["0.4000", "0.4100", "0.4500", "0.5200", "0.5400", "0.9000"]
    assert browser.find_element("css selector", heading).get_attribute("aria-sort") == "ascending"
    _click(browser, f"{heading} button")
    assert _texts(browser, losses)[0] == "0.9000"


@pytest.mark.usefixtures("page")
def test_runs_are_filtered_by_words(browser: "Chrome") -> None:
    browser.find_element("id", "filter").send_keys("rnn done")
    assert len(_texts(browser, "#table-runs tbody tr")) == 2
    assert browser.find_element("id", "shown").text == "2 of 6 runs"


@pytest.mark.usefixtures("page")
def test_run_opens_with_its_curve_configuration_and_provenance_and_closes_by_key(browser: "Chrome") -> None:
    browser.find_element("css selector", "[data-run='3']").send_keys("\n")
    run = browser.find_element("id", "run")
    assert run.is_displayed()
    assert "model.cell\ngru" in run.text
    assert "versions.keras\n3.15.0" in run.text
    assert len(run.find_elements("css selector", "svg polyline")) == 2
    assert "#run-0000000000000003" in browser.current_url
    browser.switch_to.active_element.send_keys("\ue00c")
    assert not run.is_displayed()


def test_link_to_a_run_opens_it(page: Path, browser: "Chrome") -> None:
    browser.get("about:blank")
    browser.get(f"{page.as_uri()}#run-0000000000000000")
    assert "failed: FloatingPointError: the dev loss is nan" in browser.find_element("id", "run").text


@pytest.mark.usefixtures("page")
def test_theme_is_switched_and_kept(browser: "Chrome") -> None:
    colour = "return getComputedStyle(document.body).backgroundColor"
    before = browser.execute_script(colour)
    _click(browser, "#theme")
    assert browser.execute_script(colour) != before
    browser.refresh()
    assert browser.execute_script(colour) != before
    _click(browser, "#theme")
    assert browser.execute_script(colour) == before


@pytest.mark.usefixtures("page")
def test_latex_and_spec_are_copied(browser: "Chrome") -> None:
    browser.execute_script("window.copied = []; navigator.clipboard.writeText = async text => copied.push(text)")
    for details in browser.find_elements("css selector", "details.source"):
        details.find_element("tag name", "summary").click()
    _click(browser, "[data-copy='latex-comparison']")
    _click(browser, "[data-copy='spec']")
    latex, spec = browser.execute_script("return copied")
    assert latex.startswith("\\begin{table}")
    assert spec.startswith("name: study")


@pytest.fixture
def judged(make_study: MakeStudy, tmp_path: Path, browser: "Chrome") -> Path:
    """A report with a claim, open in the browser."""
    claim = {"claim": "The GRU is ahead.", "setting": {"model.cell": "gru"}, "than": {"model.cell": "rnn"}}
    page = write_report(*make_study(report={"claims": [claim]}), tmp_path, "python run_spec.py study.yaml")
    browser.get(page.as_uri())
    return page


@pytest.mark.usefixtures("judged")
def test_claims_are_linked_and_their_contrasts_unfold(browser: "Chrome") -> None:
    _click(browser, ".answer a[href='#table-claims']")
    assert _texts(browser, "#table-claims td:nth-child(3)") == ["holds"]
    assert _texts(browser, "#table-contrasts td") == []
    _click(browser, "#claims summary")
    assert _texts(browser, "#table-contrasts td")[:3] == ["1", "model.cell gru", "model.cell rnn"]


def test_claims_are_no_wider_than_a_phone(judged: Path, browser: "Chrome") -> None:
    phone = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    browser.get(judged.as_uri())
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390


def test_page_is_no_wider_than_a_phone(page: Path, browser: "Chrome") -> None:
    phone = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    browser.get(page.as_uri())
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390


@pytest.mark.slow
def test_page_of_2000_runs_opens_in_three_seconds(make_study: MakeStudy, tmp_path: Path, browser: "Chrome") -> None:
    grid = {"model.cell": ["rnn", "gru"], "model.lookback": list(range(20)), "model.hidden": [10, 25, 50, 75, 100]}
    page = write_report(*make_study(grid, seeds=range(1, 11)), tmp_path, "python run_spec.py study.yaml")
    browser.execute_cdp_cmd("Performance.enable", {})
    browser.get("about:blank")
    before = _processor_seconds(browser)
    browser.get(page.as_uri())
    assert 0 < _processor_seconds(browser) - before < 3
    assert browser.execute_script("return document.querySelectorAll('#table-runs tbody tr').length") == 2000


def _processor_seconds(browser: "Chrome") -> float:
    """What the page's process has used, which depends less on what else the machine does than the time on a clock."""
    metrics = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "ProcessTime"))


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The accessibility checker axe-core, from npm."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, which axe-core comes from")
    folder = tmp_path_factory.mktemp("axe")
    command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), f"axe-core@{AXE_VERSION}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("axe-core did not come from npm in 90 seconds")
    if done.returncode:
        pytest.skip(f"axe-core cannot be had from npm: {done.stderr.strip()[-200:]}")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("opened", [False, True])
def test_page_has_no_serious_barrier(browser: "Chrome", axe: str, theme: str, opened: bool) -> None:
    browser.execute_script(f"document.documentElement.dataset.theme = '{theme}'")
    if opened:
        _click(browser, "[data-run='0']")
    assert _serious_barriers(browser, axe) == []


@pytest.mark.usefixtures("judged")
def test_claims_have_no_serious_barrier(browser: "Chrome", axe: str) -> None:
    _click(browser, "#claims summary")
    assert _serious_barriers(browser, axe) == []


def _serious_barriers(browser: "Chrome", axe: str) -> list[tuple[str, str]]:
    browser.execute_script(axe)
    found = browser.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
    serious = [one for one in found["violations"] if one["impact"] in {"serious", "critical"}]
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in serious]
