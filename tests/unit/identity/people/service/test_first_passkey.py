"""Joining, and the first start, with a passkey and no passphrase, or with a mailbox alone."""

import asyncio
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from curtilage.core.authority import ADMINISTRATOR
from curtilage.identity.errors import CeremonyOver
from curtilage.identity.people.errors import (
    AlreadyEnrolled,
    AlreadyJoined,
    MailSignInOff,
    NameTaken,
    PasskeysOff,
    SetupLinkRefused,
)
from curtilage.identity.people.models import Assurance, AuthenticatorKind
from curtilage.identity.people.views import JoinOffer, Made
from curtilage.identity.settings import IdentitySettings
from curtilage.identity.wire.errors import PasskeyRefused, PasskeyUnreadable, UnacceptablePasskey
from tests.builders import TENANT
from tests.counting import count_statements
from tests.identity_house import ADMIN, PASSPHRASE, House
from tests.passkey_person import AGENT, BROWSER, PasskeyPerson, arrival, moved
from tests.software_authenticator import AT, BE, BS, UP
from tests.unit.identity.conftest import MakeHouse
from tests.unit.identity.people.service.test_joining import as_actor, invite, join

ADDRESS = "ada@orchard.example"
ADMINS = frozenset({ADMINISTRATOR})
PASSKEY = AuthenticatorKind.PASSKEY


@dataclass
class Newcomer:
    """Somebody with a link and a device."""

    house: House
    secret: str
    name: str = "Ada"

    def __post_init__(self) -> None:
        self.person = PasskeyPerson(self.house, self.name)

    async def make(self, browser: str = BROWSER, **said: Any) -> Made:
        offer = await self.house.people.mailbox.offer_first_passkey(
            self.secret, name=self.name, browser=browser
        )
        return Made(offer.ceremony, self.person.made(offer.options, **said), browser, AGENT)

    async def join(self, made: Made) -> str:
        begun = await self.house.people.mailbox.join_by_passkey(
            self.secret, name=self.name, made=made, arrival=arrival()
        )
        return begun.secret


async def held(house: House, typed: str) -> list[AuthenticatorKind]:
    found = await house.people.register.find(TENANT, typed)
    assert found is not None
    async with house.database.read() as connection:
        kept = await house.people.register.authenticators.load(connection, TENANT, found[0].id)
    return [each.kind for each in kept]


@pytest.mark.requirement(49)
@pytest.mark.parametrize("address", ["", ADDRESS])
async def test_whoever_joins_makes_a_passkey_and_needs_no_passphrase(
    house: House, address: str
) -> None:
    ada = Newcomer(house, await invite(house, address=address))
    secret = await ada.join(await ada.make())
    live = await house.people.desk.read(secret)
    assert live is not None
    assert (live.name, live.principal.assurance) == ("Ada", 2)
    assert await held(house, address or "Ada") == [PASSKEY]
    ada.person.name = address or "Ada"
    again = await ada.person.sign_in()
    assert await house.people.desk.read(again.secret) is not None
    with pytest.raises(CeremonyOver):
        await ada.make()


async def test_what_the_browser_is_asked_names_the_account_and_keeps_nothing(
    house: House,
) -> None:
    ada = Newcomer(house, await invite(house, address=ADDRESS))
    with count_statements(house.database) as statements:
        offer = await house.people.mailbox.offer_first_passkey(
            ada.secret, name="Ada", browser=BROWSER
        )
    assert all(each.startswith(("SELECT", "BEGIN", "ROLLBACK")) for each in statements)
    user = json.loads(offer.options)["user"]
    assert (user["name"], user["displayName"]) == (ADDRESS, "Ada")
    assert len(user["id"]) == 86, "64 bytes that say nothing"


@pytest.mark.complaint(19)
async def test_a_challenge_is_of_one_link_one_browser_and_one_account(house: House) -> None:
    ada = Newcomer(house, await invite(house))
    eve = Newcomer(house, await invite(house), "Eve")
    made = await ada.make()
    for other in (
        replace(made, browser="another"),
        replace(made, browser=""),
        replace(made, ceremony=(await eve.make()).ceremony),
        replace(made, ceremony=""),
        replace(made, ceremony="x" * 10_000),
    ):
        with pytest.raises(PasskeyRefused):
            await ada.join(other)
    with pytest.raises(PasskeyRefused):
        await eve.join(made)
    with pytest.raises(PasskeyRefused):
        await ada.join(await ada.make(browser=""))
    for raw in ("", "{}", "x" * 100_000, made.answer[:-5]):
        with pytest.raises(PasskeyUnreadable):
            await ada.join(replace(made, answer=raw))
    assert await ada.join(made), "what was refused used nothing up"


async def test_a_challenge_of_signing_in_makes_no_account(house: House) -> None:
    await house.enrol()
    ada = Newcomer(house, await invite(house))
    made = await ada.make()
    answer = ada.person.made(house.people.desk.offer_passkey(BROWSER))
    with pytest.raises(PasskeyRefused):
        await ada.join(replace(made, answer=answer))


@pytest.mark.parametrize(
    "said",
    [
        {"client": {"origin": "https://evil.example"}},
        {"flags": UP | AT | BE | BS},
        {"client": {"type_": "webauthn.get"}},
    ],
)
async def test_what_does_not_hold_makes_no_account(house: House, said: dict[str, Any]) -> None:
    ada = Newcomer(house, await invite(house))
    with pytest.raises(UnacceptablePasskey):
        await ada.join(await ada.make(**said))
    assert await house.people.register.find(TENANT, "Ada") is None


async def test_a_challenge_holds_five_minutes(house: House) -> None:
    ada = Newcomer(house, await invite(house))
    made = await ada.make()
    house.clock.advance(timedelta(minutes=5))
    with pytest.raises(PasskeyRefused):
        await ada.join(made)


async def test_two_who_send_it_twice_make_one_account(house: House) -> None:
    ada = Newcomer(house, await invite(house))
    made = await ada.make()
    done = await asyncio.gather(*(ada.join(made) for _ in range(3)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["CeremonyOver"] * 2 + ["str"]
    assert await held(house, "Ada") == [PASSKEY]


async def test_a_name_or_address_that_is_taken_is_told_before_a_key_is_made(house: House) -> None:
    await house.enrol()
    with pytest.raises(NameTaken):
        await Newcomer(house, await invite(house), "Grace").make()
    first, second = [await invite(house, address=ADDRESS) for _ in range(2)]
    await join(house, first)
    with pytest.raises(AlreadyJoined):
        await Newcomer(house, second, "Ada Q").make()


async def test_where_the_address_can_have_none_there_is_no_offer(house: House) -> None:
    secret = await invite(house)
    bare = moved(house, IdentitySettings())
    needs = replace(bare.people.needs, address_of=lambda path: f"http://192.0.2.7{path}")
    people = type(bare.people)(bare.people.ground, needs)
    assert not (await people.mailbox.look_at_invitation(secret)).passkeys
    with pytest.raises(PasskeysOff):
        await people.mailbox.offer_first_passkey(secret, name="Ada", browser=BROWSER)


@pytest.mark.requirement(45)
async def test_a_mailbox_opens_nothing_of_whoever_joined_with_a_passkey_alone(
    house: House,
) -> None:
    ada = Newcomer(house, await invite(house, address=ADDRESS))
    await ada.join(await ada.make())
    await house.people.recovery.ask(TENANT, ADDRESS, peer="")
    message = (await house.mailed())[-1]
    assert "has no passphrase" in message.text
    assert "/recover/" not in message.text
    await house.people.mailbox.ask_to_sign_in(ADDRESS, browser="b", peer="")
    link = await house.post("/login/mail")
    begun = await house.people.mailbox.sign_in_by_link(link, arrival("b"))
    assert await house.people.desk.read(begun.secret) is None
    waiting = await house.people.desk.find_waiting(begun.secret)
    assert waiting is not None
    assert waiting.ways == {PASSKEY}


async def test_whoever_has_no_role_may_join_with_a_mailbox_alone_and_choose_more_later(
    house: House,
) -> None:
    secret = await invite(house, address=ADDRESS)
    assert (await house.people.mailbox.look_at_invitation(secret)).mailbox
    begun = await house.people.mailbox.join_by_mailbox(secret, name="Ada", arrival=arrival())
    live = await house.people.desk.read(begun.secret)
    assert live is not None
    assert live.principal.assurance == Assurance.NONE
    assert await held(house, ADDRESS) == []
    ada = PasskeyPerson(house, ADDRESS)
    further = await ada.enrol(begun.secret)
    assert await house.people.desk.read(further.secret) is not None
    assert await held(house, ADDRESS) == [PASSKEY]


async def test_a_mailbox_alone_is_not_for_those_of_whom_more_is_asked(
    make_house: MakeHouse,
) -> None:
    house, off, strict = (
        make_house(**each) for each in ({}, {"mail_sign_in": False}, {"second_factor": "everybody"})
    )
    plain, nowhere = await invite(house, address=ADDRESS), await invite(house)
    powerful = await invite(house, address=ADDRESS, roles=ADMINS)
    for each, secret in ((off, plain), (strict, plain), (house, nowhere), (house, powerful)):
        assert not (await each.people.mailbox.look_at_invitation(secret)).mailbox
        with pytest.raises(MailSignInOff):
            await each.people.mailbox.join_by_mailbox(secret, name="Ada", arrival=arrival())
    assert await strict.people.joining.look(TENANT, plain) == JoinOffer(8, passkeys=True)


@pytest.mark.complaint(19)
async def test_an_invitation_whose_giver_lost_their_power_makes_no_passkey_either(
    house: House,
) -> None:
    mallory = await house.add_person("Mallory", roles=ADMINS)
    await house.add_person("Grace", roles=ADMINS)
    ada = Newcomer(house, await invite(house, as_actor(mallory)))
    made = await ada.make()
    await house.people.people.disable(ADMIN, mallory.id)
    with pytest.raises(CeremonyOver):
        await ada.join(made)


async def make_first(house: House, secret: str, person: PasskeyPerson) -> Made:
    offer = await house.people.desk.offer_first_passkey(secret, name="Grace", browser=BROWSER)
    return Made(offer.ceremony, person.made(offer.options), BROWSER, AGENT)


async def test_the_first_administrator_enrols_with_a_passkey(make_house: MakeHouse) -> None:
    """It is a second factor as well, so nothing more is asked where one is demanded."""
    house = make_house(second_factor="administrators")
    await house.people.setup.issue(TENANT)
    secret, person = house.secret(), PasskeyPerson(house)
    made = await make_first(house, secret, person)
    enrol = house.people.desk.enrol_by_passkey
    begun = await enrol(secret, name="Grace", made=made, arrival=arrival())
    live = await house.people.desk.read(begun.secret)
    assert live is not None
    assert "people:manage" in live.principal.rights
    assert not (house.data_dir / "set-up-link").exists()
    assert await held(house, "Grace") == [PASSKEY]
    for again in (
        enrol(secret, name="Eve", made=made, arrival=arrival()),
        house.people.desk.offer_first_passkey(secret, name="Eve", browser=BROWSER),
    ):
        with pytest.raises((SetupLinkRefused, AlreadyEnrolled)):
            await again


async def test_the_first_administrator_with_a_passphrase_is_led_to_a_second_factor(
    make_house: MakeHouse,
) -> None:
    house = make_house(second_factor="administrators")
    await house.people.setup.issue(TENANT)
    begun = await house.people.desk.enrol(
        link=house.secret(), name="Grace", passphrase=PASSPHRASE, arrival=arrival()
    )
    assert await house.people.desk.read(begun.secret) is None
    assert await house.people.steps.look(begun.secret) is not None
