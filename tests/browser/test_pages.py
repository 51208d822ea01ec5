"""Every page: nothing to complain of for the browser, a reader of screens, a narrow phone, light and dark."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.site import Window, window

# Words between braces stand for an article's number.
PATHS = (
    "/", "/?q=rusia+OR+gandum&copies=1&limit=5", "/?q=kata-yang-tidak-ada", "/?q=%28rusia", "/articles/{visit}",
    "/articles/{revised}", "/articles/{hostile}", "/articles/{visit}/like", "/stories", "/stories/1", "/outlets",
    "/outlets/lentera", "/outlets/hampa", "/flags", "/rounds", "/rounds/3", "/runs?limit=9", "/runs/58", "/watchlists",
    "/watchlists/pangan?limit=3", "/watchlists/arsip", "/saved", "/help", "/help/api", "/nirwana",
)  # fmt: skip
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RUN = "options => axe.run(document, options).then(found => found.violations)"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
UNFOLD = "found => found.forEach(one => one.open = true)"


@pytest.fixture(scope="module")
def narrow(browser: Browser, address: str) -> Iterator[Window]:
    with window(browser, address, viewport={"width": 360, "height": 740}, has_touch=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def inspected(browser: Browser, address: str) -> Iterator[Window]:
    """A window in which axe may run: it asks for what the policy of our pages forbids.

    Nothing moves in it, or axe would see colours on their way from dark to light.
    """
    size = {"width": 1200, "height": 900}
    with window(browser, address, viewport=size, bypass_csp=True, reduced_motion="reduce") as opened:
        yield opened


@pytest.mark.parametrize("path", PATHS)
def test_a_page_fits_a_phone_and_the_browser_has_no_complaint(
    narrow: Window, numbers: dict[str, str], path: str
) -> None:
    page = narrow.open(path.format(**numbers))
    page.eval_on_selector_all("details", UNFOLD)
    assert page.evaluate(WIDER) == 0
    assert page.locator("main h1").count() == page.locator("h1").count() == 1
    assert (narrow.errors, narrow.strays) == ([], [])


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing_grave_in_light_and_dark(inspected: Window, numbers: dict[str, str], path: str) -> None:
    page = inspected.open(path.format(**numbers))
    page.eval_on_selector_all("details", UNFOLD)
    page.evaluate(AXE)
    page.emulate_media(color_scheme="light")
    light = grave(page)
    page.emulate_media(color_scheme="dark")
    dark = grave(page, runOnly=["color-contrast"])
    assert (light, dark) == ([], [])


def test_axe_would_find_what_is_grave(inspected: Window) -> None:
    page = inspected.open("/saved")
    page.evaluate(AXE)
    page.evaluate("document.querySelector('main').innerHTML += '<input><img src=/static/favicon.svg>'")
    assert len(grave(page)) == 2


def test_dark_pages_are_dark(wide: Window) -> None:
    page = wide.open("/outlets")
    assert brightness(page) > 200
    page.emulate_media(color_scheme="dark")
    assert brightness(page) < 60


def grave(page: Page, **options: Any) -> list[str]:
    """What axe, which is on the page, finds that keeps somebody out."""
    found = page.evaluate(RUN, {"resultTypes": ["violations"], "preload": False, **options})
    return [
        f"{one['id']}: {node['html']} {node['failureSummary']}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


def brightness(page: Page) -> float:
    """How bright the background is, from 0 to 255."""
    color: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    red, green, blue = (int(part) for part in color.removeprefix("rgb(").removesuffix(")").split(","))
    return (red + green + blue) / 3
