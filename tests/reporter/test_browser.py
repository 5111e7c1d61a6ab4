"""The page in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from toolkit.reporter.report import write_report

from .conftest import MakeStudy

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

CHROMIUM = Path("/usr/bin/chromium")
DRIVER = Path("/usr/bin/chromedriver")
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

pytestmark = pytest.mark.skipif(
    not (CHROMIUM.exists() and DRIVER.exists()), reason=f"needs {CHROMIUM} and {DRIVER} (apt install chromium-driver)"
)


@pytest.fixture
def browser() -> Iterator["Chrome"]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in FLAGS:
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    yield driver
    driver.quit()


def test_page_opens_from_disk_without_a_word_on_the_console(
    make_study: MakeStudy, tmp_path: Path, browser: "Chrome"
) -> None:
    page = write_report(*make_study(failed=[0]), tmp_path, "python run_spec.py study.yaml")
    browser.get(page.as_uri())
    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]  # selenium 4.51
    assert browser.find_element("tag name", "h1").text == "Which cell is best?"
    assert len(browser.find_elements("css selector", "figure svg")) == 3
    fetched = browser.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert [name for name in fetched if not name.startswith("data:")] == []


def test_page_is_no_wider_than_a_phone(make_study: MakeStudy, tmp_path: Path, browser: "Chrome") -> None:
    page = write_report(*make_study(failed=[0]), tmp_path, "python run_spec.py study.yaml")
    phone = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    browser.get(page.as_uri())
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
