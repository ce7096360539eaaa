"""However a session ends: once, recorded, and heard of by apps."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from curtilage.core.models import PrincipalId
from curtilage.identity.oauth.models.grants import Grant
from curtilage.identity.oauth.store.grants import SqlGrantStore
from curtilage.identity.oauth.store.upkeep import SqlNoticeStore
from curtilage.identity.oauth.wire.client_metadata import ClientWish
from curtilage.identity.people.rules import SESSION_IDLE, SESSION_LIMIT
from curtilage.identity.people.views import Arrival
from tests.builders import TENANT
from tests.identity_house import ADMIN, PASSPHRASE, House

NOTES = "https://notes.orchard.example/back-channel"
End = Callable[[House, PrincipalId, str, str], Awaitable[None]]


async def sign_in(house: House, *, name: str = "Grace", previous: str = "") -> str:
    arrival = Arrival("192.0.2.7", "Firefox", previous)
    session = await house.people.sign_ins.sign_in(
        TENANT, name=name, passphrase=PASSPHRASE, arrival=arrival
    )
    return session.secret


async def test_signing_out_ends_the_session_on_the_server(house: House) -> None:
    await house.enrol()
    secret = await sign_in(house)
    await house.people.sessions.endings.sign_out(TENANT, secret)
    assert await house.people.sessions.read(TENANT, secret) is None
    await house.people.sessions.endings.sign_out(TENANT, secret)
    await house.people.sessions.endings.sign_out(TENANT, "made up")
    assert (await house.kinds())[1:] == ["session.started", "session.ended"]


async def test_two_who_sign_out_one_session_are_one_record(house: House) -> None:
    await house.enrol()
    secret = await sign_in(house)
    await asyncio.gather(
        *(house.people.sessions.endings.sign_out(TENANT, secret) for _ in range(5))
    )
    assert (await house.kinds()).count("session.ended") == 1


async def test_no_id_is_no_session_and_ends_none(house: House) -> None:
    ada = await house.add_person("Ada")
    secret = await sign_in(house, name="Ada")
    sessions = house.people.sessions
    session = await sessions.find(TENANT, secret)
    assert session is not None
    async with house.database.begin() as connection:
        assert not await sessions.endings.end_one(connection, ada, "")
    assert not await sessions.endings.end(session, "")
    assert await sessions.read(TENANT, secret) is not None
    assert await sessions.endings.end(session, session.id)
    assert await sessions.read(TENANT, secret) is None


async def connect_app(house: House, person: PrincipalId, session: str) -> str:
    """An app that has a grant of this session; gives its id."""
    wish = ClientWish(
        "Notes",
        redirect_uris=("https://notes.orchard.example/callback",),
        scopes=frozenset({"openid"}),
        backchannel_logout_uri=NOTES,
    )
    app = (await house.identity.oauth.clients.register(ADMIN, wish)).client.id
    now, later = house.clock.now(), house.clock.now() + timedelta(days=1)
    grant = Grant(
        "grant-1", TENANT, app, person, session, ("openid",), (), now, "", (), now, later
    )  # fmt: skip
    async with house.database.begin() as connection:
        await SqlGrantStore().insert_grant(connection, TENANT, grant)
    return app


async def sign_out(house: House, id: PrincipalId, secret: str, session: str) -> None:
    await house.people.desk.sign_out(secret)


async def end_it_on_the_account_page(
    house: House, id: PrincipalId, secret: str, session: str
) -> None:
    await house.people.account.end_session(await sign_in(house, name="Ada"), session)


async def end_all_others(house: House, id: PrincipalId, secret: str, session: str) -> None:
    await house.people.account.end_other_sessions(await sign_in(house, name="Ada"))


async def end_it_for_them(house: House, id: PrincipalId, secret: str, session: str) -> None:
    await house.people.people.end_session(ADMIN, id, session)


async def end_all_of_theirs(house: House, id: PrincipalId, secret: str, session: str) -> None:
    await house.people.people.end_sessions(ADMIN, id)


async def disable(house: House, id: PrincipalId, secret: str, session: str) -> None:
    await house.people.people.disable(ADMIN, id)


async def delete_account(house: House, id: PrincipalId, secret: str, session: str) -> None:
    await house.people.leaving.delete(ADMIN, id)


async def sign_in_anew(house: House, id: PrincipalId, secret: str, session: str) -> None:
    await sign_in(house, name="Ada", previous=secret)


async def let_somebody_else_sign_in(
    house: House, id: PrincipalId, secret: str, session: str
) -> None:
    await house.add_person("Ben")
    await sign_in(house, name="Ben", previous=secret)


async def let_it_idle(house: House, id: PrincipalId, secret: str, session: str) -> None:
    house.clock.advance(SESSION_IDLE)
    await house.people.sweeping.sweep()


async def let_it_age(house: House, id: PrincipalId, secret: str, session: str) -> None:
    for _ in range(SESSION_LIMIT // timedelta(minutes=15)):
        assert await house.people.sessions.read(TENANT, secret) is not None
        house.clock.advance(timedelta(minutes=15))
    await house.people.sweeping.sweep()


BY_HAND = [sign_out, end_it_on_the_account_page, end_all_others, end_it_for_them]
ONE = [*BY_HAND, sign_in_anew, let_somebody_else_sign_in, let_it_idle, let_it_age]
ALL = [end_all_of_theirs, disable, delete_account]


@pytest.mark.requirement(33)
@pytest.mark.complaint(18)
@pytest.mark.parametrize("end", [*ONE, *ALL])
async def test_apps_are_told_of_a_session_however_it_ended(house: House, end: End) -> None:
    ada = await house.add_person("Ada")
    secret = await sign_in(house, name="Ada")
    live = await house.people.sessions.read(TENANT, secret)
    assert live is not None
    app = await connect_app(house, ada.id, live.id)
    await end(house, ada.id, secret, live.id)
    async with house.database.read() as connection:
        due = await SqlNoticeStore().load_due(connection, TENANT, house.clock.now(), 9)
        grants = await SqlGrantStore().load_grants(connection, TENANT, person=ada.id)
    session = "" if end in ALL else live.id
    assert [(each.client, each.session) for each in due] == [(app, session)]
    assert grants == []
    ended = [each for each in await house.events() if each.kind == "session.ended"]
    assert [each.facts["session"] for each in ended] == [live.id]


async def test_an_app_hears_nothing_of_a_session_that_it_has_nothing_of(house: House) -> None:
    ada = await house.add_person("Ada")
    secret = await sign_in(house, name="Ada")
    live = await house.people.sessions.read(TENANT, secret)
    assert live is not None
    await connect_app(house, ada.id, live.id)
    await house.people.desk.sign_out(await sign_in(house, name="Ada"))
    async with house.database.read() as connection:
        assert not await SqlNoticeStore().load_due(connection, TENANT, house.clock.now(), 9)
