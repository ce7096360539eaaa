"""What a script adds: freshness, keys, copying, the reader's own time."""

import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site
from tests.fakes.ids import fixed_id
from tests.fakes.live import a_row


def test_new_requests_appear_by_themselves_and_focus_stays(page: Page, site: Site) -> None:
    rows = page.locator("a[data-row]")
    rows.nth(2).focus()
    focused = page.evaluate("document.activeElement.href")
    before = rows.count()
    site.console.live.rows.insert(0, a_row(61, outcome="pending"))
    expect(rows).to_have_count(before + 1)
    expect(page.locator("tbody").get_by_text("Under way")).to_be_visible()
    site.console.live.rows[0] = a_row(61)
    expect(page.locator("tbody").get_by_text("Under way")).to_have_count(0)
    assert page.evaluate("document.activeElement.href") == focused


def test_a_paused_page_stays_as_it_is(page: Page, site: Site) -> None:
    asked: list[str] = []
    page.get_by_role("link", name="Pause").click()
    page.wait_for_url("**/console/live?paused")
    page.on("request", lambda request: asked.append(request.url))
    expect(page.locator("[hx-get]")).to_have_count(0)
    page.get_by_role("link", name="Go on").click()
    expect(page.locator("#poll")).to_have_count(1)
    assert not any("/new?" in url for url in asked[:1])


def test_a_session_that_ended_leads_to_the_sign_in_page(page: Page, site: Site) -> None:
    site.console.desk.live.clear()
    page.wait_for_url("**/login")


def test_the_check_shows_its_verdict_by_itself(page: Page, site: Site) -> None:
    site.console.ledger.slowness = 1_000
    page.goto(f"{site.origin}/console/ledger")
    page.get_by_role("button", name="Verify the ledger").click()
    expect(page.get_by_text("Checking.")).to_be_visible()
    site.console.ledger.slowness = 1
    expect(page.get_by_text("The ledger holds.")).to_be_visible(timeout=10_000)


def test_g_and_a_letter_go_to_a_place(page: Page, site: Site) -> None:
    page.clock.set_fixed_time("2026-03-02T12:00:00Z")  # the letter has to come soon after
    for letter, heading in (("t", "Try it"), ("e", "Ledger"), ("l", "Live")):
        page.keyboard.press("g")
        page.keyboard.press(letter)
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def test_j_and_k_walk_the_rows_and_enter_opens_one(page: Page, site: Site) -> None:
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    focused = page.evaluate("document.activeElement.pathname")
    assert focused == f"/console/live/{fixed_id(59)}"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{focused}")


def test_the_question_mark_shows_the_keys_and_escape_closes_them(page: Page, site: Site) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard")).to_have_count(0)


def test_a_slash_goes_to_the_search_and_keys_typed_there_are_letters(
    page: Page, site: Site
) -> None:
    page.goto(f"{site.origin}/console/ledger")
    page.keyboard.press("/")
    expect(page.get_by_label("Request id")).to_be_focused()
    page.keyboard.type("gl?jk/")
    expect(page.get_by_label("Request id")).to_have_value("gl?jk/")
    assert page.url.endswith("/console/ledger")


def test_the_first_tab_skips_to_the_content(page: Page, site: Site) -> None:
    page.goto(f"{site.origin}/console/ledger")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Verify the ledger")).to_be_focused()


def test_nothing_traps_the_keyboard(page: Page, site: Site) -> None:
    page.goto(f"{site.origin}/console/_kit")
    seen: list[str] = []
    for _ in range(120):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
        if seen[-1].startswith("<body"):
            break
    assert seen[-1].startswith("<body"), "the end of the page was never reached"
    assert len(set(seen)) == len(seen) > 12


def test_a_mark_tells_about_itself_on_focus(page: Page, site: Site) -> None:
    page.goto(f"{site.origin}/console/try")
    page.get_by_role("button", name="Show what would leave").click()
    mark = page.locator("a.find").first
    expect(page.get_by_role("tooltip")).to_have_count(0)
    mark.focus()
    expect(page.get_by_role("tooltip")).to_contain_text("E-mail address, replaced by a token.")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#finding-1$"))


def test_an_error_summary_takes_the_focus_and_leads_to_the_field(page: Page, site: Site) -> None:
    page.goto(f"{site.origin}/console/ledger/explain?request=x")
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Request id")).to_be_focused()


def test_times_are_the_readers_own_and_utc_stays_near(page: Page, site: Site) -> None:
    time = page.locator("tbody time").first
    assert "UTC" not in time.inner_text()
    assert re.fullmatch(r"\d\d \w{3} \d{4}, \d\d:\d\d:\d\d UTC", time.get_attribute("title") or "")


def test_times_of_today_leave_the_date_out(page: Page, site: Site) -> None:
    page.clock.set_fixed_time("2026-03-02T12:00:00Z")
    page.goto(f"{site.origin}/console/ledger")
    text = page.locator("dd time").first.inner_text()
    assert re.fullmatch(r"\d\d:\d\d:\d\d", text), text


def test_a_page_that_stays_open_over_midnight_says_which_day_its_times_are(
    page: Page, site: Site
) -> None:
    page.clock.set_fixed_time("2026-03-02T12:00:00Z")
    page.goto(f"{site.origin}/console/live")
    oldest = page.locator("tbody time").last
    assert re.fullmatch(r"\d\d:\d\d:\d\d", oldest.inner_text())
    page.clock.set_fixed_time("2026-03-03T12:00:00Z")
    site.console.live.rows.insert(0, a_row(61))
    expect(oldest).to_contain_text("2 Mar 2026")


def test_a_command_is_copied(context: BrowserContext, page: Page, site: Site) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site.origin}/console/_kit")
    page.get_by_role("group", name="Make a key").get_by_role("button", name="Copy").click()
    expect(page.get_by_role("group", name="Make a key")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "curtilage apikeys create me"


def test_markup_in_a_tried_text_never_runs(page: Page, site: Site) -> None:
    ran: list[str] = []
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    page.goto(f"{site.origin}/console/try")
    page.get_by_label("Your text").fill(
        "</textarea><img src=x onerror=alert(1)><script>alert(1)</script>"
    )
    page.get_by_role("button", name="Show what would leave").click()
    expect(page.locator("#result")).to_be_visible()
    assert ran == []
    assert page.locator("main img").count() == 0
