"""One proof more, on its pages."""

import pytest

from tests.fakes.console import FakeConsole
from tests.fakes.desk import CODE, NAME, PASSPHRASE, FakeDesk
from tests.fakes.visitor import Visitor


def asking_more() -> Visitor:
    return Visitor(FakeConsole(desk=FakeDesk(asks_more=True)))


async def half_signed_in() -> Visitor:
    visitor = asking_more()
    answer = await visitor.post("/login", name=NAME, passphrase=PASSPHRASE, next="/console/ledger")
    assert answer.headers["location"] == "/login/second?next=/console/ledger"
    return visitor


async def test_the_first_factor_alone_opens_nothing() -> None:
    visitor = await half_signed_in()
    answer = await visitor.get("/console/ledger")
    assert answer.headers["location"] == "/login?next=/console/ledger"
    assert (await visitor.get("/account")).headers["location"] == "/login?next=/account"


@pytest.mark.parametrize("field", ["code", "recovery"])
async def test_the_second_factor_goes_on_to_where_one_wanted_to_go(field: str) -> None:
    visitor = await half_signed_in()
    page = "/login/second?next=/console/ledger"
    assert 'name="passphrase"' not in (await visitor.get(page)).text, "a second time is no second"
    answer = await visitor.post("/login/second", page=page, next="/console/ledger", **{field: CODE})
    assert answer.headers["location"] == "/console/ledger"
    assert (await visitor.get("/console/ledger")).status_code == 200


async def test_a_wrong_code_is_said_beside_its_field_and_after_many_one_waits() -> None:
    visitor = await half_signed_in()
    for _ in range(4):
        answer = await visitor.post("/login/second", page="/login/second", code="000000")
        assert answer.status_code == 401
        assert '<a href="#code">' in answer.text
    empty = await visitor.post("/login/second", page="/login/second", code=" ")
    assert empty.status_code == 422
    await visitor.post("/login/second", page="/login/second", code="000000")
    answer = await visitor.post("/login/second", page="/login/second", code=CODE)
    assert answer.status_code == 429


@pytest.mark.parametrize("path", ["/login/second", "/login/again"])
async def test_without_a_session_one_begins_at_the_beginning(path: str) -> None:
    visitor = Visitor()
    assert (await visitor.get(path)).headers["location"] == "/login"
    answer = await visitor.post(path, code=CODE)
    assert answer.headers["location"] == "/login"


async def test_saying_again_who_one_is_goes_on_and_gives_the_session_a_new_secret() -> None:
    visitor = await Visitor().sign_in()
    before = dict(visitor.client.cookies)
    page = "/login/again?next=/account"
    assert 'name="passphrase"' in (await visitor.get(page)).text
    answer = await visitor.post("/login/again", page=page, next="/account", passphrase=PASSPHRASE)
    assert answer.headers["location"] == "/account"
    assert dict(visitor.client.cookies)["curtilage-session"] != before["curtilage-session"]


async def test_what_comes_next_is_never_another_site() -> None:
    visitor = await half_signed_in()
    answer = await visitor.post(
        "/login/second", page="/login/second", next="//elsewhere.example", code=CODE
    )
    assert answer.headers["location"] == "/"
