"""What is asked of somebody before anything opens."""

from dataclasses import replace

import pytest

from curtilage.core.authority import ADMINISTRATOR
from curtilage.identity.errors import ProveAgain
from curtilage.identity.people.models import (
    Assurance,
    AuthenticatorKind,
    Flaw,
    Proof,
    ProofKind,
    SecondFactor,
)
from curtilage.identity.people.service.demands import Demands
from curtilage.identity.settings import IdentitySettings
from tests.builders import TENANT
from tests.fakes.clock import START
from tests.identity_house import PASSPHRASE, House
from tests.passkey_person import PasskeyPerson, arrival, moved, with_passkey
from tests.unit.identity.conftest import MakeHouse
from tests.unit.identity.people.service.test_proving import session_of, sign_in

ADMINS = frozenset({ADMINISTRATOR})
PWD = Proof(ProofKind.PASSPHRASE, START)


@pytest.mark.parametrize(
    ("policy", "roles", "level", "shortest"),
    [
        ("optional", ADMINS, 0, 15),
        ("administrators", frozenset(), 0, 15),
        ("administrators", ADMINS, 2, 8),
        ("everybody", frozenset(), 2, 8),
        ("everybody", ADMINS, 2, 8),
    ],
)
@pytest.mark.requirement(37)
def test_of_whom_a_second_factor_is_demanded_may_choose_a_shorter_passphrase_and_nobody_else(
    policy: str, roles: frozenset[str], level: int, shortest: int
) -> None:
    demands = Demands(SecondFactor(policy))
    assert demands.demanded(roles) == level
    assert demands.shortest(roles) == shortest


@pytest.mark.requirement(43)
async def test_a_passkey_is_not_weakened_by_the_passphrase_beside_it(house: House) -> None:
    """Whoever learns the passphrase alone gets no further than before the second step."""
    person = await with_passkey(house)
    first = await person.sign_in_by_passphrase()
    assert await house.people.desk.read(first) is None
    waiting = await house.people.desk.find_waiting(first)
    assert waiting is not None
    assert waiting.ways == {AuthenticatorKind.PASSKEY}
    with pytest.raises(ProveAgain):
        await house.people.guard.require_fresh(await session_of(house, first))
    answer = await person.shown(waiting.passkey)
    second = await house.people.desk.prove(first, ProofKind.PASSKEY, answer, address="")
    assert await house.people.desk.read(second.secret) is not None
    alone = await person.sign_in()
    assert await house.people.desk.read(alone.secret) is not None


async def test_a_passkey_of_another_address_is_no_second_factor_here(house: House) -> None:
    """Else a new domain would lock everybody out who had one."""
    person = await with_passkey(house)
    elsewhere = moved(house, IdentitySettings(passkey_domain="other.example"))
    there = PasskeyPerson(elsewhere, device=person.device)
    secret = await there.sign_in_by_passphrase()
    assert await elsewhere.people.desk.read(secret) is not None


async def test_whoever_has_a_passkey_alone_is_not_let_in_by_a_mailbox_at_another_address(
    house: House,
) -> None:
    held = [await (await with_passkey(house)).held()]
    elsewhere = moved(house, IdentitySettings(passkey_domain="other.example"))
    mailed = (Proof(ProofKind.MAILBOX, START),)
    for shelf in (None, house.people.shelf, elsewhere.people.shelf):
        assert await Demands(shelf=shelf).reachable(mailed, held) is Assurance.ONE


@pytest.mark.parametrize("policy", ["optional", "everybody"])
async def test_a_short_passphrase_never_stands_alone_also_when_the_setting_is_taken_back(
    make_house: MakeHouse, policy: str
) -> None:
    house = make_house(second_factor="everybody")
    await house.enrol(passphrase="kelpgrit")
    house = moved(house, IdentitySettings(second_factor=policy))
    begun = await house.people.desk.sign_in(name="Grace", passphrase="kelpgrit", arrival=arrival())
    assert await house.people.desk.read(begun.secret) is None
    assert (await session_of(house, begun.secret)).needs is Assurance.TWO


async def test_setting_it_back_asks_those_who_have_a_second_factor_all_the_same(
    make_house: MakeHouse,
) -> None:
    house = make_house(second_factor="everybody")
    await house.enrol()
    first = await sign_in(house)
    assert await house.people.desk.read(first) is None, "one that began before the setting holds"
    person = PasskeyPerson(moved(house, IdentitySettings()))
    await person.enrol(await person.sign_in_by_passphrase())
    assert await house.people.desk.read(await person.sign_in_by_passphrase()) is None


@pytest.mark.parametrize(
    ("forces", "flaws", "kind", "must"),
    [
        (True, {Flaw.LEAKED}, ProofKind.PASSPHRASE, True),
        (True, {Flaw.LEAKED}, ProofKind.PASSKEY, False),
        (True, {Flaw.SHORT}, ProofKind.PASSPHRASE, False),
        (False, {Flaw.LEAKED}, ProofKind.PASSPHRASE, False),
    ],
)
async def test_who_shows_a_passphrase_that_leaked_changes_it_where_that_is_asked(
    house: House, forces: bool, flaws: set[Flaw], kind: ProofKind, must: bool
) -> None:
    person = await house.add_person("Ada")
    async with house.database.read() as connection:
        held = await house.people.register.authenticators.load(connection, TENANT, person.id)
    held = [replace(each, flaws=frozenset(flaws)) for each in held]
    assert Demands(forces_change=forces).must_change(Proof(kind, START), held) is must


def test_the_passphrase_of_the_tests_is_long_enough_to_stand_alone() -> None:
    assert len(PASSPHRASE) >= Demands().shortest(())
