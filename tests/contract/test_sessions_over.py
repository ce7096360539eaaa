"""Of sessions that are over apps are told once, whoever sweeps, on both databases."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.db.engine import Database
from curtilage.core.errors import UnavailableError
from curtilage.core.models import PrincipalId, TenantId
from curtilage.core.page import NewSession
from curtilage.identity.oauth.models.grants import Grant
from curtilage.identity.oauth.store.grants import SqlGrantStore
from curtilage.identity.oauth.store.upkeep import SqlNoticeStore
from curtilage.identity.oauth.wire.client_metadata import ClientWish
from curtilage.identity.people.models import Person
from curtilage.identity.people.rules import SESSION_IDLE
from curtilage.identity.people.views import Arrival
from tests.builders import TENANT
from tests.identity_house import ADMIN, PASSPHRASE, House, a_house

MANY = 7
WISH = ClientWish(
    "Notes",
    redirect_uris=("https://notes.orchard.example/callback",),
    scopes=frozenset({"openid"}),
    backchannel_logout_uri="https://notes.orchard.example/back-channel",
)


@pytest.fixture
async def house(database: Database, data_dir: Path) -> AsyncIterator[House]:
    built = a_house(database, data_dir)
    yield built
    built.identity.close()


async def sign_in(house: House, *, previous: str = "") -> NewSession:
    arrival = Arrival("192.0.2.7", previous=previous)
    return await house.people.sign_ins.sign_in(
        TENANT, name="Ada", passphrase=PASSPHRASE, arrival=arrival
    )


async def connect_app(house: House, person: Person) -> list[str]:
    """An app that has a grant of each of their sessions; gives these, in order."""
    app = (await house.identity.oauth.clients.register(ADMIN, WISH)).client.id
    sessions = [each.id for each in await house.people.sessions.list_for(TENANT, person.id)]
    now, later = house.clock.now(), house.clock.now() + timedelta(days=1)
    async with house.database.begin() as connection:
        for each in sessions:
            grant = Grant(
                f"grant {each}", TENANT, app, person.id, each, ("openid",), (), now, "", (), now,
                later,
            )  # fmt: skip
            await SqlGrantStore().insert_grant(connection, TENANT, grant)
    return sorted(sessions)


async def told(house: House) -> list[str]:
    async with house.database.read() as connection:
        due = await SqlNoticeStore().load_due(connection, TENANT, house.clock.now(), 99)
    return sorted(each.session for each in due)


async def test_of_several_who_sweep_at_once_one_tells_of_each_session(house: House) -> None:
    ada = await house.add_person("Ada")
    for _ in range(MANY):
        await sign_in(house)
    sessions = await connect_app(house, ada)
    house.clock.advance(SESSION_IDLE)
    sweep = replace(house.people.sweeping.over, batch=2)
    ended = await asyncio.gather(*(sweep.end_over() for _ in range(3)))
    assert sum(ended) == MANY
    assert await told(house) == sessions
    assert (await house.kinds()).count("session.ended") == MANY


async def test_who_signs_in_twice_at_once_in_one_browser_ends_the_session_before_once(
    house: House,
) -> None:
    ada = await house.add_person("Ada")
    first = await sign_in(house)
    sessions = await connect_app(house, ada)
    await asyncio.gather(*(sign_in(house, previous=first.secret) for _ in range(3)))
    assert await told(house) == sessions
    assert (await house.kinds()).count("session.ended") == 1


async def test_what_cannot_be_told_does_not_end(house: House) -> None:
    """The end and the word of it are one transaction."""
    ada = await house.add_person("Ada")
    await sign_in(house)
    sessions = await connect_app(house, ada)
    house.clock.advance(SESSION_IDLE)
    over = house.people.sweeping.over
    endings = replace(over.endings, hearers=[*over.endings.hearers, Deaf()])
    broken = replace(over, endings=endings)
    with pytest.raises(UnavailableError):
        await broken.end_over()
    assert await told(house) == []
    assert await over.end_over() == 1
    assert await told(house) == sessions


class Deaf:
    """A part of identity that cannot hear of sessions now."""

    async def end(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId, session: str
    ) -> None:
        raise UnavailableError

    async def end_all(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> None:
        raise UnavailableError

    async def list_used(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        sessions: Sequence[str],
        since: datetime,
    ) -> frozenset[str]:
        return frozenset()
