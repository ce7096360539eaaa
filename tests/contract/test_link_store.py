"""Links of people to identities elsewhere keep one promise on SQLite and on PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from curtilage.core.clock import SystemClock
from curtilage.core.db.engine import Database
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.providers.models import Link
from curtilage.identity.providers.store.links import SqlLinkStore
from curtilage.identity.providers.store.tables import PROVIDERS
from tests.fakes.clock import START
from tests.fakes.openid import FakeOpenID
from tests.provider_house import ProviderHouse, a_provider, a_provider_house

OURS, THEIRS = TenantId("tenant-orchard"), TenantId("tenant-harbour")
HOUR = timedelta(hours=1)
ADA, BEN = PrincipalId("p-ada"), PrincipalId("p-ben")
LINK = Link(
    OURS, "l-1", b"\x00\xff" * 16, "https://harbour.example", ADA, START, b"sealed", START + HOUR
)
SECOND = Link(OURS, "l-2", b"d" * 32, "https://valley.example", ADA, START + HOUR)
STORE = SqlLinkStore()


def differences(connection: Connection) -> list[object]:
    ours = set(PROVIDERS.tables)
    options = {"include_name": lambda name, kind, _: kind != "table" or name in ours}
    return compare_metadata(MigrationContext.configure(connection, opts=options), PROVIDERS)


async def test_migrated_tables_are_those_that_the_code_uses(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_link_comes_back_as_it_was(database: Database) -> None:
    async with database.begin() as connection:
        for each in (SECOND, LINK):
            assert await STORE.insert(connection, OURS, each)
    async with database.read() as connection:
        assert await STORE.find(connection, OURS, LINK.digest) == LINK
        assert await STORE.load(connection, OURS, ADA) == [LINK, SECOND]
        assert await STORE.count(connection, OURS, ADA) == 2
        assert await STORE.find(connection, OURS, b"x" * 32) is None


@pytest.mark.requirement(30)
async def test_an_identity_is_one_persons(database: Database) -> None:
    async with database.begin() as connection:
        assert await STORE.insert(connection, OURS, LINK)
        assert not await STORE.insert(connection, OURS, replace(LINK, id="l-9", person=BEN))
    async with database.read() as connection:
        assert await STORE.find(connection, OURS, LINK.digest) == LINK


async def test_no_tenant_sees_or_changes_what_is_anothers(database: Database) -> None:
    async with database.begin() as connection:
        await STORE.insert(connection, OURS, LINK)
        assert await STORE.insert(connection, THEIRS, replace(LINK, tenant=THEIRS))
        assert await STORE.delete_of(connection, THEIRS, ADA) == 1
        assert await STORE.find(connection, THEIRS, LINK.digest) is None
        assert not await STORE.use(connection, THEIRS, LINK.id, START)
        assert not await STORE.delete(connection, THEIRS, ADA, LINK.id)
        assert not await STORE.delete(connection, OURS, BEN, LINK.id)
        assert await STORE.load(connection, THEIRS, ADA) == []
        assert await STORE.find(connection, OURS, LINK.digest) == LINK


async def test_a_link_is_used_while_it_is_there(database: Database) -> None:
    async with database.begin() as connection:
        await STORE.insert(connection, OURS, LINK)
        assert await STORE.use(connection, OURS, LINK.id, START + 2 * HOUR)
        found = await STORE.find(connection, OURS, LINK.digest)
        assert found == replace(LINK, last_used_at=START + 2 * HOUR)
        assert await STORE.delete(connection, OURS, ADA, LINK.id)
        assert not await STORE.use(connection, OURS, LINK.id, START)


async def test_of_two_who_connect_one_identity_at_once_one_does(database: Database) -> None:
    async def take(id: str, person: PrincipalId) -> bool:
        async with database.begin() as connection:
            taken = await STORE.insert(connection, OURS, replace(LINK, id=id, person=person))
            await asyncio.sleep(0.05)
            return taken

    assert sorted(await asyncio.gather(take("l-1", ADA), take("l-9", BEN))) == [False, True]


def a_house(database: Database, data_dir: Path) -> tuple[ProviderHouse, FakeOpenID]:
    clock = SystemClock()
    there = FakeOpenID("https://harbour.example", clock)
    provider = a_provider(may_create=True, trusts_email=True)
    return a_provider_house(database, data_dir, [provider], there, clock=clock), there


@pytest.mark.requirement(30)
async def test_of_two_who_bring_one_state_one_is_let_in(database: Database, data_dir: Path) -> None:
    house, there = a_house(database, data_dir)
    await house.add("Grace")
    browser = house.browser()
    location = await browser.leave("harbour")
    given = [there.authorize(location) for _ in range(2)]
    answers = await asyncio.gather(*(browser.come_back("harbour", each) for each in given))
    assert sorted(each.status_code for each in answers) == [303, 401]
    assert len(await house.everybody()) == 2
    house.close()


async def test_of_two_new_accounts_of_one_identity_one_is_made(
    database: Database, data_dir: Path
) -> None:
    house, there = a_house(database, data_dir)
    await house.add("Grace")
    browsers = [house.browser(), house.browser()]
    claims = {"email": "ada@orchard.example", "email_verified": True}
    given = [there.authorize(await each.leave("harbour"), **claims) for each in browsers]
    await asyncio.gather(
        *(each.come_back("harbour", back) for each, back in zip(browsers, given, strict=True))
    )
    people = {(await each.session()).person for each in browsers}
    assert len(people) == 1
    assert len(await house.everybody()) == 2
    house.close()


async def test_two_windows_do_not_take_the_last_way_in_between_them(
    database: Database, data_dir: Path
) -> None:
    house, there = a_house(database, data_dir)
    ada = await house.add("Ada", address="ada@orchard.example")
    browser = house.browser()
    claims = {"email": "ada@orchard.example", "email_verified": True}
    await browser.come_back("harbour", there.authorize(await browser.leave("harbour"), **claims))
    held = await house.people.guard.list_held(await browser.session())
    link = (await house.links_of(ada))[0]
    ended = await asyncio.gather(
        house.people.account.remove(browser.secret, held[0].id),
        house.providers.desk.remove(browser.secret, link.id),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in ended) == ["LastWayIn", "NoneType"]
    left = await house.people.guard.list_held(await browser.session())
    assert len(left) + len(await house.links_of(ada)) == 1
    house.close()
