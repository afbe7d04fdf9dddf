"""The page in a real browser: no error, accessible, no wider than the screen, the table works."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.verify.report.page.known import AGAIN, right, wrong
from verify.report.page import page

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
axe = pytest.importorskip("axe_core_python", reason="axe-core-python is not installed")
BINARY, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (BINARY and DRIVER), reason="needs chromium and chromedriver (Debian: chromium-driver)"
)
RULES = Path(axe.__file__).parent / "axe.min.js"
BAD = "<html><body><img src='data:,'><p style='color:#ccc;background:#fff'>pale</p></body></html>"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("pages")
    texts = {"right": page(right(), AGAIN, "mine"), "wrong": page(wrong(), AGAIN, "mine"),
             "bad": BAD}  # fmt: skip
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in texts}


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = BINARY or ""
    for word in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "disable-gpu"):
        options.add_argument(f"--{word}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    found = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield found
    found.quit()


def opened(driver: Any, address: str, width: int = 1280, scheme: str = "light") -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme_is = [{"name": "prefers-color-scheme", "value": scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme_is})
    driver.get(address)


def violations(driver: Any) -> list[str]:
    """What axe finds wrong, and where."""
    driver.execute_script(RULES.read_text(encoding="utf-8"))
    found = driver.execute_async_script(
        "const done = arguments[0]; axe.run().then(r => done(r.violations), e => done(String(e)));"
    )
    assert isinstance(found, list), found
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"][:3]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("name", ["right", "wrong"])
def test_a_page_is_accessible_fits_and_has_no_error(
    driver: Any, pages: dict[str, str], name: str, width: int, scheme: str
) -> None:
    opened(driver, pages[name], width, scheme)
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width
    assert driver.get_log("browser") == []
    assert violations(driver) == []


def test_a_bad_page_is_rejected(driver: Any, pages: dict[str, str]) -> None:
    opened(driver, pages["bad"])
    found = {each.partition(":")[0] for each in violations(driver)}
    assert {"image-alt", "color-contrast", "html-has-lang"} <= found


def test_dark_is_dark(driver: Any, pages: dict[str, str]) -> None:
    def paper(scheme: str) -> str:
        opened(driver, pages["wrong"], scheme=scheme)
        return str(driver.execute_script("return getComputedStyle(document.body).backgroundColor"))

    assert paper("light") == "rgb(252, 252, 250)"
    assert paper("dark") == "rgb(20, 24, 31)"


def shown(driver: Any) -> list[str]:
    found = driver.execute_script("""
        return [...document.querySelectorAll("#table tbody tr")].filter(
            row => row.offsetParent !== null).map(row => row.cells[0].textContent)""")
    return list(found)


def test_rows_are_filtered_by_text_and_choice(driver: Any, pages: dict[str, str]) -> None:
    opened(driver, pages["wrong"])
    whole = shown(driver)
    text = driver.find_element("name", "text")
    text.send_keys("C3.DW")
    assert shown(driver) == ["C3.dW"]
    assert driver.find_element("id", "count").text == f"1 of {len(whole)} rows"
    driver.find_element("css selector", "#filters button[type=reset]").click()
    driver.find_element("css selector", "select[name=verdict] option:nth-child(3)").click()
    chosen = driver.find_element("name", "verdict").get_property("value")
    assert chosen == "fail"
    assert sorted(shown(driver)) == ["C3.dW", "F6.db"]


def test_rows_are_sorted_by_a_column(driver: Any, pages: dict[str, str]) -> None:
    opened(driver, pages["wrong"])
    head = driver.find_element("css selector", "#table thead th:nth-child(4)")
    head.find_element("tag name", "button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert {*shown(driver)[:2]} == {"C3.dW", "F6.db"}
    head.find_element("tag name", "button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert not {*shown(driver)[:2]} & {"C3.dW", "F6.db"}
