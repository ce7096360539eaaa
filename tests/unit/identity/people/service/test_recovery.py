"""A new passphrase by way of a mailbox."""

import asyncio
from datetime import timedelta

import pytest

from curtilage.identity.errors import CeremonyOver, WeakPassphrase
from curtilage.identity.people.errors import SignInRefused, TooManyAttempts
from curtilage.identity.people.models import AuthenticatorKind, CeremonyKind, ProofKind
from curtilage.identity.people.views import Arrival
from tests.builders import TENANT
from tests.counting import count_statements
from tests.identity_house import ADMIN, PASSPHRASE, House
from tests.unit.identity.people.service.test_proving import code_of, prove, seed_of

ADDRESS, HERE, FRESH = "ada@orchard.example", "192.0.2.7", "velvet comet thimble orchard"

pytestmark = pytest.mark.requirement(45)


async def ask(house: House, typed: str = ADDRESS) -> None:
    await house.people.recovery.ask(TENANT, typed, peer=HERE)


async def link_of(house: House) -> str:
    return await house.post("/recover")


async def sign_in(house: House, passphrase: str = PASSPHRASE) -> str:
    arrival = Arrival(HERE)
    return (
        await house.people.desk.sign_in(name=ADDRESS, passphrase=passphrase, arrival=arrival)
    ).secret


@pytest.mark.complaint(13)
async def test_looking_changes_nothing_and_then_it_replaces_the_passphrase_once(
    house: House,
) -> None:
    await house.add_person("Ada", address=ADDRESS)
    session = await sign_in(house)
    await ask(house)
    link, recovery = await link_of(house), house.people.recovery
    for _ in range(5):
        assert (await recovery.look(TENANT, link)).name == "Ada"
    assert await house.people.desk.read(session)
    for weak in ("short", "Ada Ada Ada Ada Ada", "x" * 10_000_000):
        with pytest.raises(WeakPassphrase):
            await recovery.finish(TENANT, link, weak)
    await recovery.finish(TENANT, link, FRESH)
    assert await house.people.desk.read(session) is None, "every session ends"
    assert await sign_in(house, FRESH)
    with pytest.raises(SignInRefused):
        await sign_in(house)
    for work in (recovery.look(TENANT, link), recovery.finish(TENANT, link, PASSPHRASE)):
        with pytest.raises(CeremonyOver):
            await work
    assert "passphrase of your account was changed" in (await house.mailed())[-1].text
    assert "person.recovered" in await house.kinds()


async def test_it_never_passes_by_a_second_factor(house: House) -> None:
    await house.add_person("Ada", address=ADDRESS)
    account, desk = house.people.account, house.people.desk
    secret = await sign_in(house)
    offer = await account.offer_totp(secret)
    seed = seed_of(offer.secret)
    await account.add_totp(secret, offer.ceremony, code_of(house, seed))
    house.clock.advance(60)
    await ask(house)
    await house.people.recovery.finish(TENANT, await link_of(house), FRESH)
    waiting = await sign_in(house, FRESH)
    assert await desk.read(waiting) is None
    ways = await desk.find_waiting(waiting)
    assert ways is not None
    assert ways.ways == {AuthenticatorKind.TOTP}
    done = await prove(house, waiting, ProofKind.TOTP, code_of(house, seed))
    assert await desk.read(done.secret)


async def test_whoever_has_passkeys_alone_gets_no_passphrase(house: House) -> None:
    ada = await house.add_person("Ada", address=ADDRESS, kind=AuthenticatorKind.PASSKEY)
    await ask(house)
    (message,) = await house.mailed()
    assert "/recover/" not in message.text
    assert "has no passphrase" in message.text
    secret = await house.people.ceremonies.begin(
        TENANT, CeremonyKind.RECOVERY, within=timedelta(hours=1), person=ada.id
    )
    for work in (
        house.people.recovery.look(TENANT, secret),
        house.people.recovery.finish(TENANT, secret, FRESH),
    ):
        with pytest.raises(CeremonyOver):
            await work


async def test_whoever_has_only_a_mailbox_may_choose_one(house: House) -> None:
    await house.add_person("Ada", address=ADDRESS, kind=None)
    await ask(house)
    await house.people.recovery.finish(TENANT, await link_of(house), FRESH)
    assert await sign_in(house, FRESH)


async def test_it_goes_to_the_address_that_is_kept_never_to_what_was_typed(house: House) -> None:
    await house.add_person("Ada", address=ADDRESS)
    for typed in ("ADA@ORCHARD.EXAMPLE", "ａda@orchard.example", "ada@orchard.example\r\n"):
        await ask(house, typed)
    for typed in ("аda@orchard.example", "ada@orchard.example,eve@x.example", "x" * 10_000_000):
        await ask(house, typed)
    assert [each.to for each in await house.mailed()] == [ADDRESS] * 3


@pytest.mark.requirement(41)
@pytest.mark.complaint(16)
async def test_who_is_not_there_is_treated_alike_and_nothing_is_sent(house: House) -> None:
    await house.enrol("Grace")
    await house.add_person("Ada", address=ADDRESS)
    bob = await house.add_person("Bob", address="bob@orchard.example")
    await house.people.people.disable(ADMIN, bob.id)
    asked = []
    for typed in ("bob@orchard.example", "eve@orchard.example", "Grace", "x" * 999, ADDRESS):
        with count_statements(house.database) as statements:
            await ask(house, typed)
        asked.append(list(statements))
    assert all(each == asked[-1] for each in asked), "the same work"
    assert [each.to for each in await house.mailed()] == [ADDRESS]


@pytest.mark.requirement(48)
async def test_a_new_link_makes_the_one_before_worthless_and_each_lasts_an_hour(
    house: House,
) -> None:
    await house.add_person("Ada", address=ADDRESS)
    await ask(house)
    old = await link_of(house)
    await ask(house)
    new = await link_of(house)
    with pytest.raises(CeremonyOver):
        await house.people.recovery.look(TENANT, old)
    house.clock.advance(timedelta(minutes=59))
    await house.people.recovery.look(TENANT, new)
    house.clock.advance(timedelta(minutes=1))
    with pytest.raises(CeremonyOver):
        await house.people.recovery.finish(TENANT, new, FRESH)


async def test_of_many_who_send_the_same_link_at_once_one_chooses(house: House) -> None:
    await house.add_person("Ada", address=ADDRESS)
    await ask(house)
    link = await link_of(house)
    chosen = [f"{word} comet thimble orchard" for word in ("velvet", "pewter", "walnut")]
    done = await asyncio.gather(
        *(house.people.recovery.finish(TENANT, link, each) for each in chosen),
        return_exceptions=True,
    )
    assert done.count(None) == 1
    assert await sign_in(house, chosen[done.index(None)])


@pytest.mark.complaint(19)
async def test_whoever_is_disabled_chooses_nothing(house: House) -> None:
    ada = await house.add_person("Ada", address=ADDRESS)
    await ask(house)
    link = await link_of(house)
    await house.people.people.disable(ADMIN, ada.id)
    with pytest.raises(CeremonyOver):
        await house.people.recovery.finish(TENANT, link, FRESH)
    await ask(house)
    assert len(await house.mailed()) == 1


@pytest.mark.requirement(40)
async def test_asking_is_slowed(house: House) -> None:
    for _ in range(5):
        await ask(house)
    with pytest.raises(TooManyAttempts):
        await ask(house)
