"""Accounts are deleted, and nothing is left that says whose they were."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.authority import ADMINISTRATOR, AUDITOR
from curtilage.core.db.errors import ConstraintViolated
from curtilage.core.errors import DeniedError, MissingRight
from curtilage.core.models import PrincipalId, PrincipalKind, TenantId
from curtilage.identity.errors import CeremonyOver, ProveAgain, UnknownPerson
from curtilage.identity.people.errors import LastAdministrator, SignInRefused
from curtilage.identity.people.models import ProofKind
from curtilage.identity.people.views import Arrival
from tests.builders import TENANT
from tests.identity_house import ADMIN, PASSPHRASE, House
from tests.unit.identity.conftest import MakeHouse
from tests.unit.identity.people.service.test_joining import as_actor

ADMINS, ADA = frozenset({ADMINISTRATOR}), "ada@orchard.example"


@dataclass
class RecordingHolder:
    """Writes down for whom it was asked."""

    ended: list[PrincipalId] = field(default_factory=list)

    async def end_all(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int:
        self.ended.append(person)
        return 1


async def sign_in(house: House) -> str:
    begun = await house.people.desk.sign_in(
        name=ADA, passphrase=PASSPHRASE, arrival=Arrival("192.0.2.7")
    )
    return begun.secret


async def test_whoever_leaves_is_gone_with_all_that_was_theirs(make_house: MakeHouse) -> None:
    holder = RecordingHolder()
    house = make_house(holders=[holder])
    ada = await house.add_person("Ada", address=ADA)
    secret, other = await sign_in(house), await sign_in(house)
    await house.people.recovery.ask(TENANT, ADA, peer="")
    link = await house.post("/recover")
    whom = await house.pseudonyms.pseudonym(TENANT, ada.id)
    await house.people.account.leave(secret)
    for each in (secret, other):
        assert await house.people.desk.read(each) is None
    assert await house.people.register.find(TENANT, ADA) is None
    with pytest.raises(UnknownPerson):
        await house.people.people.show(ADMIN, ada.id)
    with pytest.raises(SignInRefused):
        await sign_in(house)
    with pytest.raises(CeremonyOver):
        await house.people.recovery.look(TENANT, link)
    assert holder.ended == [ada.id]
    assert house.person_keys.destroyed == {ada.id}
    async with house.database.read() as connection:
        register, erasures = house.people.register, house.people.leaving.erasures
        assert await register.authenticators.load(connection, TENANT, ada.id) == []
        assert await erasures.load(connection, TENANT) == []
    (event,) = [each for each in await house.events() if each.kind == "person.deleted"]
    assert (event.kind, event.actor, event.facts) == ("person.deleted", whom, {"by": "themselves"})


async def test_the_address_is_free_for_whoever_comes_next(house: House) -> None:
    await house.add_person("Ada", address=ADA)
    await house.people.account.leave(await sign_in(house))
    again = await house.add_person("Ada", address=ADA)
    assert (await house.people.register.open_profile(again)).name == "Ada"


async def test_leaving_takes_a_fresh_proof(house: House) -> None:
    await house.add_person("Ada", address=ADA)
    secret = await sign_in(house)
    house.clock.advance(timedelta(minutes=10))
    with pytest.raises(ProveAgain):
        await house.people.account.leave(secret)
    assert await house.people.desk.read(secret) is not None


async def test_the_last_administrator_stays_whoever_asks(house: House) -> None:
    ada = await house.add_person("Ada", address=ADA, roles=ADMINS)
    secret = await sign_in(house)
    for work in (
        house.people.account.leave(secret),
        house.people.leaving.delete(ADMIN, ada.id),
    ):
        with pytest.raises(LastAdministrator):
            await work
    assert await house.people.desk.read(secret) is not None
    assert not house.person_keys.destroyed
    await house.add_person("Grace", roles=ADMINS)
    await house.people.account.leave(secret)


async def test_two_administrators_who_leave_at_once_leave_one(house: House) -> None:
    people = [await house.add_person(name, roles=ADMINS) for name in ("Ada", "Grace")]
    done = await asyncio.gather(
        *(house.people.leaving.delete(ADMIN, each.id) for each in people), return_exceptions=True
    )
    assert sorted(str(type(each).__name__) for each in done) == ["LastAdministrator", "NoneType"]


async def test_an_administrator_deletes_whom_they_may(house: House) -> None:
    ada = await house.add_person("Ada", address=ADA)
    leaving = house.people.leaving
    with pytest.raises(MissingRight):
        await leaving.delete(replace(ADMIN, roles=frozenset()), ada.id)
    boss = await house.add_person("Grace", roles=ADMINS)
    some = replace(ADMIN, roles=frozenset(), rights=frozenset({"people:manage"}))
    with pytest.raises(DeniedError):
        await leaving.delete(some, boss.id)
    with pytest.raises(UnknownPerson):
        await leaving.delete(ADMIN, PrincipalId("nobody"))
    whom = await house.pseudonyms.pseudonym(TENANT, ada.id)
    await leaving.delete(ADMIN, ada.id)
    event = (await house.events())[-1]
    assert event.facts == {"person": whom, "by": "administrator"}
    with pytest.raises(UnknownPerson):
        await leaving.delete(ADMIN, ada.id)


async def test_from_a_page_somebody_is_deleted_by_who_sits_there_and_proved_it(
    house: House,
) -> None:
    await house.add_person("Ada", address=ADA, roles=ADMINS)
    bob, secret = await house.add_person("Bob"), await sign_in(house)
    live = await house.people.desk.read(secret)
    assert live is not None
    leaving, grace = house.people.leaving, await house.add_person("Grace", roles=ADMINS)
    mine, another = live.principal, replace(live.principal, id=grace.id)
    for actor, shown in ((another, secret), (mine, "nobody's"), (mine, "")):
        with pytest.raises(ProveAgain):
            await leaving.delete_freshly(actor, bob.id, session=shown)
    nobody = replace(mine, roles=frozenset(), rights=frozenset())
    with pytest.raises(MissingRight):
        await leaving.delete_freshly(nobody, bob.id, session=secret)
    house.clock.advance(timedelta(minutes=10))
    with pytest.raises(ProveAgain):
        await leaving.delete_freshly(mine, bob.id, session=secret)
    assert not house.person_keys.destroyed
    proved = await house.people.desk.prove(
        secret, ProofKind.PASSPHRASE, PASSPHRASE, address="192.0.2.7"
    )
    await leaving.delete_freshly(mine, bob.id, session=proved.secret)
    assert house.person_keys.destroyed == {bob.id}


async def test_a_key_that_could_not_be_destroyed_is_destroyed_at_the_next_start(
    house: House,
) -> None:
    ada = await house.add_person("Ada", address=ADA)

    async def fail(*_: object) -> None:
        raise OSError

    broken = replace(house.people.leaving, destroy_key=fail)
    with pytest.raises(OSError):
        await broken.delete(ADMIN, ada.id)
    assert await house.people.register.find(TENANT, ADA) is None
    assert not house.person_keys.destroyed
    assert await house.people.leaving.finish(TENANT) == 1
    assert house.person_keys.destroyed == {ada.id}
    assert await house.people.leaving.finish(TENANT) == 0


@dataclass
class AppNames:
    """By what names apps call people."""

    names: dict[PrincipalId, list[PrincipalId]]

    async def list_names(
        self, _connection: AsyncConnection, _tenant: TenantId, person: PrincipalId
    ) -> list[PrincipalId]:
        return self.names.get(person, [])


async def test_keys_that_apps_made_under_names_of_their_own_die_too(house: House) -> None:
    """What was sealed under one would else stay readable; and a crash in between loses none."""
    ada, ben = await house.add_person("Ada", address=ADA), await house.add_person("Ben")
    hers, his = PrincipalId("ada-of-notes"), PrincipalId("ben-of-notes")
    names = AppNames({ada.id: [hers], ben.id: [his]})
    leaving = replace(house.people.leaving, names=names)
    await leaving.delete(ADMIN, ada.id)
    assert house.person_keys.destroyed == {ada.id, hers}

    async def fail(*_: object) -> None:
        raise OSError

    with pytest.raises(OSError):
        await replace(leaving, destroy_key=fail).delete(ADMIN, ben.id)
    assert await leaving.finish(TENANT) == 2
    assert house.person_keys.destroyed == {ada.id, hers, ben.id, his}


@pytest.mark.parametrize("who", ["themselves", "administrator"])
async def test_the_invitations_of_somebody_who_is_gone_let_nobody_in(
    house: House, who: str
) -> None:
    """Else an administrator keeps a way in for after they are deleted."""
    eve = await house.add_person("Eve", address=ADA, roles=ADMINS)
    await house.add_person("Bob", roles=ADMINS)
    secret = await sign_in(house)
    live = await house.people.desk.read(secret)
    assert live is not None
    link = (await house.people.invitations.invite(live.principal, roles=ADMINS)).link
    if who == "themselves":
        await house.people.account.leave(secret)
    else:
        await house.people.leaving.delete(ADMIN, eve.id)
    late = (await house.people.invitations.invite(live.principal, roles=ADMINS)).link
    for each in (link, late):
        invited = each.rpartition("/")[2]
        with pytest.raises(CeremonyOver):
            await house.people.joining.join(TENANT, invited, name="Eve", passphrase=PASSPHRASE)
    operators = (await house.people.invitations.invite(ADMIN, roles=ADMINS)).link.rpartition("/")[2]
    await house.people.joining.join(TENANT, operators, name="Eve", passphrase=PASSPHRASE)


async def test_which_roles_they_had_goes_with_them(house: House) -> None:
    eve = await house.add_person("Eve", address=ADA)
    await house.people.people.give_roles(ADMIN, eve.id, frozenset({AUDITOR}))
    await house.people.leaving.delete(ADMIN, eve.id)
    async with house.database.read() as connection:
        assert await house.people.register.grants.load(connection, TENANT, eve.id) == {}


async def test_the_roles_that_they_gave_no_longer_say_who_gave_them(house: House) -> None:
    """Nor do those that an app gave for them, and one that a program gave never did; a deletion
    that fails at last forgets nothing."""
    register, hers = house.people.register, PrincipalId("eve-of-notes")
    erasures = house.people.leaving.erasures
    eve = await house.add_person("Eve", roles=ADMINS)
    grace = await house.add_person("Grace", roles=ADMINS)
    secret = (
        await house.people.invitations.invite(as_actor(eve), roles=frozenset({AUDITOR}))
    ).link.rpartition("/")[2]
    bob = await house.people.joining.join(TENANT, secret, name="Bob", passphrase=PASSPHRASE)
    through_app = replace(as_actor(eve), act=(PrincipalId("notes"),))
    program = replace(as_actor(eve), id=PrincipalId("terminal"), kind=PrincipalKind.SERVICE)
    ben, cleo = await house.add_person("Ben"), await house.add_person("Cleo")
    dan = await house.add_person("Dan")
    await house.people.people.give_roles(program, dan.id, frozenset({AUDITOR}))
    await house.people.people.give_roles(through_app, ben.id, frozenset({AUDITOR}))
    await house.people.people.give_roles(as_actor(grace), cleo.id, frozenset({AUDITOR}))
    leaving = replace(house.people.leaving, names=AppNames({eve.id: [hers]}))

    async def givers() -> list[PrincipalId | None]:
        async with house.database.read() as connection:
            grants = [await register.grants.load(connection, TENANT, each.id) for each in known]
        return [each[AUDITOR].by for each in grants]

    known = (bob, ben, cleo, dan)
    assert await givers() == [eve.id, eve.id, grace.id, None]
    async with house.database.begin() as connection:
        await erasures.insert(connection, TENANT, hers, house.clock.now())
    with pytest.raises(ConstraintViolated):
        await leaving.delete(ADMIN, eve.id)
    assert await givers() == [eve.id, eve.id, grace.id, None]
    await leaving.finish(TENANT)
    await leaving.delete(ADMIN, eve.id)
    assert await givers() == [None, None, grace.id, None]


@pytest.mark.parametrize("what", ["delete", "disable", "enable", "give_roles"])
async def test_who_was_given_more_meanwhile_is_out_of_reach_of_who_holds_less(
    house: House, what: str
) -> None:
    """Between the look at somebody's roles and the transaction another gives them some."""
    ada, _ = await house.add_person("Ada"), await house.add_person("Grace", roles=ADMINS)
    if what == "enable":
        await house.people.people.disable(ADMIN, ada.id)
    promoting = Promoting(house, ada.id)
    some = replace(ADMIN, roles=frozenset(), rights=frozenset({"people:manage"}))
    people = replace(house.people.people, pseudonyms=promoting)
    leaving = replace(house.people.leaving, pseudonyms=promoting)
    more = (frozenset[str](),) if what == "give_roles" else ()
    with pytest.raises(DeniedError):
        await getattr(leaving if what == "delete" else people, what)(some, ada.id, *more)
    shown = await house.people.people.show(ADMIN, ada.id)
    assert (shown.roles, shown.disabled_at is None) == (ADMINS, what != "enable")
    assert not house.person_keys.destroyed


@dataclass
class Promoting:
    """Gives somebody power at the last moment before a transaction."""

    house: House
    whom: PrincipalId

    async def pseudonym(self, tenant: TenantId, principal: PrincipalId) -> str:
        await self.house.people.people.give_roles(ADMIN, self.whom, ADMINS)
        return await self.house.pseudonyms.pseudonym(tenant, principal)
