"""One's own account, on its pages."""

import re

from tests.fakes.account import OFFER, FakeAccount
from tests.fakes.console import FakeConsole
from tests.fakes.desk import CODE, PASSPHRASE
from tests.fakes.visitor import Visitor
from tests.identity_house import PASSPHRASE as KNOWN
from tests.identity_house import House

FRESH = "velvet comet lantern orchard"


async def signed_in(account: FakeAccount | None = None) -> Visitor:
    return await Visitor(FakeConsole(account=account or FakeAccount())).sign_in()


async def test_the_page_shows_how_one_signs_in_and_where_one_is_signed_in() -> None:
    page = (await (await signed_in()).get("/account")).text
    for words in ("Passphrase", "Firefox on Linux", "Safari on iPhone", "Unknown", "This one"):
        assert words in page
    assert "You have no recovery codes" in page


async def test_nobody_sees_it_who_is_not_signed_in() -> None:
    assert (await Visitor().get("/account")).headers["location"] == "/login?next=/account"


async def test_a_passphrase_is_changed_and_other_browsers_are_signed_out() -> None:
    visitor = await signed_in()
    page = "/account/passphrase"
    for fields, field in (
        ({"passphrase": ""}, "passphrase"),
        ({"passphrase": "short"}, "passphrase"),
        ({"passphrase": FRESH, "again": PASSPHRASE}, "again"),
    ):
        answer = await visitor.post(page, page=page, **fields)
        assert answer.status_code == 422
        assert f'<a href="#{field}">' in answer.text
    answer = await visitor.post(page, page=page, passphrase=FRESH, again=FRESH)
    assert answer.headers["location"] == "/account"
    assert "2 other sessions ended" in (await visitor.get("/account")).text


async def test_an_app_is_set_up_by_a_picture_and_its_first_code() -> None:
    visitor = await signed_in()
    offered = (await visitor.post("/account/app", page="/account")).text
    assert "<svg" in offered
    assert OFFER.secret in offered
    token = re.search(r'name="_csrf" value="([^"]+)"', offered)
    assert token is not None
    fields = {"token": token[1], "ceremony": OFFER.ceremony}
    wrong = await visitor.post("/account/app/check", **fields, code="000000")
    assert (wrong.status_code, OFFER.secret in wrong.text) == (422, True)
    answer = await visitor.post("/account/app/check", **fields, code=CODE)
    assert answer.headers["location"] == "/account"
    page = (await visitor.get("/account")).text
    assert "Authenticator app" in page
    assert "Set up an authenticator app" not in page


async def test_an_offer_that_is_over_says_so() -> None:
    visitor = await signed_in()
    answer = await visitor.post("/account/app/check", page="/account", ceremony="x", code=CODE)
    assert answer.headers["location"] == "/account"
    assert "Begin it again" in (await visitor.get("/account")).text


async def test_codes_are_shown_once() -> None:
    visitor = await signed_in()
    shown = (await visitor.post("/account/codes", page="/account")).text
    assert shown.count("AAAA-BBBB") == 10
    assert "AAAA-BBBB" not in (await visitor.get("/account")).text
    assert "10 recovery codes left" in (await visitor.get("/account")).text


async def test_the_last_way_in_stays() -> None:
    visitor = await signed_in()
    await visitor.post("/account/ways/way-1/remove", page="/account")
    page = (await visitor.get("/account")).text
    assert "This is the last way in" in page
    assert "Passphrase" in page


async def test_one_browser_or_all_others_are_signed_out() -> None:
    visitor = await signed_in()
    await visitor.post("/account/sessions/session-1/end", page="/account")
    assert "That browser is signed out" in (await visitor.get("/account")).text
    await visitor.post("/account/sessions/session-1/end", page="/account")
    assert "signed out already" in (await visitor.get("/account")).text
    await visitor.post("/account/sessions/end", page="/account")
    assert "1 other browser signed out" in (await visitor.get("/account")).text


async def test_whoever_proved_themselves_long_ago_says_again_who_they_are() -> None:
    visitor = await signed_in(FakeAccount(stale=True))
    for path, fields in (
        ("/account/passphrase", {"passphrase": FRESH, "again": FRESH}),
        ("/account/app", {}),
        ("/account/app/check", {"ceremony": OFFER.ceremony, "code": CODE}),
        ("/account/codes", {}),
        ("/account/ways/way-1/remove", {}),
    ):
        answer = await visitor.post(path, page="/account", **fields)
        assert answer.headers["location"].startswith("/login/again?next=/account")


async def test_deleting_the_account_names_what_that_means_and_signs_out() -> None:
    visitor = await signed_in()
    assert "/account/delete" in (await visitor.get("/account")).text
    page = (await visitor.get("/account/delete")).text
    assert "cannot be undone" in page
    answer = await visitor.post("/account/delete", page="/account/delete")
    assert answer.headers["location"] == "/login"
    stale = await signed_in(FakeAccount(stale=True))
    answer = await stale.post("/account/delete", page="/account/delete")
    assert answer.headers["location"] == "/login/again?next=/account/delete"


async def test_the_last_administrator_is_told_why_not(house: House) -> None:
    await house.enrol()
    visitor = Visitor(house)
    await visitor.post("/login", name="Grace", passphrase=KNOWN, next="/account")
    answer = await visitor.post("/account/delete", page="/account/delete")
    assert answer.status_code == 409
    assert "last administrator" in answer.text
    await house.add_person("Ada", roles=frozenset({"administrator"}))
    answer = await visitor.post("/account/delete", page="/account/delete")
    assert answer.headers["location"] == "/login"
    assert (await visitor.get("/account")).headers["location"].startswith("/login")
