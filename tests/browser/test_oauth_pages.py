"""Pages of the authorization server in a browser: accessible, narrow enough, and they lead on."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

from curtilage.identity.oauth.service.clients import RegisteredClient
from tests.browser.test_every_page import RULES
from tests.oauth_house import TOOLS, a_request
from tests.oauth_server import ServedHouse, serving

DETAILS = '[{"type":"tool_run","tools":["search"],"server":"desk","cents":5}]'


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHouse]:
    with serving(tmp_path_factory.mktemp("oauth")) as served:
        yield served


@pytest.fixture(params=[(1280, "light"), (390, "dark")], ids=str)
def page(chromium: Browser, served: ServedHouse, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, scheme = request.param
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, base_url=served.origin
    )
    yield context.new_page()
    context.close()


def check(page: Page, axe: str) -> None:
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, rules)", RULES)
    assert [f"{item['id']}: {item['help']}" for item in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def ask(page: Page, served: ServedHouse, made: RegisteredClient) -> None:
    asked = a_request(
        made.client.id,
        scope="openid profile email offline_access tools:run",
        resource=TOOLS.uri,
        authorization_details=DETAILS,
        redirect_uri=f"{served.origin}/arrived",
    )
    page.goto(f"/oauth2/authorize?{urlencode(asked)}")


@pytest.mark.requirement(11, 28)
def test_a_person_reads_what_is_asked_allows_it_and_takes_it_back(
    page: Page, served: ServedHouse, axe: str
) -> None:
    made = served.register(redirect_uris=(f"{served.origin}/arrived",))
    ask(page, served, made)
    check(page, axe)
    page.get_by_role("button", name="Allow", exact=True).click()
    page.wait_for_url("**/arrived?code=*")
    page.goto("/oauth2/apps")
    check(page, axe)
    page.get_by_role("button", name="Take all access back").click()
    page.get_by_text("No app has access").wait_for()
    check(page, axe)


@pytest.mark.requirement(28)
def test_the_two_buttons_are_alike(page: Page, served: ServedHouse) -> None:
    made = served.register(redirect_uris=(f"{served.origin}/arrived",))
    ask(page, served, made)
    looks = [
        page.get_by_role("button", name=name, exact=True).evaluate(
            "one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).fontWeight]"
        )
        for name in ("Allow", "Do not allow")
    ]
    assert looks[0] == looks[1]
    page.get_by_role("button", name="Do not allow").click()
    page.wait_for_url("**/arrived?error=access_denied*")


@pytest.mark.requirement(19, 32)
def test_pages_of_devices_and_of_signing_out_are_sound(
    page: Page, served: ServedHouse, axe: str
) -> None:
    page.goto("/device?user_code=BCDF-GHJK")
    check(page, axe)
    page.get_by_role("button", name="Go on").click()
    check(page, axe)  # nobody has this code
    page.goto("/oauth2/logout")
    check(page, axe)
