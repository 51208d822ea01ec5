"""The report of a round in a browser: at every width, in light and dark, with nothing asked of anybody."""

from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from cli.monitor.report import write_report
from tests.browser.site import window
from tests.cli.monitor.rounds import BUSY, ENDED, FAILING, KOMPAS, LEFT, QUIET, made

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = made(KOMPAS, QUIET, FAILING, LEFT, BUSY, raised=("rakyatku: silent for 3 days",), cleared=("kompas: well",))
    return write_report(found, tmp_path_factory.mktemp("reports"), ENDED)


@pytest.mark.parametrize(("width", "colours"), [(1200, "light"), (390, "dark")])
def test_a_report_can_be_read_everywhere(browser: Browser, report: Path, width: int, colours: str) -> None:
    address = f"file://{report.parent}"
    with window(
        browser, address, viewport={"width": width, "height": 800}, color_scheme=colours, bypass_csp=True
    ) as opened:
        page = opened.open(f"/{report.name}")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.evaluate(AXE)
        assert page.evaluate("axe.run(document).then(found => found.violations.map(one => one.id))") == []
        assert (opened.errors, opened.strays) == ([], [])
