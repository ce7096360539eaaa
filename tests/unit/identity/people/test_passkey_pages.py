"""The pages on which a passkey is made and named, and those on which it is shown."""

from html import unescape

import pytest

from tests.fakes.account import ACCEPTED, MAKE, a_passkey
from tests.fakes.console import FakeConsole
from tests.fakes.desk import ANSWER, ASKED, CODE, NAME, PASSPHRASE, FakeDesk
from tests.fakes.visitor import Visitor

pytestmark = [pytest.mark.requirement(49)]
NOT_HERE = "That passkey does not sign in here"


async def test_the_sign_in_page_carries_what_to_ask_and_the_script() -> None:
    page = (await Visitor().get("/login")).text
    assert f'data-passkey-options="{ASKED}"' in unescape(page)
    assert 'autocomplete="username webauthn"' in page
    assert "Sign in with a passkey" in page
    assert "/static/passkey." in page
    assert "onclick" not in page


async def test_where_there_are_no_passkeys_no_page_speaks_of_them() -> None:
    visitor = Visitor(FakeConsole(desk=FakeDesk(asked="", asks_more=True)))
    page = (await visitor.get("/login")).text
    assert "passkey" not in page
    assert 'autocomplete="username"' in page
    await visitor.post("/login", name=NAME, passphrase=PASSPHRASE)
    assert "passkey" not in (await visitor.get("/login/second")).text


async def test_a_passkey_signs_in_and_goes_on() -> None:
    visitor = Visitor()
    answer = await visitor.post("/login/passkey", passkey=ANSWER, next="/console/ledger")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/ledger")
    assert (await visitor.get("/console/ledger")).status_code == 200
    away = await Visitor().post("/login/passkey", passkey=ANSWER, next="//evil.example")
    assert away.headers["location"] == "/"


@pytest.mark.parametrize("answer", ["", "{}", "x" * 1000])
async def test_a_passkey_that_does_not_hold_is_told_on_the_page(answer: str) -> None:
    got = await Visitor().post("/login/passkey", passkey=answer)
    assert got.status_code == 401
    assert NOT_HERE in got.text
    assert '<a href="#passkey">' in got.text
    assert answer == "" or answer not in got.text


async def test_too_many_passkeys_wait() -> None:
    visitor = Visitor()
    for _ in range(5):
        await visitor.post("/login/passkey", passkey="{}")
    got = await visitor.post("/login/passkey", passkey=ANSWER)
    assert got.status_code == 429
    assert "try again in 30 seconds" in got.text


async def test_a_passkey_from_another_site_is_not_looked_at() -> None:
    visitor = Visitor()
    await visitor.get("/login")
    got = await visitor.post("/login/passkey", token="", passkey=ANSWER)
    assert got.status_code == 403
    assert not visitor.console.desk.live


@pytest.mark.requirement(43)
async def test_a_passkey_can_be_the_second_step() -> None:
    visitor = Visitor(FakeConsole(desk=FakeDesk(asks_more=True)))
    await visitor.post("/login", name=NAME, passphrase=PASSPHRASE)
    page = (await visitor.get("/login/second")).text
    assert "Use a passkey" in page
    at = "/login/second"
    for said, status in (("", 422), ("{}", 401)):
        got = await visitor.post(at, page=at, passkey=said)
        assert got.status_code == status
        assert 'href="#passkey"' in got.text
    got = await visitor.post(at, page=at, passkey=ANSWER, next="/console/try")
    assert got.headers["location"] == "/console/try"


async def test_a_passkey_is_added_by_its_owner() -> None:
    visitor = await Visitor().sign_in()
    page = await visitor.get("/account/passkey")
    assert f'data-passkey-options="{MAKE.options}"' in unescape(page.text)
    at = "/account/passkey"
    got = await visitor.post(at, page=at, ceremony=MAKE.ceremony, passkey=ANSWER)
    assert got.headers["location"] == "/account"
    assert "Firefox on Linux" in (await visitor.get("/account")).text


@pytest.mark.parametrize(
    ("ceremony", "answer", "said"),
    [
        ("another", ANSWER, "This step is over. Begin it again"),
        (MAKE.ceremony, "{}", "This passkey cannot be added. Begin again"),
    ],
)
async def test_a_passkey_that_cannot_be_added_is_told_on_the_account_page(
    ceremony: str, answer: str, said: str
) -> None:
    visitor, at = await Visitor().sign_in(), "/account/passkey"
    got = await visitor.post(at, page=at, ceremony=ceremony, passkey=answer)
    assert got.headers["location"] == "/account"
    assert said in (await visitor.get("/account")).text
    assert len(visitor.console.account.held) == 1


async def test_an_old_proof_leads_over_saying_again_who_one_is_and_back() -> None:
    visitor, at = await Visitor().sign_in(), "/account/passkey"
    token = await visitor.token(at)
    visitor.console.account.stale = True
    again = "/login/again?next=/account/passkey"
    assert (await visitor.get(at)).headers["location"] == again
    got = await visitor.post(at, token=token, ceremony=MAKE.ceremony, passkey=ANSWER)
    assert got.headers["location"] == again
    got = await visitor.post("/login/again", page="/login/again", code=CODE, next=at)
    assert got.headers["location"] == at


async def test_who_has_too_many_is_told() -> None:
    visitor = await Visitor().sign_in()
    visitor.console.account.held += [a_passkey(n, f"Key {n}") for n in range(2, 8)]
    assert (await visitor.get("/account/passkey")).headers["location"] == "/account"
    assert "You have as many passkeys as anybody can have" in (await visitor.get("/account")).text


@pytest.mark.requirement(50)
async def test_a_passkey_is_listed_named_and_signalled() -> None:
    visitor = await Visitor().sign_in()
    visitor.console.account.held += [
        a_passkey(2, "<b>Phone"),
        a_passkey(3, "Old", works_here=False),
        a_passkey(4, "Stick", synced=False),
    ]
    page = (await visitor.get("/account")).text
    assert "&lt;b&gt;Phone" in page
    assert "Made for another address" in page
    assert "Kept on that device alone" in page
    assert f'data-passkey-signal="{ACCEPTED}"' in unescape(page)
    got = await visitor.post("/account/ways/way-2/name", page="/account", label="My phone")
    assert got.headers["location"] == "/account"
    assert "My phone" in (await visitor.get("/account")).text
    await visitor.post("/account/ways/unknown/name", page="/account", label="Mine")
    assert "nothing of the kind" in (await visitor.get("/account")).text


async def test_strangers_make_and_name_none() -> None:
    visitor = Visitor()
    assert (await visitor.get("/account/passkey")).headers["location"].startswith("/login")
    for path in ("/account/passkey", "/account/ways/way-1/name"):
        got = await visitor.post(path, passkey=ANSWER, ceremony=MAKE.ceremony, label="x")
        assert got.headers["location"].startswith("/login")


async def test_the_address_of_a_refused_passkey_is_the_sign_in_page_when_it_is_opened_again() -> (
    None
):
    answer = await Visitor().get("/login/passkey")
    assert answer.status_code == 200
    assert "Sign in with a passkey" in answer.text
