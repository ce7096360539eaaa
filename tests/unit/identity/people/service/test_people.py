"""What administrators do with people."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.authority import ADMINISTRATOR
from curtilage.core.errors import DeniedError, MissingRight
from curtilage.core.models import Principal, PrincipalId, TenantId
from curtilage.identity.errors import CeremonyOver, ProveAgain, UnknownPerson
from curtilage.identity.people.errors import LastAdministrator, SignInRefused, UnknownRole
from curtilage.identity.people.models import AuthenticatorKind, Person, Proof, ProofKind
from curtilage.identity.people.store.tables import CEREMONY, SESSION
from curtilage.identity.people.views import Arrival
from tests.builders import TENANT
from tests.identity_house import ADMIN, PASSPHRASE, House
from tests.unit.identity.conftest import MakeHouse
from tests.unit.identity.people.service.test_proving import code_of, seed_of

ADDRESS, HERE = "ada@orchard.example", "192.0.2.7"
ADMINS = frozenset({ADMINISTRATOR})
NOBODY = PrincipalId("nobody")


@dataclass
class Grants:
    """Something else of identity that acts for people."""

    ended: list[PrincipalId] = field(default_factory=list)
    judged: list[PrincipalId] = field(default_factory=list)
    fails: bool = False

    async def end_all(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int:
        if self.fails:
            raise ZeroDivisionError
        self.ended.append(person)
        return 1

    async def judge_anew(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> None:
        self.judged.append(person)


async def sign_in(house: House, name: str = ADDRESS) -> str:
    arrival = Arrival(HERE, browser="b")
    begun = await house.people.desk.sign_in(name=name, passphrase=PASSPHRASE, arrival=arrival)
    return begun.secret


async def a_pair(house: House) -> tuple[Person, Person]:
    """Two administrators, and nobody else."""
    grace = await house.add_person("Grace", roles=ADMINS)
    return await house.add_person("Ada", address=ADDRESS, roles=ADMINS), grace


async def test_people_are_listed_in_the_order_in_which_they_came(house: House) -> None:
    ada, grace = await a_pair(house)
    bob = await house.add_person("Bob", kind=None)
    people = house.people.people
    listed = await people.page(ADMIN)
    assert [each.name for each in listed] == ["Grace", "Ada", "Bob"]
    assert [each.id for each in await people.page(ADMIN, limit=1)] == [grace.id]
    assert [each.id for each in await people.page(ADMIN, after=ada.id)] == [bob.id]
    shown = await people.show(ADMIN, ada.id)
    assert (shown.address, shown.roles) == (ADDRESS, ADMINS)
    assert shown.ways == {AuthenticatorKind.PASSPHRASE}
    assert ADDRESS not in repr(shown)


async def test_somebody_is_found_by_all_of_their_name_or_address(house: House) -> None:
    ada, _ = await a_pair(house)
    people = house.people.people
    for typed in (ADDRESS, " ADA@orchard.example"):
        found = await people.find(ADMIN, typed)
        assert found is not None
        assert found.id == ada.id
    for typed in ("", "ada", "ada@", "x" * 10_000_000, "%"):
        assert await people.find(ADMIN, typed) is None


async def test_all_of_it_takes_the_right_and_somebody_who_is_there(house: House) -> None:
    ada, _ = await a_pair(house)
    people, nobody = house.people.people, replace(ADMIN, roles=frozenset())

    def works(actor: Principal, id: PrincipalId) -> list[object]:
        return [
            people.show(actor, id),
            people.list_sessions(actor, id),
            people.end_sessions(actor, id),
            people.disable(actor, id),
            people.enable(actor, id),
            people.give_roles(actor, id, frozenset()),
        ]

    for work in [people.page(nobody), people.find(nobody, ADDRESS), *works(nobody, ada.id)]:
        with pytest.raises(MissingRight):
            await work  # type: ignore[misc]
    for work in works(ADMIN, NOBODY):
        with pytest.raises(UnknownPerson):
            await work  # type: ignore[misc]


async def test_sessions_are_seen_and_ended(house: House) -> None:
    ada, _ = await a_pair(house)
    secret, people = await sign_in(house), house.people.people
    (listed,) = await people.list_sessions(ADMIN, ada.id)
    assert not listed.is_this
    assert await people.end_sessions(ADMIN, ada.id) == 1
    assert await house.people.desk.read(secret) is None
    assert (await house.kinds())[-2:] == ["session.ended", "person.signed-out"]
    event = (await house.events())[-1]
    assert event.facts == {"person": await house.pseudonyms.pseudonym(TENANT, ada.id)}
    assert await people.end_sessions(ADMIN, ada.id) == 0


@pytest.mark.requirement(51, 57)
@pytest.mark.complaint(19)
async def test_disabling_ends_all_that_acts_for_somebody_and_nothing_new_begins(
    make_house: MakeHouse,
) -> None:
    grants = Grants()
    house = make_house(holders=[grants])
    ada, _ = await a_pair(house)
    people, desk, account = house.people.people, house.people.desk, house.people.account
    session = await sign_in(house)
    offer = await account.offer_totp(session)
    seed = seed_of(offer.secret)
    session = (await account.add_totp(session, offer.ceremony, code_of(house, seed))).secret
    house.clock.advance(60)
    waiting = await sign_in(house)
    await house.people.mail_sign_ins.ask(TENANT, ADDRESS, browser="b", peer=HERE)
    link = await house.post("/login/mail")
    await house.people.recovery.ask(TENANT, ADDRESS, peer=HERE)
    recovery = await house.post("/recover")
    await people.disable(ADMIN, ada.id)
    assert grants.ended == [ada.id]
    async with house.database.read() as connection:
        assert (await connection.execute(SESSION.select())).all() == []
        assert (await connection.execute(CEREMONY.select())).all() == []
    assert await desk.read(session) is None
    refused = {
        sign_in(house): SignInRefused,
        desk.prove(waiting, ProofKind.TOTP, code_of(house, seed), address=HERE): SignInRefused,
        house.people.mail_sign_ins.finish(TENANT, link, Arrival(browser="b")): CeremonyOver,
        house.people.recovery.finish(TENANT, recovery, "velvet comet thimble"): CeremonyOver,
        account.renew_recovery_codes(session): ProveAgain,
    }
    for work, refusal in refused.items():
        with pytest.raises(refusal):
            await work
    await people.enable(ADMIN, ada.id)
    assert await desk.read(session) is None, "what ended stays ended"
    assert await sign_in(house)
    kinds = await house.kinds()
    assert kinds.count("person.disabled") == kinds.count("person.enabled") == 1


@pytest.mark.complaint(19)
async def test_what_was_under_way_while_somebody_was_disabled_does_not_come_through(
    house: House,
) -> None:
    """A passphrase was found right; before the session is kept, its owner is disabled."""
    ada, _ = await a_pair(house)
    sessions, people = house.people.sessions, house.people.people
    opening = await sessions.prepare(
        ada, Proof(ProofKind.PASSPHRASE, house.clock.now()), Arrival(HERE)
    )
    session = await sessions.find(TENANT, await sign_in(house))
    assert session is not None
    await people.disable(ADMIN, ada.id)
    with pytest.raises(SignInRefused):
        async with house.database.begin() as connection:
            await sessions.hold(connection, opening.session)
    with pytest.raises(SignInRefused):
        async with house.database.begin() as connection:
            await sessions.hold(connection, session)
    await people.enable(ADMIN, ada.id)
    assert await people.list_sessions(ADMIN, ada.id) == []


async def test_all_of_it_happens_or_none(make_house: MakeHouse) -> None:
    house = make_house(holders=[Grants(fails=True)])
    ada, _ = await a_pair(house)
    secret = await sign_in(house)
    with pytest.raises(ZeroDivisionError):
        await house.people.people.disable(ADMIN, ada.id)
    assert await house.people.desk.read(secret)
    assert "person.disabled" not in await house.kinds()


async def test_doing_it_again_changes_nothing(house: House) -> None:
    ada, _ = await a_pair(house)
    people = house.people.people
    for _ in range(2):
        await people.disable(ADMIN, ada.id)
    house.clock.advance(60)
    at = (await people.show(ADMIN, ada.id)).disabled_at
    assert at is not None
    assert at < house.clock.now()
    for _ in range(2):
        await people.enable(ADMIN, ada.id)
    assert await house.kinds() == ["person.disabled", "person.enabled"]


async def test_the_last_administrator_stays_one(house: House) -> None:
    ada, grace = await a_pair(house)
    people = house.people.people
    await people.give_roles(ADMIN, ada.id, ADMINS)
    await people.disable(ADMIN, grace.id)
    for work in (people.disable(ADMIN, ada.id), people.give_roles(ADMIN, ada.id, frozenset())):
        with pytest.raises(LastAdministrator):
            await work
    shown = await people.show(ADMIN, ada.id)
    assert (shown.disabled_at, shown.roles) == (None, ADMINS)
    await people.give_roles(ADMIN, grace.id, frozenset())
    await people.enable(ADMIN, grace.id)
    with pytest.raises(LastAdministrator):
        await people.disable(ADMIN, ada.id)


async def test_of_two_who_disable_each_other_at_once_one_stays(house: House) -> None:
    ada, grace = await a_pair(house)
    people = house.people.people
    done = await asyncio.gather(
        people.disable(ADMIN, ada.id),
        people.give_roles(ADMIN, grace.id, frozenset()),
        return_exceptions=True,
    )
    assert sorted(type(each) for each in done if each is not None) == [LastAdministrator]


async def test_roles_are_changed_by_those_who_hold_all_of_them(house: House) -> None:
    ada, _ = await a_pair(house)
    bob = await house.add_person("Bob")
    people = house.people.people
    secret = await sign_in(house, "Bob")
    await people.give_roles(ADMIN, bob.id, ADMINS)
    assert await house.people.desk.read(secret) is None
    event = (await house.events())[-1]
    assert (event.facts["before"], event.facts["roles"]) == ([], [ADMINISTRATOR])
    some = replace(ADMIN, roles=frozenset(), rights=frozenset({"people:manage"}))
    for work in (
        people.give_roles(some, ada.id, frozenset()),
        people.give_roles(some, some.id, ADMINS),
        people.disable(some, ada.id),
        people.enable(some, ada.id),
    ):
        with pytest.raises((DeniedError, UnknownPerson)):
            await work
    for work in (people.disable(some, ada.id), people.enable(some, ada.id)):
        with pytest.raises(DeniedError, match="can be disabled or enabled by"):
            await work
    for roles in ("owner", "person"):
        with pytest.raises(UnknownRole):
            await people.give_roles(ADMIN, bob.id, frozenset({roles}))


async def test_whose_key_is_destroyed_is_listed_without_a_name(house: House) -> None:
    ada, _ = await a_pair(house)
    house.person_keys.destroyed.add(ada.id)
    assert [each.name for each in await house.people.people.page(ADMIN)] == ["Grace", ""]


@pytest.mark.requirement(57)
async def test_what_acts_for_somebody_is_judged_anew_by_other_roles(
    make_house: MakeHouse,
) -> None:
    grants = Grants()
    house = make_house(holders=[grants])
    bob = await house.add_person("Bob")
    await house.people.people.give_roles(ADMIN, bob.id, ADMINS)
    assert (grants.judged, grants.ended) == ([bob.id], [])


async def test_nothing_is_noted_of_somebody_who_was_deleted_meanwhile(house: House) -> None:
    """Else their id stays in a table, under a role that nobody has."""
    ada = await house.add_person("Ada")

    class Deleting:
        async def pseudonym(self, tenant: TenantId, principal: PrincipalId) -> str:
            await house.people.leaving.delete(ADMIN, ada.id)
            return await house.pseudonyms.pseudonym(tenant, principal)

    people = replace(house.people.people, pseudonyms=Deleting())
    with pytest.raises(UnknownPerson):
        await people.give_roles(ADMIN, ada.id, ADMINS)
    async with house.database.read() as connection:
        assert await house.people.register.grants.load(connection, TENANT, ada.id) == {}
    assert "person.roles-changed" not in await house.kinds()
