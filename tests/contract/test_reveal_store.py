"""Requests to see a value keep one promise on SQLite and on PostgreSQL; so do grants of roles."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from curtilage.core.authority import AUDITOR, REVIEWER
from curtilage.core.db.engine import Database
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.people.models import RoleGrant
from curtilage.identity.people.store.role_grants import SqlRoleGrantStore
from curtilage.identity.reveal.models import Reveal, State, ValueKind
from curtilage.identity.reveal.store.reveals import SqlRevealStore
from curtilage.identity.reveal.store.tables import REVEALS
from tests.builders import TENANT
from tests.fakes.clock import START
from tests.identity_house import ADMIN, a_house
from tests.reveal_house import ADDRESS, RevealHouse, a_reveal_house

OURS, THEIRS = TenantId("tenant-orchard"), TenantId("tenant-harbour")
HOUR = timedelta(hours=1)
IDA, BEN = PrincipalId("p-ida"), PrincipalId("p-ben")
FIRST = Reveal(
    OURS, "r-1", ValueKind.ADDRESS, IDA, START, PrincipalId("p-ada"), b"\x00sealed", "s-ada"
)
SECOND = replace(
    FIRST,
    id="r-2",
    kind=ValueKind.TOKEN,
    asked_at=START + HOUR,
    sealed_for=IDA,
    subject="",
    state=State.OPENED,
    decided_by=BEN,
    decided_at=START + HOUR,
    right_from_asker=True,
    closed_at=START + 2 * HOUR,
)
STORE = SqlRevealStore()


def differences(connection: Connection) -> list[object]:
    ours = set(REVEALS.tables)
    options = {"include_name": lambda name, kind, _: kind != "table" or name in ours}
    return compare_metadata(MigrationContext.configure(connection, opts=options), REVEALS)


async def keep(database: Database, *reveals: Reveal) -> None:
    async with database.begin() as connection:
        for each in reveals:
            await STORE.insert(connection, each.tenant, each)


async def test_migrated_tables_are_those_that_the_code_uses(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_request_comes_back_as_it_was(database: Database) -> None:
    await keep(database, FIRST, SECOND)
    async with database.read() as connection:
        assert await STORE.find(connection, OURS, "r-1") == FIRST
        assert await STORE.find(connection, OURS, "r-2") == SECOND
        assert await STORE.find(connection, OURS, "r-3") is None


async def test_a_step_is_kept_from_the_state_that_it_was_judged_in(database: Database) -> None:
    await keep(database, FIRST)
    approved = replace(FIRST, state=State.APPROVED, decided_by=BEN, decided_at=START + HOUR)
    async with database.begin() as connection:
        assert await STORE.move(connection, OURS, approved, before=State.ASKED)
        assert not await STORE.move(connection, OURS, approved, before=State.ASKED)
        assert await STORE.find(connection, OURS, "r-1") == approved


async def test_lists_are_in_their_order_and_end(database: Database) -> None:
    many = [replace(FIRST, id=f"r-{n}", asked_at=START + n * HOUR) for n in range(1, 6)]
    approved = replace(many[1], state=State.APPROVED)
    await keep(database, many[4], many[0], approved, many[2], many[3], replace(SECOND, id="r-9"))
    async with database.read() as connection:
        found = await STORE.load_open(connection, OURS, since=START + HOUR, limit=3)
        assert [each.id for each in found] == ["r-2", "r-3", "r-4"]
        page = await STORE.page(connection, OURS, limit=2)
        assert [each.id for each in page] == ["r-9", "r-5"]
        page = await STORE.page(connection, OURS, before="r-5", limit=2)
        assert [each.id for each in page] == ["r-4", "r-3"]
        assert await STORE.count_open(connection, OURS, IDA, START) == 5
        assert await STORE.count_open(connection, OURS, IDA, START + 2 * HOUR) == 3
        assert await STORE.count_open(connection, OURS, BEN, START) == 0


async def test_what_somebody_asked_for_ends_and_what_is_old_goes(database: Database) -> None:
    approved = replace(FIRST, id="r-3", state=State.APPROVED)
    others = replace(FIRST, id="r-4", asker=BEN, asked_at=START + HOUR)
    await keep(database, FIRST, SECOND, approved, others)
    async with database.begin() as connection:
        assert await STORE.close_all(connection, OURS, IDA, START + HOUR) == 2
        found = await STORE.find(connection, OURS, "r-3")
        assert found is not None
        assert (found.state, found.closed_at) == (State.WITHDRAWN, START + HOUR)
        assert await STORE.find(connection, OURS, "r-2") == SECOND
        await STORE.delete_before(connection, OURS, START + HOUR)
        page = await STORE.page(connection, OURS, limit=9)
        assert [each.id for each in page] == ["r-4", "r-2"]


async def test_no_tenant_sees_or_changes_what_is_anothers(database: Database) -> None:
    await keep(database, FIRST)
    refused = replace(FIRST, state=State.REFUSED)
    async with database.begin() as connection:
        assert await STORE.find(connection, THEIRS, "r-1") is None
        assert not await STORE.move(connection, THEIRS, refused, before=State.ASKED)
        assert await STORE.close_all(connection, THEIRS, IDA, START) == 0
        await STORE.delete_before(connection, THEIRS, START + HOUR)
        assert await STORE.page(connection, THEIRS, limit=9) == []
        assert await STORE.load_open(connection, THEIRS, since=START - HOUR, limit=9) == []
        assert await STORE.count_open(connection, THEIRS, IDA, START - HOUR) == 0
        assert await STORE.find(connection, OURS, "r-1") == FIRST


async def test_grants_of_roles_come_back_and_are_given_anew(database: Database) -> None:
    grants = SqlRoleGrantStore()
    first, second = RoleGrant("auditor", START, IDA), RoleGrant("reviewer", START + HOUR)
    async with database.begin() as connection:
        await grants.add(connection, OURS, BEN, [first, second])
        assert await grants.load(connection, OURS, BEN) == {"auditor": first, "reviewer": second}
        assert await grants.load(connection, OURS, IDA) == {}
        assert await grants.load(connection, THEIRS, BEN) == {}
        await grants.drop(connection, THEIRS, BEN, ["auditor"])
        await grants.drop(connection, OURS, BEN, ["reviewer", "operator"])
        assert await grants.load(connection, OURS, BEN) == {"auditor": first}


async def test_a_role_outlives_what_is_known_of_who_gave_it(database: Database) -> None:
    grants, cleo = SqlRoleGrantStore(), PrincipalId("cleo")
    hers, his = RoleGrant("auditor", START, IDA), RoleGrant("reviewer", START + HOUR, cleo)
    async with database.begin() as connection:
        for tenant in (OURS, THEIRS):
            await grants.add(connection, tenant, BEN, [hers, his])
        await grants.forget_giver(connection, OURS, IDA)
        left = {"auditor": replace(hers, by=None), "reviewer": his}
        assert await grants.load(connection, OURS, BEN) == left
        assert await grants.load(connection, THEIRS, BEN) == {"auditor": hers, "reviewer": his}


@pytest.fixture
async def team(database: Database, data_dir: Path) -> AsyncIterator[RevealHouse]:
    house = a_house(database, data_dir)
    yield await a_reveal_house(house)
    house.identity.close()


async def at_once(*works: Any) -> list[str]:
    done = await asyncio.gather(*works, return_exceptions=True)
    return sorted(type(each).__name__ for each in done)


async def test_of_many_who_approve_at_once_one_does(team: RevealHouse) -> None:
    cleo = await team.house.add_person("Cleo", roles=frozenset({REVIEWER}))
    team.house.clock.advance(25 * HOUR)
    id = await team.ask()
    assert await at_once(team.approve(id), team.approve(id, by=cleo)) == [
        "NoneType",
        "RevealClosed",
    ]
    kinds = [each.kind for each in await team.told()]
    assert kinds == ["reveal.asked", "reveal.approved"]


async def test_of_many_who_open_at_once_one_sees_it(team: RevealHouse) -> None:
    id = await team.ask()
    await team.approve(id)
    assert await at_once(*(team.open(id) for _ in range(5))) == ["RevealClosed"] * 4 + ["str"]
    kinds = [each.kind for each in await team.told()]
    assert kinds.count("reveal.opened") == 1


async def test_an_approval_and_a_withdrawal_at_once_leave_one_story(team: RevealHouse) -> None:
    id = await team.ask()
    ida = await team.seat(team.ida)
    done = await at_once(team.approve(id), team.service.withdraw(ida.actor, id))
    state = (await team.find(id)).state
    kinds = [each.kind for each in await team.told()]
    if "RevealClosed" in done:
        assert (len(kinds), state) in {(2, State.APPROVED), (2, State.WITHDRAWN)}
    else:  # withdrawn once it was approved: both happened, in this order
        assert kinds == ["reveal.asked", "reveal.approved", "reveal.withdrawn"]
        assert state is State.WITHDRAWN


async def test_a_refusal_and_an_opening_at_once_leave_one_story(team: RevealHouse) -> None:
    id = await team.ask()
    await team.approve(id)
    ben = await team.seat(team.ben)
    done = await at_once(team.open(id), team.service.refuse(ben.actor, ben.session, id))
    assert done in (["NoneType", "RevealClosed"], ["RevealClosed", "str"])
    state = (await team.find(id)).state
    assert state is (State.OPENED if "str" in done else State.REFUSED)


async def test_a_role_and_an_opening_at_once_come_one_after_the_other(team: RevealHouse) -> None:
    id = await team.ask()
    await team.approve(id)
    ida = await team.seat(team.ida)
    results = await asyncio.gather(
        team.service.open(ida.actor, ida.session, id),
        team.house.people.people.give_roles(ADMIN, team.ida.id, frozenset()),
        return_exceptions=True,
    )
    kinds = [each.kind for each in await team.house.events()]
    if isinstance(results[0], BaseException):
        assert "reveal.opened" not in kinds
    else:
        assert results[0].lines == (("Value", ADDRESS),)
        assert kinds.index("reveal.opened") < kinds.index("person.roles-changed")


async def test_roles_changed_by_two_at_once_never_look_older_than_they_are(
    team: RevealHouse,
) -> None:
    people, grants = team.house.people.people, SqlRoleGrantStore()
    await people.give_roles(ADMIN, team.otto.id, frozenset({REVIEWER}))
    for _ in range(5):
        await asyncio.gather(
            people.give_roles(ADMIN, team.otto.id, frozenset()),
            people.give_roles(ADMIN, team.otto.id, frozenset({REVIEWER})),
            people.give_roles(ADMIN, team.otto.id, frozenset({AUDITOR, REVIEWER})),
        )
        async with team.house.database.read() as connection:
            found = await team.house.people.register.people.find(connection, TENANT, team.otto.id)
            assert found is not None
            assert set(await grants.load(connection, TENANT, team.otto.id)) == found.roles
