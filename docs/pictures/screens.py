"""Photograph the HTML report: ``python docs/pictures/screens.py`` (extra: docs; Debian's chromium
and chromium-driver).

The reports are made anew: the example student's network, which fails, and her corrected one.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
STUDENT = "examples/numpy_student.py"
REPORTS = {"failing": f"{STUDENT}:lenet", "passing": f"{STUDENT}:lenet_fixed"}
SCREENS = {
    "report-passing": ("passing", 1100, 900, "light", ""),
    "report-failing": ("failing", 1100, 1000, "light", ""),
    "report-tensor": ("failing", 1100, 760, "light", "C3.db"),
    "report-dark": ("failing", 1100, 760, "dark", "C3.dW"),
    "report-narrow": ("failing", 375, 1400, "light", ""),
}
"""Name of the picture: report, width, height, scheme, the tensor it begins at."""


def made(subject: str, folder: Path) -> Path:
    """The page of a subject."""
    words = ["check", subject, "--variant", "modern", "--seed", "0", "--html", "--out", str(folder)]
    subprocess.run([sys.executable, "-m", "verify", *words], cwd=ROOT, stdout=subprocess.DEVNULL)
    return folder / "report.html"


def browser() -> Any:
    """Chromium without a window."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for word in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "disable-gpu",
                 "hide-scrollbars"):  # fmt: skip
        options.add_argument(f"--{word}")
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


def photographed(driver: Any, page: Path, width: int, height: int, scheme: str, at: str) -> bytes:
    """A picture of what a person sees at first, or where a tensor begins."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme_is = [{"name": "prefers-color-scheme", "value": scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme_is})
    driver.get(page.as_uri())
    driver.execute_script("""
        const link = [...document.querySelectorAll(".contents a")].find(
            each => each.textContent === arguments[0]);
        if (link) scrollTo(0, document.querySelector(link.getAttribute("href")).offsetTop - 24);
    """, at)  # fmt: skip
    return bytes(driver.get_screenshot_as_png())


def few_colours(data: bytes) -> bytes:
    """256 colours: a third of the bytes, and nothing that is seen."""
    import io

    from PIL import Image  # matplotlib brings it

    file = io.BytesIO()
    Image.open(io.BytesIO(data)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
        file, "PNG", optimize=True
    )
    return file.getvalue()


def main() -> None:
    """Every picture, anew."""
    driver = browser()
    try:
        with tempfile.TemporaryDirectory() as folder:
            pages = {n: made(subject, Path(folder) / n) for n, subject in REPORTS.items()}
            for name, (report, *how) in SCREENS.items():
                data = few_colours(photographed(driver, pages[report], *how))
                (HERE / f"{name}.png").write_bytes(data)
    finally:
        driver.quit()


if __name__ == "__main__":
    main()
