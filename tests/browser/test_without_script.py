"""Every page reads and every form works where no script runs."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Site
from tests.fakes import reveals
from tests.fakes.desk import LINK, NAME, PASSPHRASE
from tests.fakes.ids import fixed_id


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    yield made
    made.close()


def test_set_up_sign_in_and_sign_out(context: BrowserContext, site: Site) -> None:
    site.console.desk.enrolled = False
    page = context.new_page()
    page.goto(f"{site.origin}/setup/{LINK}")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    page.get_by_label("The same passphrase again").fill("another one entirely")
    page.get_by_role("button", name="Set the passphrase").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    page.get_by_label("The same passphrase again").fill(PASSPHRASE)
    page.get_by_role("button", name="Set the passphrase").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Live")
    expect(page.get_by_text("It is set up. You are signed in.")).to_be_visible()
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.goto(f"{site.origin}/console/live")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_the_console_can_be_walked_through(page: Page, site: Site) -> None:
    expect(page.locator("tbody time").first).to_contain_text("UTC")
    page.get_by_role("link", name="Older").click()
    page.get_by_role("link", name="Newest").click()
    page.locator("a[data-row]").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Request by")
    page.get_by_role("link", name="Proof of record").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Proof of a record")


def test_a_text_can_be_tried_and_its_marks_lead_to_the_table(page: Page, site: Site) -> None:
    page.goto(f"{site.origin}/console/try")
    page.get_by_role("button", name="Show what would leave").click()
    expect(page.get_by_text("3 findings")).to_be_visible()
    page.locator("a.find").nth(1).click()
    expect(page).to_have_url(re.compile("#finding-2$"))


def test_the_ledger_is_verified_by_looking_again(page: Page, site: Site) -> None:
    site.console.ledger.slowness = 1
    page.goto(f"{site.origin}/console/ledger")
    page.get_by_role("button", name="Verify the ledger").click()
    expect(page.get_by_text("Checking.")).to_be_visible()
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("The ledger holds.")).to_be_visible()


def test_a_request_is_explained(page: Page, site: Site) -> None:
    page.goto(f"{site.origin}/console/ledger")
    page.get_by_label("Request id").fill(fixed_id(7))
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_text("Cards never leave.")).to_be_visible()


def test_light_and_dark_are_switched_and_kept(page: Page, site: Site) -> None:
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-look", "dark")
    page.goto(f"{site.origin}/console/ledger")
    expect(page.locator("html")).to_have_attribute("data-look", "dark")


def test_a_dangerous_button_asks_first(page: Page, site: Site) -> None:
    page.goto(f"{site.origin}/console/_kit")
    page.get_by_role("button", name="Revoke…").click()
    expect(page.get_by_role("dialog")).to_contain_text("Revoke the key Helpdesk?")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_value_is_asked_for_approved_and_masked_until_it_is_pressed(
    page: Page, site: Site
) -> None:
    page.goto(f"{site.origin}/console/people/{fixed_id(5)}")
    page.get_by_role("link", name="Show the address").click()
    page.get_by_label("What you need it for").fill("Ticket 4711: no mail reaches her")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("Asked. Somebody else decides now.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve…")).to_have_count(0)
    page.goto(f"{site.origin}/console/reveals/{reveals.WAITING}")
    page.get_by_role("button", name="Approve…").click()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("Approved. They can open it")).to_be_visible()
    page.goto(f"{site.origin}/console/reveals/{reveals.APPROVED}")
    page.get_by_role("button", name="Open…").click()
    page.get_by_role("button", name="See the value").click()
    expect(page.get_by_text(reveals.VALUE)).to_be_hidden()
    page.get_by_text("Show it").click()
    expect(page.get_by_text(reveals.VALUE)).to_be_visible()
    assert page.url.endswith("/open") and reveals.VALUE not in page.url
