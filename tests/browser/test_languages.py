"""Pages in other languages: nothing overflows, nothing is hidden from those who do not see.

German is the longest of ours. A language that nobody speaks is longer still by two fifths,
and one more runs from right to left.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, served
from tests.browser.places import PUBLIC, SIGNED_IN
from tests.browser.test_every_page import CUT_OFF, RULES
from tests.fakes.account import some_passkeys
from tests.fakes.tongues import every_tongue

WIDTHS = (390, 1280)
# Each shows something that the others do not; `goes` and forms find their way by English words.
PUBLIC_NAMES = ("sign-in", "mail", "join-link", "recover", "link-used", "mail-link-over")
NAMES = (
    "account",
    "add-passkey",
    "say-again",
    "live",
    "live-search",
    "request",
    "try",
    "ledger",
    "check",
    "explain",
    "proof",
    "usage",
    "upstreams",
    "tokens",
    "keys",
    "people",
    "person",
    "policies",
    "policy",
    "policy-compare",
    "corrections",
    "not-found",
)
TONGUES = {"de": "ltr", "en-x-long": "ltr", "he-x-long": "rtl"}


@pytest.fixture(scope="module")
def spoken() -> Iterator[Site]:
    with served(languages=every_tongue()) as site:
        yield site


@pytest.fixture(scope="module", params=[(390, "dark"), (1280, "light")], ids=str)
def signed_in(chromium: Browser, spoken: Site, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, scheme = request.param
    spoken.console.reset()
    spoken.console.account.held += some_passkeys()
    context = chromium.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        locale="en-GB",
        base_url=spoken.origin,
    )
    page = context.new_page()
    spoken.sign_in(page)
    yield page
    context.close()


def speak(page: Page, site: Site, tag: str) -> None:
    page.context.add_cookies([{"name": "curtilage-language", "value": tag, "url": site.origin}])


def check(page: Page, tag: str, axe: str) -> None:
    told: dict[str, Any] = page.evaluate(
        """() => ({lang: document.documentElement.lang, dir: document.documentElement.dir,
        over: document.documentElement.scrollWidth - document.documentElement.clientWidth})"""
    )
    assert told == {"lang": tag, "dir": TONGUES[tag], "over": 0}
    assert page.evaluate(CUT_OFF) == []
    page.evaluate(axe)
    # Nobody registered a language for tests, which is all that axe has to say of its tag.
    rules = RULES | {"rules": {"html-lang-valid": {"enabled": tag == "de"}}}
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, rules)", rules)
    assert [f"{item['id']}: {item['nodes'][0]['target']}" for item in found["violations"]] == []


@pytest.mark.parametrize("tag", TONGUES)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_holds_other_words(
    name: str, tag: str, signed_in: Page, spoken: Site, axe: str
) -> None:
    speak(signed_in, spoken, tag)
    SIGNED_IN[name](signed_in)
    check(signed_in, tag, axe)


@pytest.mark.parametrize("tag", TONGUES)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_before_signing_in_hold_other_words(
    tag: str, width: int, chromium: Browser, spoken: Site, axe: str
) -> None:
    spoken.console.reset()
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, locale="en-GB", base_url=spoken.origin
    )
    page = context.new_page()
    speak(page, spoken, tag)
    for name in PUBLIC_NAMES:
        PUBLIC[name](page)
        check(page, tag, axe)
    context.close()


def test_the_language_is_switched_at_the_foot_without_a_script(
    chromium: Browser, spoken: Site
) -> None:
    spoken.console.reset()
    context = chromium.new_context(
        java_script_enabled=False, locale="fr-CA", base_url=spoken.origin
    )
    page = context.new_page()
    page.goto("/login?next=/account")
    assert page.get_by_role("heading", level=1).inner_text() == "Se connecter"
    page.get_by_role("button", name="Deutsch").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Anmelden"
    assert page.url.endswith("/login?next=/account")
    pressed = page.get_by_role("button", name="Deutsch", pressed=True)
    assert pressed.get_attribute("lang") == "de"
    context.close()


def test_times_are_in_the_page_s_language(signed_in: Page, spoken: Site) -> None:
    speak(signed_in, spoken, "de")
    signed_in.goto("/account")
    time = signed_in.locator("time").first
    assert time.get_attribute("title").endswith(" UTC")  # type: ignore[union-attr]
    shown = time.inner_text()
    assert shown.startswith("02.03.2026, ")


def test_what_a_script_says_is_in_the_page_s_language(signed_in: Page, spoken: Site) -> None:
    speak(signed_in, spoken, "de")
    signed_in.goto("/console/ledger")
    button = signed_in.locator("[data-copy]").first
    button.scroll_into_view_if_needed()
    button.click()
    said = re.compile("^(Kopiert|Markiert: Drücken Sie Strg\\+C)$")
    expect(signed_in.locator("#live")).to_have_text(said)
