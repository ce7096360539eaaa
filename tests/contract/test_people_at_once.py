"""What people do at the same time comes out as if one came after the other, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table

from curtilage.core.authority import ADMINISTRATOR, AUDITOR
from curtilage.core.db.engine import Database
from curtilage.core.errors import DeniedError
from curtilage.core.models import Principal, PrincipalKind
from curtilage.core.page import NewSession
from curtilage.identity.budgets import Budget, Measure, Whose, Window
from curtilage.identity.errors import CeremonyOver
from curtilage.identity.oauth.models.grants import Grant, RefreshToken
from curtilage.identity.oauth.models.requests import Consent
from curtilage.identity.oauth.store.grants import SqlGrantStore
from curtilage.identity.oauth.store.requests import SqlConsentStore
from curtilage.identity.oauth.store.tables import CONSENT, GRANT, REFRESH
from curtilage.identity.people.errors import LastAdministrator, SignInRefused, TooManyAttempts
from curtilage.identity.people.models import Person, RoleGrant
from curtilage.identity.people.store.role_grants import SqlRoleGrantStore
from curtilage.identity.people.store.tables import (
    AUTHENTICATOR,
    CEREMONY,
    ERASURE,
    HANDLE,
    PERSON,
    ROLE_GRANT,
    SESSION,
)
from curtilage.identity.people.views import Arrival
from curtilage.identity.providers.models import Link
from curtilage.identity.providers.store.links import SqlLinkStore
from curtilage.identity.providers.store.tables import LINK
from curtilage.identity.store.caller_budgets import SqlCallerBudgetStore
from curtilage.identity.store.tables import CALLER_BUDGET
from tests.builders import TENANT
from tests.fakes.clock import START
from tests.identity_house import ADMIN, PASSPHRASE, House, a_house

ADDRESS, HERE = "ada@orchard.example", "192.0.2.7"
ADMINS = frozenset({ADMINISTRATOR})
BOTH = {"Ada": ADDRESS, "Ben": "ben@orchard.example"}
MANY = 6
FRESH = "velvet comet thimble orchard"


@pytest.fixture
async def house(database: Database, data_dir: Path) -> AsyncIterator[House]:
    built = a_house(database, data_dir)
    yield built
    built.identity.close()


def as_actor(person: Person) -> Principal:
    return Principal(
        TENANT, person.id, PrincipalKind.PERSON, roles=person.roles, authenticated_at=START
    )


async def at_once(*works: Any) -> list[Any]:
    return list(await asyncio.gather(*works, return_exceptions=True))


async def sign_in(house: House, n: int = 0) -> NewSession:
    arrival = Arrival(f"192.0.2.{n}", browser="b")
    return await house.people.sign_ins.sign_in(
        TENANT, name=ADDRESS, passphrase=PASSPHRASE, arrival=arrival
    )


async def count_sessions(house: House) -> int:
    async with house.database.read() as connection:
        return len((await connection.execute(SESSION.select())).all())


async def administrators(house: House) -> int:
    async with house.database.begin() as connection:
        people = house.people.register.people
        return len(await people.lock_active(connection, TENANT, ADMINISTRATOR))


@pytest.mark.requirement(48)
async def test_a_link_that_is_sent_many_times_at_once_begins_one_session(house: House) -> None:
    await house.add_person("Ada", address=ADDRESS, kind=None)
    sign_ins = house.people.mail_sign_ins
    await sign_ins.ask(TENANT, ADDRESS, browser="b", peer=HERE)
    link = await house.post("/login/mail")
    code = (await sign_ins.look(TENANT, link, browser="")).code
    arrival = Arrival(HERE, browser="b")
    done = await at_once(
        *(sign_ins.finish(TENANT, link, arrival) for _ in range(MANY)),
        *(sign_ins.finish_by_code(TENANT, code, arrival) for _ in range(4)),
    )
    assert sum(isinstance(each, NewSession) for each in done) == 1
    assert {type(each) for each in done} == {NewSession, CeremonyOver}
    assert await count_sessions(house) == 1


@pytest.mark.requirement(45)
async def test_of_many_new_passphrases_by_one_link_one_is_kept(house: House) -> None:
    await house.add_person("Ada", address=ADDRESS)
    await house.people.recovery.ask(TENANT, ADDRESS, peer=HERE)
    link = await house.post("/recover")
    done = await at_once(
        *(house.people.recovery.finish(TENANT, link, f"{FRESH} {n}") for n in range(MANY))
    )
    assert done.count(None) == 1
    assert {type(each) for each in done} == {type(None), CeremonyOver}


async def test_one_invitation_makes_one_account(house: House) -> None:
    secret = (await house.people.invitations.invite(ADMIN, roles=ADMINS)).link.rpartition("/")[2]
    done = await at_once(
        *(
            house.people.joining.join(TENANT, secret, name=f"Ada {n}", passphrase=PASSPHRASE)
            for n in range(MANY)
        )
    )
    assert sum(isinstance(each, Person) for each in done) == 1
    async with house.database.read() as connection:
        assert len((await connection.execute(PERSON.select())).all()) == 1


async def test_two_who_take_one_name_at_once_are_one_account(house: House) -> None:
    links = [
        (await house.people.invitations.invite(ADMIN)).link.rpartition("/")[2] for _ in range(3)
    ]
    done = await at_once(
        *(
            house.people.joining.join(TENANT, each, name="Ada", passphrase=PASSPHRASE)
            for each in links
        )
    )
    assert sorted(type(each).__name__ for each in done) == ["NameTaken", "NameTaken", "Person"]


@pytest.mark.complaint(19)
@pytest.mark.requirement(51)
async def test_no_session_outlives_being_disabled_however_close_they_come(house: House) -> None:
    await house.enrol()
    ada = await house.add_person("Ada", address=ADDRESS, roles=ADMINS)
    begun = [
        await house.people.sessions.find(TENANT, (await sign_in(house, n)).secret) for n in range(2)
    ]
    done = await at_once(
        *(sign_in(house, n) for n in range(MANY)),
        house.people.people.disable(ADMIN, ada.id),
        *(
            house.people.proving.prove_by_passphrase(each, PASSPHRASE, address="192.0.2.77")
            for each in begun
            if each is not None
        ),
    )
    assert done[MANY] is None
    failed = {type(each) for each in done if isinstance(each, Exception)}
    assert failed <= {SignInRefused, TooManyAttempts}
    assert await count_sessions(house) == 0


async def test_who_opens_a_link_and_who_disables_them_do_not_wait_for_each_other(
    house: House,
) -> None:
    """Held the other way round, each would have what the other needs: a link, and its owner."""
    await house.enrol()
    ada = await house.add_person("Ada", address=ADDRESS, kind=None)
    sign_ins, people, arrival = (
        house.people.mail_sign_ins,
        house.people.people,
        Arrival(HERE, browser="b"),
    )
    for _ in range(8):
        house.clock.advance(3600)
        await sign_ins.ask(TENANT, ADDRESS, browser="b", peer=HERE)
        link = await house.post("/login/mail")
        done = await at_once(sign_ins.finish(TENANT, link, arrival), people.disable(ADMIN, ada.id))
        assert {type(each) for each in done} <= {
            NewSession, CeremonyOver, SignInRefused, type(None)
        }  # fmt: skip
        assert await count_sessions(house) == 0
        await people.enable(ADMIN, ada.id)


@pytest.mark.requirement(51)
async def test_no_session_by_the_old_passphrase_outlives_its_change(house: House) -> None:
    await house.add_person("Ada", address=ADDRESS)
    await house.people.recovery.ask(TENANT, ADDRESS, peer=HERE)
    link = await house.post("/recover")
    done = await at_once(
        *(sign_in(house, n) for n in range(MANY)),
        house.people.recovery.finish(TENANT, link, FRESH),
    )
    assert done[MANY] is None
    assert await count_sessions(house) == 0


async def test_administrators_who_put_each_other_out_at_once_leave_one(house: House) -> None:
    people = [await house.add_person(f"Admin {n}", roles=ADMINS) for n in range(4)]
    service = house.people.people
    done = await at_once(
        *(service.disable(ADMIN, each.id) for each in people[:2]),
        *(service.give_roles(ADMIN, each.id, frozenset()) for each in people[2:]),
    )
    assert sum(isinstance(each, LastAdministrator) for each in done) == 1
    assert done.count(None) == 3
    assert await administrators(house) == 1


async def count_rows(house: House, *tables: Table) -> list[int]:
    async with house.database.read() as connection:
        return [len((await connection.execute(each.select())).all()) for each in tables]


async def test_of_whoever_is_deleted_no_row_is_left(house: House) -> None:
    """Their link to a provider, what they allowed apps and what these got, their budgets, since
    when they have roles, and all that is people's own."""
    tables = (
        *(PERSON, HANDLE, AUTHENTICATOR, SESSION, CEREMONY, ERASURE, LINK, CONSENT),
        *(GRANT, REFRESH, CALLER_BUDGET, ROLE_GRANT),
    )
    ada, ben = [await house.add_person(name, address=at) for name, at in BOTH.items()]
    await sign_in(house)
    await house.people.recovery.ask(TENANT, ADDRESS, peer="")
    now = house.clock.now()
    async with house.database.begin() as connection:
        for each in (ada, ben):
            digest = each.id.encode()[:32].ljust(32)
            link = Link(TENANT, each.id, digest, "https://harbour.example", each.id, now)
            assert await SqlLinkStore().insert(connection, TENANT, link)
            consent = Consent(TENANT, each.id, "app", frozenset({"openid"}), (), now, now)
            await SqlConsentStore().put(connection, TENANT, consent)
            grant = Grant(
                f"grant-{each.id[:32]}", TENANT, "app", each.id, "s", (), (), now, "", (), now,
                now + timedelta(days=1),
            )  # fmt: skip
            await SqlGrantStore().insert_grant(connection, TENANT, grant)
            token = RefreshToken(TENANT, digest, grant.id, now, grant.expires_at)
            await SqlGrantStore().insert_refresh(connection, TENANT, token)
            await SqlCallerBudgetStore().put(
                connection,
                TENANT,
                Whose.PERSON,
                each.id,
                (Budget(Measure.REQUESTS, Window.DAY, 5),),
            )
            role = RoleGrant("auditor", now, None)
            await SqlRoleGrantStore().add(connection, TENANT, each.id, [role])
    assert await count_rows(house, *tables) == [2, 2, 2, 1, 1, 0, 2, 2, 2, 2, 2, 2]
    done = await at_once(*(house.people.leaving.delete(ADMIN, ada.id) for _ in range(3)))
    assert sorted(type(each).__name__ for each in done) == ["NoneType"] + ["UnknownPerson"] * 2
    assert await count_rows(house, *tables) == [1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1]
    assert house.person_keys.destroyed == {ada.id}


async def test_two_who_gave_each_other_their_roles_are_deleted_at_once(house: House) -> None:
    await house.add_person("Grace", roles=ADMINS)
    register, now = house.people.register, house.clock.now()
    for n in range(4):
        two = [await house.add_person(f"{name} {n}", roles=ADMINS) for name in BOTH]
        async with house.database.begin() as connection:
            for whom, by in (two, two[::-1]):
                given = [RoleGrant("administrator", now, by.id)]
                await register.grants.add(connection, TENANT, whom.id, given)
        done = await at_once(*(house.people.leaving.delete(ADMIN, each.id) for each in two))
        assert done == [None, None]
    assert await count_rows(house, PERSON, ROLE_GRANT) == [1, 0]


@pytest.mark.parametrize("end", ["delete", "disable", "demote"])
async def test_who_gives_a_role_and_is_put_out_meanwhile_gives_it_before_or_not_at_all(
    house: House, end: str
) -> None:
    """Nor does a role that was given before say who of the deleted gave it."""
    grace = as_actor(await house.add_person("Grace", roles=ADMINS))
    people, grants = house.people, house.people.register.grants
    put_out = {
        "delete": people.leaving.delete,
        "disable": people.people.disable,
        "demote": partial(people.people.give_roles, roles=frozenset()),
    }[end]
    for n in range(4):
        ada, eve = [await house.add_person(f"{name} {n}", roles=ADMINS) for name in BOTH]
        given = people.people.give_roles(as_actor(eve), ada.id, frozenset({AUDITOR}))
        done, ended = await at_once(given, put_out(grace, eve.id))
        assert ended is None
        assert done is None or isinstance(done, DeniedError)
        async with house.database.read() as connection:
            found = await grants.load(connection, TENANT, ada.id)
        assert (AUDITOR in found) is (done is None)
        if AUDITOR in found:
            assert found[AUDITOR].by == (None if end == "delete" else eve.id)


async def test_two_who_give_each_other_roles_at_once_do_not_wait_for_each_other(
    house: House,
) -> None:
    two = [await house.add_person(name, roles=ADMINS) for name in BOTH]
    for more in ({AUDITOR}, set[str]()):
        pairs = (two, two[::-1])
        done = await at_once(
            *(
                house.people.people.give_roles(as_actor(by), whom.id, ADMINS | more)
                for by, whom in pairs
            )
        )
        assert done == [None, None]


async def test_nobody_signs_in_while_they_are_deleted(house: House) -> None:
    ada = await house.add_person("Ada", address=ADDRESS)
    await at_once(house.people.leaving.delete(ADMIN, ada.id), *(sign_in(house) for _ in range(3)))
    assert await count_rows(house, PERSON, SESSION, AUTHENTICATOR) == [0, 0, 0]
