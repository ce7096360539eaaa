"""People and their passkeys in Chromium, with its own authenticator, on the real pages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.passkey_site import (
    ACCOUNT,
    PeopleSite,
    a_device,
    served_people,
    without_passkeys,
)
from tests.identity_house import PASSPHRASE

pytestmark = [pytest.mark.requirement(49)]

ALONE = "Sign in with a passkey"
NO_AUTOFILL = "PublicKeyCredential.isConditionalMediationAvailable = async () => false"


@pytest.fixture
def people(tmp_path: Path) -> Iterator[PeopleSite]:
    with served_people(tmp_path) as site:
        yield site


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A browser that offers passkeys at its button alone."""
    context.add_init_script(NO_AUTOFILL)
    return context.new_page()


def passkey_of(page: Page) -> Locator:
    """The passkey on the account page."""
    title = page.get_by_role("heading", name=re.compile("^Passkey"))
    return page.get_by_role("listitem").filter(has=title)


@pytest.mark.requirement(50)
def test_a_passkey_is_added_signs_in_is_named_and_taken_away(
    page: Page, people: PeopleSite
) -> None:
    device = a_device(page)
    people.sign_in(page)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_text("The passkey is set up.")).to_be_visible()
    row = passkey_of(page)
    expect(row).to_contain_text("Chrome on Linux")
    expect(row).to_contain_text("Kept on all your devices that share passwords.")
    assert len(device.credentials()) == 1
    people.sign_out(page)
    page.goto(f"{people.origin}/login?next=/account")
    page.get_by_role("button", name=ALONE).click()
    page.wait_for_url(ACCOUNT)
    row.get_by_role("button", name="Rename…").click()
    page.get_by_role("textbox", name="Name").fill("Blue laptop")
    page.get_by_role("button", name="Rename", exact=True).click()
    expect(page.get_by_text("It is renamed.")).to_be_visible()
    expect(row).to_contain_text("Blue laptop")
    row.get_by_role("button", name="Take away…").click()
    page.get_by_role("button", name="Take it away").click()
    expect(page.get_by_text("It is taken away.")).to_be_visible()
    expect(row).to_have_count(0)
    page.wait_for_timeout(500)
    assert device.credentials() == [], "the device was told"


def test_the_browser_offers_a_passkey_by_itself(
    context: BrowserContext, people: PeopleSite
) -> None:
    """Conditional mediation: Chromium's authenticator answers where a person would choose."""
    page = context.new_page()
    a_device(page)
    people.sign_in(page)
    people.add_passkey(page)
    page.get_by_role("button", name="Sign out here").click()
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto(f"{people.origin}/account")
    expect(page.get_by_role("heading", name="Your account", exact=True)).to_be_visible()


@pytest.mark.complaint(21)
@pytest.mark.parametrize(
    ("backed_up", "said"),
    [(True, "Kept on all your devices"), (False, "Kept on that device alone.")],
)
def test_where_a_passkey_is_kept_is_told(
    page: Page, people: PeopleSite, backed_up: bool, said: str
) -> None:
    a_device(page, defaultBackupEligibility=backed_up, defaultBackupState=backed_up)
    people.sign_in(page)
    people.add_passkey(page)
    expect(passkey_of(page)).to_contain_text(said)
    people.sign_out(page)
    for _ in range(2):  # the counter of a key on one device grows, and nobody is locked out
        page.goto(f"{people.origin}/login?next=/account")
        page.get_by_role("button", name=ALONE).click()
        page.wait_for_url(ACCOUNT)
        people.sign_out(page)


@pytest.mark.requirement(43, 45)
def test_a_passkey_is_the_second_step_and_says_again_who_one_is(
    page: Page, people: PeopleSite
) -> None:
    a_device(page)
    people.sign_in(page)
    people.add_passkey(page)
    page.get_by_role("button", name="Set up an authenticator app").click()
    secret = page.locator(".qr code").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Set up the app").click()
    expect(page.get_by_text("The app is set up.")).to_be_visible()
    people.sign_out(page)
    people.sign_in(page)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(ACCOUNT)
    page.goto(f"{people.origin}/login/again?next=/account/passphrase")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("passphrase")


def test_one_device_has_one_passkey_of_an_account(page: Page, people: PeopleSite) -> None:
    a_device(page)
    people.sign_in(page)
    people.add_passkey(page)
    page.goto(f"{people.origin}/account/passkey")
    button = page.get_by_role("button", name="Make a passkey")
    button.click()
    expect(page.get_by_role("alert")).to_have_text(
        "This device has a passkey for your account already."
    )
    expect(button).to_be_enabled()


def test_whose_finger_does_not_fit_is_told_and_signs_in_by_passphrase_and_recovery_code(
    page: Page, people: PeopleSite
) -> None:
    device = a_device(page)
    people.sign_in(page)
    people.add_passkey(page)
    page.get_by_role("button", name="Make recovery codes").click()
    code = page.locator("#codes").inner_text().split()[0]
    page.get_by_role("link", name="I have kept them").click()
    people.sign_out(page)
    device.session.send(
        "WebAuthn.setUserVerified", {"authenticatorId": device.id, "isUserVerified": False}
    )
    page.get_by_role("button", name=ALONE).click()
    expect(page.get_by_role("alert")).to_contain_text("No passkey was used.")
    people.sign_in(page)
    page.get_by_text("Use another way", exact=True).click()
    page.get_by_label("Recovery code").fill(code)
    page.get_by_role("button", name="Use this code").click()
    expect(page.get_by_role("heading", name="Your account", exact=True)).to_be_visible()


def test_a_passkey_that_was_taken_away_is_refused_and_the_passphrase_is_near(
    page: Page, people: PeopleSite
) -> None:
    device = a_device(page)
    people.sign_in(page)
    people.add_passkey(page)
    kept = device.credentials()[0]
    page.get_by_role("button", name="Take away…").click()
    page.get_by_role("button", name="Take it away").click()
    expect(page.get_by_text("It is taken away.")).to_be_visible()
    page.wait_for_timeout(500)
    people.sign_out(page)
    device.session.send(
        "WebAuthn.addCredential", {"authenticatorId": device.id, "credential": kept}
    )
    page.get_by_role("button", name=ALONE).click()
    expect(page.locator("[data-summary]")).to_contain_text("That passkey does not sign in here")
    expect(page.get_by_label("Passphrase")).to_be_visible()
    assert page.url.endswith("/login/passkey")


def test_a_page_that_was_left_open_asks_for_a_fresh_challenge(
    page: Page, people: PeopleSite
) -> None:
    a_device(page)
    people.sign_in(page)
    people.add_passkey(page)
    people.sign_out(page)
    page.clock.install()
    page.goto(f"{people.origin}/login?next=/account")
    before = page.locator("form[data-passkey]").get_attribute("data-passkey-options")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    page.clock.fast_forward("05:00")
    page.get_by_role("button", name=ALONE).click()
    page.wait_for_url(ACCOUNT)
    assert asked[0] == f"GET {people.origin}/login"
    assert before


def test_a_browser_without_passkeys_is_offered_none(
    context: BrowserContext, people: PeopleSite
) -> None:
    without_passkeys(context)
    page = context.new_page()
    page.goto(f"{people.origin}/login")
    expect(page.get_by_role("button", name=ALONE)).to_be_hidden()
    expect(page.get_by_text("or", exact=True)).to_be_hidden()
    people.sign_in(page)
    page.get_by_role("link", name="Add a passkey").click()
    expect(page.get_by_text("This browser knows no passkeys.")).to_be_visible()


def test_without_a_script_the_passphrase_is_all_that_is_asked(
    chromium: object, people: PeopleSite, context: BrowserContext
) -> None:
    browser = context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{people.origin}/login?next=/account")
    expect(page.get_by_role("button", name=ALONE)).to_be_hidden()
    page.get_by_label("Passphrase").fill(PASSPHRASE)
    page.get_by_label("E-mail address or name").fill("Grace")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{people.origin}/account/passkey")
    expect(page.get_by_text("Making a passkey needs JavaScript.")).to_be_visible()
    plain.close()
