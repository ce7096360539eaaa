"""Joining and the first start with a passkey and no passphrase, in Chromium."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.passkey_site import PeopleSite, a_device, served_people, without_passkeys
from tests.browser.test_passkey_sign_in import ALONE, NO_AUTOFILL

pytestmark = [pytest.mark.requirement(49)]


@pytest.fixture
def people(tmp_path: Path) -> Iterator[PeopleSite]:
    with served_people(tmp_path) as site:
        yield site


@pytest.fixture
def page(context: BrowserContext) -> Page:
    context.add_init_script(NO_AUTOFILL)
    return context.new_page()


def test_whoever_is_invited_makes_a_passkey_and_signs_in_by_it_alone(
    page: Page, people: PeopleSite
) -> None:
    device = a_device(page)
    page.goto(people.invitation)
    page.get_by_label("Name").fill("Ada Quill")
    page.get_by_role("button", name="Go on with a passkey").click()
    expect(page.get_by_role("heading", name="Make your passkey")).to_be_visible()
    page.get_by_role("button", name="Make a passkey").click()
    page.wait_for_url(lambda url: "/join/" not in url)
    (credential,) = device.credentials()
    assert credential["userName"] == "Ada Quill"
    page.goto(f"{people.origin}/account")
    expect(page.get_by_role("heading", name=re.compile("^Passkey"))).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("^Passphrase"))).to_have_count(0)
    people.sign_out(page)
    page.goto(f"{people.origin}/login?next=/account")
    page.get_by_role("button", name=ALONE).click()
    expect(page.get_by_role("heading", name="Your account", exact=True)).to_be_visible()
    page.goto(people.invitation)
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Make your account")


def test_a_browser_that_knows_no_passkeys_is_offered_none(
    context: BrowserContext, people: PeopleSite
) -> None:
    without_passkeys(context)
    page = context.new_page()
    page.goto(people.invitation)
    expect(page.get_by_label("Passphrase", exact=True)).to_be_visible()
    page.get_by_label("Name").fill("Ada Quill")
    page.get_by_label("Passphrase", exact=True).fill("pewter walnut canyon sieve")
    page.get_by_label("The same passphrase again").fill("pewter walnut canyon sieve")
    page.get_by_label("The same passphrase again").press("Enter")
    page.wait_for_url(lambda url: "/join/" not in url)
    page.goto(f"{people.origin}/account")
    expect(page.get_by_role("heading", name="Passphrase", exact=True)).to_be_visible()
