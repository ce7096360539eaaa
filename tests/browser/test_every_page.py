"""What holds for every page: accessible, no wider than the screen, no call elsewhere."""

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site
from tests.browser.places import PUBLIC, SIGNED_IN
from tests.fakes.desk import LINK

Scheme = Literal["light", "dark"]
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}

# Links and buttons of which a part is behind the edge of what holds them.
CUT_OFF = """() => [...document.querySelectorAll("a, button")].filter((one) => {
  for (let around = one.parentElement; around; around = around.parentElement) {
    const holds = getComputedStyle(around).overflowX !== "visible" && around.clientWidth > 1;
    if (holds && one.getBoundingClientRect().right > around.getBoundingClientRect().right + 1) {
      return true;
    }
  }
  return false;
}).map((one) => one.textContent.trim())"""


class Watched:
    """A page, with all that it asked for and all that it complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._hear(message.text))

    def _hear(self, text: str) -> None:
        # A page that answers 401, 404 or 422 on purpose is named in the console by status.
        if not text.startswith("Failed to load resource: the server responded with a status of 4"):
            self.complaints.append(text)


@pytest.fixture(scope="module", params=[(1280, "light"), (390, "dark")], ids=str)
def watched(
    chromium: Browser, module_site: Site, request: pytest.FixtureRequest
) -> Iterator[Watched]:
    width, scheme = request.param
    context = chromium.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        locale="en-GB",
        base_url=module_site.origin,
    )
    module_site.console.reset()
    made = Watched(context.new_page())
    yield made
    context.close()


def check(watched: Watched, site: Site, axe: str) -> None:
    page = watched.page
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, rules)", RULES)
    told = [
        f"{item['id']}: {item['help']} at {[node['target'] for node in item['nodes']][:4]}"
        for item in found["violations"]
    ]
    assert told == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert [url for url in watched.asked if not url.startswith(site.origin)] == []
    assert watched.complaints == []


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_are_sound(name: str, watched: Watched, module_site: Site, axe: str) -> None:
    watched.page.context.clear_cookies()
    module_site.console.desk.tries = 0
    PUBLIC[name](watched.page)
    check(watched, module_site, axe)


def test_the_set_up_pages_are_sound(watched: Watched, module_site: Site, axe: str) -> None:
    watched.page.context.clear_cookies()
    module_site.console.desk.enrolled = False
    try:
        for path in (f"/setup/{LINK}", "/login"):
            watched.page.goto(path)
            check(watched, module_site, axe)
    finally:
        module_site.console.desk.enrolled = True


@pytest.mark.parametrize("name", SIGNED_IN)
def test_console_pages_are_sound(name: str, watched: Watched, module_site: Site, axe: str) -> None:
    enter(watched.page, module_site)
    SIGNED_IN[name](watched.page)
    check(watched, module_site, axe)


@pytest.mark.parametrize("name", SIGNED_IN)
def test_no_link_and_no_button_is_cut_off(name: str, watched: Watched, module_site: Site) -> None:
    enter(watched.page, module_site)
    SIGNED_IN[name](watched.page)
    assert watched.page.evaluate(CUT_OFF) == []


def test_empty_pages_are_sound(watched: Watched, module_site: Site, axe: str) -> None:
    enter(watched.page, module_site)
    console = module_site.console
    rows, console.live.rows = console.live.rows, []
    console.ledger.is_empty = True
    try:
        for path in ("/console/live", "/console/ledger"):
            watched.page.goto(path)
            check(watched, module_site, axe)
    finally:
        console.live.rows, console.ledger.is_empty = rows, False


def enter(page: Page, site: Site) -> None:
    """Sign in unless that was done."""
    page.goto("/console/live")
    if "/login" in page.url:
        site.sign_in(page)
