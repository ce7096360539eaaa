"""Sessions of an app and the tokens in them."""

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from curtilage.identity.errors import NoAnswer
from curtilage.identity.relying.errors import IssuerBroken, SessionOver
from curtilage.identity.wire.secrets import find_digest
from tests.relying_house import COOKIE, House


@pytest.fixture
async def house() -> House:
    house = House()
    await house.sign_in()
    return house


async def test_a_token_is_fresh_and_the_same_until_it_is_not(house: House) -> None:
    session = await house.session()
    assert session is not None
    assert await session.token() == await session.token() == "access-1"
    house.issuer.clock.advance(571)
    assert await session.token() == "access-2"
    asked = [form for path, form in house.issuer.asked if path == "/token"]
    assert asked[-1]["refresh_token"] == "refresh-0"


@pytest.mark.requirement(8)
@pytest.mark.complaint(3)
async def test_fifty_who_want_a_token_at_once_refresh_once(house: House) -> None:
    house.issuer.clock.advance(600)
    session = await house.session()
    assert session is not None
    given = await asyncio.gather(*(session.token() for _ in range(50)))
    assert set(given) == {"access-2"}
    assert house.issuer.count("/token") == 2
    assert await house.session() is not None


async def test_loops_of_several_threads_share_one_refresh(house: House) -> None:
    house.issuer.clock.advance(600)
    session = await house.session()
    assert session is not None
    given: list[str] = []

    def view() -> None:
        given.append(asyncio.run(session.token()))

    threads = [threading.Thread(target=view) for _ in range(8)]
    for thread in threads:
        thread.start()
    await asyncio.to_thread(lambda: [thread.join() for thread in threads])
    assert given == ["access-2"] * 8
    assert house.issuer.count("/token") == 2


async def test_who_asks_and_goes_away_loses_no_refresh_token(house: House) -> None:
    house.issuer.clock.advance(600)
    session = await house.session()
    assert session is not None
    task = asyncio.create_task(session.token())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await session.token() == "access-2"
    house.issuer.clock.advance(600)
    assert await session.token() == "access-3"


@pytest.mark.requirement(7)
async def test_another_worker_may_have_refreshed_already(house: House) -> None:
    other = House(house.issuer, {"store": house.doors.sessions.store}, house.cookies)
    house.issuer.clock.advance(600)
    ours, theirs = await house.session(), await other.session()
    assert ours is not None and theirs is not None
    assert await theirs.token() == "access-2"
    assert await ours.token() == "access-2"
    assert house.issuer.count("/token") == 2


async def test_a_refresh_that_the_issuer_refuses_ends_the_session(house: House) -> None:
    house.issuer.clock.advance(600)
    house.issuer.refresh_tokens.append("another")
    session = await house.session()
    assert session is not None
    with pytest.raises(SessionOver):
        await session.token()
    assert await house.session() is None


async def test_an_issuer_that_does_not_answer_ends_nothing(house: House) -> None:
    house.issuer.clock.advance(600)
    session = await house.session()
    assert session is not None
    house.issuer.problem = NoAnswer()
    with pytest.raises(NoAnswer):
        await session.token()
    house.issuer.problem = None
    assert await session.token() == "access-2"


@pytest.mark.requirement(30)
@pytest.mark.parametrize(
    "claims", [{"sub": "ben"}, {"sid": "other"}, {"aud": "other"}, {"at_hash": "AAAA"}]
)
async def test_a_renewed_id_token_is_about_the_same_sign_in(
    house: House, claims: dict[str, str]
) -> None:
    house.issuer.clock.advance(600)
    house.issuer.claims = claims
    session = await house.session()
    assert session is not None
    with pytest.raises(IssuerBroken):
        await session.token()


async def test_a_session_that_ended_while_it_was_refreshed_stays_ended(house: House) -> None:
    house.issuer.clock.advance(600)
    session = await house.session()
    assert session is not None
    kept = house.doors.sessions.store._kept  # type: ignore[attr-defined]

    def end(path: str, body: bytes) -> bytes:
        if path == "/token":
            kept.clear()
        return body

    house.issuer.spoil = end
    with pytest.raises(SessionOver):
        await session.token()
    assert await house.session() is None


async def test_scopes_narrow_with_their_purposes_and_never_widen() -> None:
    house = House()
    house.issuer.claims = {"purposes": ["assist"]}
    house.issuer.members = {"scope": "openid purpose:research"}
    await house.sign_in()
    session = await house.session()
    assert session is not None and session.purposes == {"assist", "research"}
    house.issuer.clock.advance(600)
    house.issuer.members = {"scope": "openid admin"}
    await session.token()
    session = await house.session()
    assert session is not None
    assert (session.scopes, session.purposes) == ({"openid"}, {"assist"})


async def test_a_session_ends_when_idle_and_in_any_case_in_the_end(house: House) -> None:
    for _ in range(13):
        house.issuer.clock.advance(timedelta(minutes=55))
        alive = await house.session()
    assert alive is not None
    house.issuer.clock.advance(timedelta(minutes=5, seconds=1))
    assert await house.session() is None
    await house.sign_in()
    house.issuer.clock.advance(timedelta(minutes=61))
    assert await house.session() is None


async def test_without_a_refresh_token_a_session_lasts_and_its_token_does_not() -> None:
    house = House()
    house.issuer.members = {"refresh_token": None}
    await house.sign_in()
    house.issuer.clock.advance(600)
    session = await house.session()
    assert session is not None
    with pytest.raises(SessionOver):
        await session.token()
    assert await house.session() is not None


async def test_a_box_opens_only_where_it_was_put(house: House) -> None:
    sessions = house.doors.sessions
    store = sessions.store
    secret = house.cookies[COOKIE]
    found = await sessions.forget(secret)
    assert found is not None
    assert "access-1" not in repr(found) and "ada" not in repr(found)
    moved = await sessions.keep(replace(found, name="Ben"))
    assert await sessions.find(secret) is None
    assert (await sessions.find(moved)) is not None
    await store.end(sessions.tag("sub", "ada"))
    assert await sessions.find(moved) is None


async def test_what_is_stored_names_nobody_and_holds_no_token(house: House) -> None:
    kept = house.doors.sessions.store
    told = repr([(each.box, each.tags) for each in kept._kept.values()])  # type: ignore[attr-defined]
    for value in ("ada", "Ada", "access-1", "refresh-0", "sid-1", house.cookies[COOKIE]):
        assert value not in told


async def test_a_refusal_after_another_worker_was_first_is_no_end(house: House) -> None:
    """Both asked with one refresh token; the other kept what it got before we were refused."""
    other = House(house.issuer, {"store": house.doors.sessions.store}, house.cookies)
    house.issuer.clock.advance(600)
    ours, theirs = await house.session(), await other.session()
    assert ours is not None and theirs is not None
    sessions = house.doors.sessions
    key = find_digest(house.cookies[COOKIE])
    assert key is not None
    old = await sessions.store.load(key, at=house.issuer.clock.now())
    assert old is not None
    assert await theirs.token() == "access-2"
    new = await sessions.store.load(key, at=house.issuer.clock.now())
    assert new is not None
    await sessions.store.replace(key, old)

    def first(path: str, body: bytes) -> bytes:
        if path == "/token":
            sessions.store._kept[key].box = new  # type: ignore[attr-defined]
        return body

    house.issuer.spoil = first
    assert await ours.token() == "access-2"
    assert await house.session() is not None


async def test_an_issuer_without_sids_is_signed_out_of_by_person() -> None:
    house = House()
    house.issuer.claims = {"sid": None}
    await house.sign_in()
    sessions = house.doors.sessions
    assert await sessions.store.end(sessions.tag("sid", "")) == 0
    assert await sessions.store.end(sessions.tag("sub", "ada")) == 1
