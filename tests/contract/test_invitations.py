"""Invitations are listed and taken back, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from curtilage.app.migrations import SCRIPTS
from curtilage.core.authority import ADMINISTRATOR, PEOPLE_MANAGER
from curtilage.core.db.engine import Database
from curtilage.core.db.errors import ConstraintViolated, DatabaseUnusable
from curtilage.core.ids import id_instant
from curtilage.core.models import Principal, PrincipalId, PrincipalKind, TenantId
from curtilage.identity.errors import CeremonyOver
from curtilage.identity.people.errors import UnknownInvitation
from curtilage.identity.people.models import Ceremony, CeremonyKind, Person
from curtilage.identity.people.store.ceremonies import SqlCeremonyStore
from tests.builders import TENANT
from tests.fakes.clock import START
from tests.fakes.ids import fixed_id
from tests.identity_house import ADMIN, PASSPHRASE, House, a_house

ADMINS = frozenset({ADMINISTRATOR})
OURS, THEIRS = TenantId("tenant-orchard"), TenantId("tenant-harbour")
KIND, HOUR = CeremonyKind.INVITATION, timedelta(hours=1)


@pytest.fixture
async def house(database: Database, data_dir: Path) -> AsyncIterator[House]:
    built = a_house(database, data_dir)
    yield built
    built.identity.close()


def as_actor(person: Person) -> Principal:
    return Principal(TENANT, person.id, PrincipalKind.PERSON, roles=person.roles)


def an_invitation(number: int) -> Ceremony:
    digest = bytes([number]) * 32
    return Ceremony(OURS, digest, KIND, START + number * HOUR, data=b"data", id=fixed_id(number))


async def test_those_that_wait_come_by_pages_the_newest_first(database: Database) -> None:
    store = SqlCeremonyStore()
    sign_up = replace(an_invitation(9), kind=CeremonyKind.SIGN_UP, id="")
    older_version = replace(an_invitation(8), id="")
    async with database.begin() as connection:
        for each in (*map(an_invitation, (2, 1, 4, 3)), sign_up, older_version):
            await store.insert(connection, OURS, each)

    async def page(tenant: TenantId = OURS, *, before: str = "", at: int = 0) -> list[int]:
        async with database.read() as connection:
            found = await store.page(
                connection, tenant, KIND, at=START + at * HOUR, before=before, limit=2
            )
        assert all(each == an_invitation(each.digest[0]) for each in found)
        return [each.digest[0] for each in found]

    assert await page() == [4, 3]
    assert await page(before=fixed_id(3)) == [2, 1]
    assert await page(before=fixed_id(1)) == []
    assert await page(before=fixed_id(3), at=1) == [2], "the first is over"
    assert await page(THEIRS) == []


async def test_one_is_found_by_its_id_within_its_tenant_and_kind(database: Database) -> None:
    store, one = SqlCeremonyStore(), an_invitation(1)
    async with database.begin() as connection:
        await store.insert(connection, OURS, one)
        await store.insert(connection, OURS, replace(one, digest=b"x" * 32, id=""))
        assert await store.find_by_id(connection, OURS, KIND, one.id) == one
        assert await store.find_by_id(connection, THEIRS, KIND, one.id) is None
        assert await store.find_by_id(connection, OURS, CeremonyKind.SIGN_UP, one.id) is None
        assert await store.find_by_id(connection, OURS, KIND, fixed_id(2)) is None
    with pytest.raises(ConstraintViolated):
        async with database.begin() as connection:
            await store.insert(connection, OURS, replace(one, digest=b"y" * 32))


async def test_of_taking_back_and_taking_up_at_once_one_wins(house: House) -> None:
    for number in range(6):
        made = await house.people.invitations.invite(ADMIN)
        secret = made.link.rpartition("/")[2]
        name = f"Ada {number}"
        joined, withdrawn = await asyncio.gather(
            house.people.joining.join(TENANT, secret, name=name, passphrase=PASSPHRASE),
            house.people.invitations.withdraw(ADMIN, made.id),
            return_exceptions=True,
        )
        kinds = (await house.kinds())[-1:]
        if isinstance(joined, Person):
            assert isinstance(withdrawn, UnknownInvitation)
            assert kinds == ["person.joined"]
        else:
            assert withdrawn is None
            assert isinstance(joined, CeremonyOver)
            assert kinds == ["invitation.withdrawn"]
            assert await house.people.people.find(ADMIN, name) is None


async def test_of_many_who_take_one_back_one_is_told_so(house: House) -> None:
    made = await house.people.invitations.invite(ADMIN)
    done = await asyncio.gather(
        *(house.people.invitations.withdraw(ADMIN, made.id) for _ in range(4)),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in done) == ["NoneType"] + ["UnknownInvitation"] * 3
    assert (await house.kinds()).count("invitation.withdrawn") == 1


@asynccontextmanager
async def missing(house: House, table: str) -> AsyncIterator[None]:
    """Whoever writes to this table fails, within the block."""

    async def rename(before: str, after: str) -> None:
        async with house.database.begin() as connection:
            await connection.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))

    await rename(table, "elsewhere")
    with pytest.raises(DatabaseUnusable):
        yield
    await rename("elsewhere", table)


@pytest.mark.parametrize("table", ["outbox", "ceremony"])
async def test_an_invitation_and_its_record_are_both_kept_or_neither(
    house: House, table: str
) -> None:
    async with missing(house, table):
        await house.people.invitations.invite(ADMIN, address="ada@orchard.example")
    assert await house.people.invitations.page(ADMIN) == []
    assert await house.kinds() == []
    assert await house.mailed() == [], "a link to nothing"
    await house.people.invitations.invite(ADMIN)
    assert await house.kinds() == ["person.invited"]


async def test_what_is_not_recorded_takes_no_invitation_back_or_up(house: House) -> None:
    made = await house.people.invitations.invite(ADMIN)
    secret = made.link.rpartition("/")[2]
    async with missing(house, "outbox"):
        await house.people.invitations.withdraw(ADMIN, made.id)
    async with missing(house, "outbox"):
        await house.people.joining.join(TENANT, secret, name="Ada", passphrase=PASSPHRASE)
    assert [each.id for each in await house.people.invitations.page(ADMIN)] == [made.id]
    assert await house.people.people.find(ADMIN, "Ada") is None
    await house.people.joining.join(TENANT, secret, name="Ada", passphrase=PASSPHRASE)
    assert await house.kinds() == ["person.invited", "person.joined"]


async def test_what_is_not_recorded_enrols_no_administrator(house: House) -> None:
    await house.people.setup.issue(TENANT)
    async with missing(house, "outbox"):
        await house.people.setup.enrol(TENANT, house.secret(), name="Grace", passphrase=PASSPHRASE)
    assert not await house.people.setup.is_enrolled(TENANT)
    await house.enrol()
    assert await house.kinds() == ["administrator.enrolled"]


@dataclass
class Meanwhile:
    """Names nobody, and lets something happen first: between looking and keeping."""

    work: Callable[[], Awaitable[object]]

    async def pseudonym(self, tenant: TenantId, principal: PrincipalId) -> str:
        await self.work()
        return "somebody"


async def test_what_is_taken_back_while_somebody_takes_it_up_lets_nobody_in(house: House) -> None:
    made = await house.people.invitations.invite(ADMIN)
    back = Meanwhile(lambda: house.people.invitations.withdraw(ADMIN, made.id))
    joining = replace(house.people.joining, pseudonyms=back)
    with pytest.raises(CeremonyOver):
        await joining.join(TENANT, made.link.rpartition("/")[2], name="Ada", passphrase=PASSPHRASE)
    assert await house.people.people.find(ADMIN, "Ada") is None
    assert await house.kinds() == ["person.invited", "invitation.withdrawn"]


@pytest.mark.parametrize("what", ["deleted", "disabled", "given fewer roles"])
async def test_who_may_not_invite_any_more_lets_nobody_in_who_joins_just_then(
    house: House, what: str
) -> None:
    """Else a role would be left behind, and who gave it noted, after they were deleted."""
    await house.add_person("Grace", roles=ADMINS)
    eve = await house.add_person("Eve", roles=ADMINS)
    made = await house.people.invitations.invite(as_actor(eve), roles=ADMINS)
    end = {
        "deleted": lambda: house.people.leaving.delete(ADMIN, eve.id),
        "disabled": lambda: house.people.people.disable(ADMIN, eve.id),
        "given fewer roles": lambda: house.people.people.give_roles(
            ADMIN, eve.id, frozenset({PEOPLE_MANAGER})
        ),
    }[what]
    joining = replace(house.people.joining, pseudonyms=Meanwhile(end))
    with pytest.raises(CeremonyOver):
        await joining.join(TENANT, made.link.rpartition("/")[2], name="Ada", passphrase=PASSPHRASE)
    assert await house.people.people.find(ADMIN, "Ada") is None
    assert "person.joined" not in await house.kinds()


async def test_what_is_taken_up_while_somebody_takes_it_back_stays_so(house: House) -> None:
    made = await house.people.invitations.invite(ADMIN)
    secret = made.link.rpartition("/")[2]
    up = Meanwhile(
        lambda: house.people.joining.join(TENANT, secret, name="Ada", passphrase=PASSPHRASE)
    )
    invitations = replace(house.people.invitations, pseudonyms=up)
    with pytest.raises(UnknownInvitation):
        await invitations.withdraw(ADMIN, made.id)
    assert await house.people.people.find(ADMIN, "Ada") is not None
    assert await house.kinds() == ["person.invited", "person.joined"]


async def test_invitations_of_an_earlier_version_can_be_taken_back_after_the_upgrade(
    house: House,
) -> None:
    """The column is taken away and the migration runs again."""
    made = [await house.people.invitations.invite(ADMIN) for _ in range(2)]
    house.clock.advance(HOUR)
    made.append(await house.people.invitations.invite(ADMIN))
    async with house.database.begin() as connection:
        await connection.execute(text("DROP INDEX ix_ceremony_tenant_id"))
        await connection.execute(text("ALTER TABLE ceremony DROP COLUMN id"))
        await connection.run_sync(run_migration, "0023_invitations")
    listed = await house.people.invitations.page(ADMIN)
    assert [each.made_at for each in listed] == [START + HOUR, START, START]
    assert {each.id for each in listed}.isdisjoint(each.id for each in made)
    assert [id_instant(each.id) for each in listed] == [each.made_at for each in listed]
    await house.people.invitations.withdraw(ADMIN, listed[0].id)
    secret = made[2].link.rpartition("/")[2]
    with pytest.raises(CeremonyOver):
        await house.people.joining.look(TENANT, secret)
    for each in made[:2]:
        await house.people.joining.look(TENANT, each.link.rpartition("/")[2])


def run_migration(connection: Connection, revision: str) -> None:
    script = ScriptDirectory(str(SCRIPTS)).get_revision(revision)
    assert script is not None
    with Operations.context(MigrationContext.configure(connection)):
        script.module.upgrade()
