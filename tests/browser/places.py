"""Every page of the console, by name, and how to get there."""

from collections.abc import Callable, Mapping

from playwright.sync_api import Page

from tests.fakes import reveals
from tests.fakes.desk import LINK
from tests.fakes.ids import fixed_id
from tests.fakes.live import REFUSED
from tests.fakes.mailbox import LINK as MAILED


def try_example(page: Page) -> None:
    """The result of *Try it* for the example that the form holds."""
    page.goto("/console/try")
    page.get_by_role("button", name="Show what would leave").click()
    page.wait_for_selector("#result")


def wrong_sign_in(page: Page) -> None:
    """The sign-in page after a wrong passphrase."""
    page.goto("/login")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Passphrase").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_selector("[data-summary]")


def mail_asked(page: Page) -> None:
    """What is said after a link was asked for."""
    page.goto("/login/mail")
    page.get_by_label("E-mail address").fill("ada@orchard.example")
    page.get_by_role("button", name="Send the link").click()
    page.wait_for_selector("#code")


def not_found(page: Page) -> None:
    """The people, where nobody is named like that."""
    page.goto("/console/people")
    page.get_by_label("Find somebody").fill("ada")
    page.get_by_role("button", name="Find").click()
    page.wait_for_selector("[data-summary]")


def invited(page: Page) -> None:
    """The link of an invitation."""
    page.goto("/console/people")
    page.get_by_role("button", name="Make the link").click()
    page.wait_for_selector("#invitation")


def app_made(page: Page) -> None:
    """The secret of a new app."""
    page.goto("/console/apps")
    page.get_by_label("Name").fill("Orchard notes")
    page.get_by_label("Redirect addresses").fill("https://notes.orchard.example/callback")
    page.get_by_role("button", name="Register the app").click()
    page.wait_for_selector("#new-secret")


def app_wrong(page: Page) -> None:
    """The form of an app, with an address that cannot be."""
    page.goto("/console/apps")
    page.get_by_label("Name").fill("Orchard notes")
    page.get_by_label("Redirect addresses").fill("http://notes.orchard.example/callback")
    page.get_by_role("button", name="Register the app").click()
    page.wait_for_selector("[data-summary]")


def first_passkey(page: Page) -> None:
    """The button that makes a passkey for whoever joins."""
    page.goto(f"/join/{MAILED}")
    page.get_by_label("Name").fill("ada")
    page.get_by_role("button", name="Go on with a passkey").click()
    page.wait_for_selector("#passkey")


def set_up_app(page: Page) -> None:
    """The picture for an authenticator app."""
    page.goto("/account")
    page.get_by_role("button", name="Set up an authenticator app").click()
    page.wait_for_selector(".qr")


def value_opened(page: Page) -> None:
    """The page with a value, once it is shown."""
    page.goto(f"/console/reveals/{reveals.APPROVED}")
    page.get_by_role("button", name="Open…").click()
    page.get_by_role("button", name="See the value").click()
    page.get_by_text("Show it").click()


def asked_wrongly(page: Page) -> None:
    """The form for a token, with a token that nobody knows."""
    page.goto("/console/reveals/ask/token")
    page.get_by_label("Token").fill("x")
    page.get_by_label("What you need it for").fill(reveals.REASON)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_selector("[data-summary]")


def goes(path: str) -> Callable[[Page], None]:
    return lambda page: void(page.goto(path))


def void(_: object) -> None:
    return None


PUBLIC: Mapping[str, Callable[[Page], None]] = {
    "sign-in": goes("/login"),
    "sign-in-wrong": wrong_sign_in,
    "link-used": goes(f"/setup/{LINK}"),
    "mail": goes("/login/mail"),
    "mail-sent": mail_asked,
    "mail-link": goes(f"/login/mail/{MAILED}"),
    "mail-link-over": goes("/login/mail/x"),
    "join": goes("/join"),
    "join-link": goes(f"/join/{MAILED}"),
    "join-passkey": first_passkey,
    "recover": goes("/recover"),
    "recover-link": goes(f"/recover/{MAILED}"),
}
SIGNED_IN: Mapping[str, Callable[[Page], None]] = {
    "live": goes("/console/live"),
    "live-refused": goes("/console/live?outcome=refused"),
    "live-search": goes("/console/live?type=CREDIT_CARD&model=claude*&since=2026-03-02T09:00"),
    "live-search-wrong": goes("/console/live?id=x&since=soon"),
    "request": goes(f"/console/live/{fixed_id(56)}"),
    "request-refused": goes(f"/console/live/{fixed_id(58)}"),
    "request-unread": goes(f"/console/live/{fixed_id(55)}"),
    "tokens": goes("/console/tokens"),
    "try": goes("/console/try"),
    "try-result": try_example,
    "ledger": goes("/console/ledger"),
    "check": goes(f"/console/ledger/checks/{fixed_id(7)}"),
    "explain": goes(f"/console/ledger/explain?request={fixed_id(7)}"),
    "explain-refused": goes(f"/console/ledger/explain?request={REFUSED}"),
    "explain-wrong": goes("/console/ledger/explain?request=x"),
    "proof": goes(f"/console/ledger/records/{fixed_id(7)}"),
    "usage": goes("/console/usage"),
    "usage-by-day": goes("/console/usage?by=day&span=365"),
    "upstreams": goes("/console/upstreams?model=letters"),
    "upstreams-unknown": goes("/console/upstreams?model=nobody-knows"),
    "keys": goes("/console/keys"),
    "apps": goes("/console/apps"),
    "app": goes(f"/console/apps/{fixed_id(2)}"),
    "app-revoked": goes(f"/console/apps/{fixed_id(3)}"),
    "app-made": app_made,
    "app-wrong": app_wrong,
    "providers": goes("/console/providers"),
    "people": goes("/console/people"),
    "person": goes(f"/console/people/{fixed_id(5)}"),
    "person-disabled": goes(f"/console/people/{fixed_id(3)}"),
    "person-you": goes("/console/people/person-admin"),
    "person-delete": goes(f"/console/people/{fixed_id(5)}/delete"),
    "people-not-found": not_found,
    "invitations": goes("/console/people/invitations"),
    "invited": invited,
    "outbox": goes("/console/outbox"),
    "account": goes("/account"),
    "leave": goes("/account/delete"),
    "add-passkey": goes("/account/passkey"),
    "add-app": set_up_app,
    "say-again": goes("/login/again?next=/account"),
    "policies": goes("/console/policies"),
    "policy": goes("/console/policies/helpdesk"),
    "policy-broken": goes("/console/policies/letters"),
    "policy-compare": goes("/console/policies/helpdesk/compare"),
    "corrections": goes("/console/corrections"),
    "reveals": goes("/console/reveals"),
    "reveal-waiting": goes(f"/console/reveals/{reveals.WAITING}"),
    "reveal-mine": goes(f"/console/reveals/{reveals.MINE}"),
    "reveal-approved": goes(f"/console/reveals/{reveals.APPROVED}"),
    "reveal-refused": goes(f"/console/reveals/{reveals.REFUSED}"),
    "reveal-seen": goes(f"/console/reveals/{reveals.SEEN}"),
    "reveal-ask": goes(f"/console/reveals/ask/address?of={fixed_id(5)}"),
    "reveal-ask-record": goes("/console/reveals/ask/record"),
    "reveal-ask-wrong": asked_wrongly,
    "reveal-opened": value_opened,
    "not-found": goes("/console/nowhere"),
    "kit": goes("/console/_kit"),
}
