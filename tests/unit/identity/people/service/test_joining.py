"""Getting an account: by an invitation, or by a mailbox."""

import asyncio
from datetime import timedelta

import pytest

from curtilage.core.authority import ADMINISTRATOR
from curtilage.core.models import Principal, PrincipalId, PrincipalKind
from curtilage.identity.errors import (
    CeremonyOver,
    UnacceptableAddress,
    UnacceptableName,
    WeakPassphrase,
)
from curtilage.identity.people.errors import AlreadyJoined, NameTaken, SignUpClosed, TooManyAttempts
from curtilage.identity.people.models import HandleKind, Person
from tests.builders import TENANT
from tests.counting import count_statements
from tests.identity_house import ADMIN, PASSPHRASE, House
from tests.unit.identity.conftest import MakeHouse

ADDRESS, HERE = "ada@orchard.example", "192.0.2.7"
ADMINS = frozenset({ADMINISTRATOR})


async def invite(house: House, actor: Principal = ADMIN, **given: object) -> str:
    made = await house.people.invitations.invite(actor, **given)  # type: ignore[arg-type]
    return made.link.rpartition("/")[2]


async def join(
    house: House, secret: str, name: str = "Ada", passphrase: str = PASSPHRASE
) -> Person:
    return await house.people.joining.join(TENANT, secret, name=name, passphrase=passphrase)


def as_actor(person: Person) -> Principal:
    return Principal(TENANT, person.id, PrincipalKind.PERSON, roles=person.roles)


async def test_an_invitation_makes_an_account_once(house: House) -> None:
    secret = await invite(house, address=" Ada@Orchard.example", roles=ADMINS)
    assert await house.post("/join") == secret
    assert house.mail.sent[-1].to == ADDRESS
    for _ in range(3):
        await house.people.joining.look(TENANT, secret)
    person = await join(house, secret)
    assert person.roles == ADMINS
    found = await house.people.register.find(TENANT, ADDRESS)
    assert found is not None
    assert found[0].id == person.id
    assert found[1].kind is HandleKind.ADDRESS
    assert await house.kinds() == ["person.invited", "person.joined"]
    for work in (house.people.joining.look(TENANT, secret), join(house, secret, "Eve")):
        with pytest.raises(CeremonyOver):
            await work


async def test_an_invitation_lasts_seven_days(house: House) -> None:
    secret = await invite(house)
    house.clock.advance(timedelta(days=7))
    with pytest.raises(CeremonyOver):
        await join(house, secret)


async def test_what_is_refused_does_not_use_the_link_up(house: House) -> None:
    await house.enrol()
    secret = await invite(house)
    for name, passphrase, refusal in (
        ("<b>", PASSPHRASE, UnacceptableName),
        ("A" * 10_000_000, PASSPHRASE, UnacceptableName),
        ("Ada\r\nEve", "short", WeakPassphrase),
        ("Ada", "x" * 10_000_000, WeakPassphrase),
        ("grace", PASSPHRASE, NameTaken),
        ("ＧＲＡＣＥ", PASSPHRASE, NameTaken),
    ):
        with pytest.raises(refusal):
            await join(house, secret, name, passphrase)
    assert await join(house, secret)


async def test_two_who_send_the_same_link_twice_make_one_account(house: House) -> None:
    secret = await invite(house)
    made = await asyncio.gather(
        *(join(house, secret, name) for name in ("Ada", "Ada", "Eve")), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in made) == ["CeremonyOver"] * 2 + ["Person"]


@pytest.mark.complaint(19)
@pytest.mark.parametrize("roles", [frozenset(), ADMINS])
async def test_an_invitation_dies_with_the_power_of_whoever_gave_it(
    house: House, roles: frozenset[str]
) -> None:
    """Else whoever is disabled comes back by a link that they kept."""
    people = house.people.people
    mallory = await house.add_person("Mallory", roles=ADMINS)
    await house.add_person("Grace", roles=ADMINS)
    kept = await invite(house, as_actor(mallory), roles=roles)
    await people.give_roles(ADMIN, mallory.id, frozenset())
    for work in (house.people.joining.look(TENANT, kept), join(house, kept)):
        with pytest.raises(CeremonyOver):
            await work
    await people.give_roles(ADMIN, mallory.id, ADMINS)
    await house.people.joining.look(TENANT, kept)
    await people.disable(ADMIN, mallory.id)
    with pytest.raises(CeremonyOver):
        await join(house, kept)


@pytest.mark.complaint(23)
async def test_nobody_is_named_like_an_address_and_found_in_its_owners_place(
    make_house: MakeHouse,
) -> None:
    house = make_house(sign_up="open")
    secret = await invite(house)
    with pytest.raises(UnacceptableName):
        await join(house, secret, ADDRESS)
    await join(house, secret, "Mallory")
    await house.people.joining.ask(TENANT, ADDRESS, peer=HERE)
    ada = await join(house, await house.post("/join"))
    found = await house.people.people.find(ADMIN, ADDRESS)
    assert found is not None
    assert found.id == ada.id


async def test_signing_up_follows_the_setting_also_for_links_that_were_sent_before(
    make_house: MakeHouse,
) -> None:
    house, invited, closed = (make_house(sign_up=each) for each in ("open", "invited", "closed"))
    await house.people.joining.ask(TENANT, ADDRESS, peer=HERE)
    by_mail, by_invitation = await house.post("/join"), await invite(house)
    for each in (invited, closed):
        with pytest.raises(SignUpClosed):
            await each.people.joining.ask(TENANT, ADDRESS, peer=HERE)
        with pytest.raises(CeremonyOver):
            await join(each, by_mail)
    with pytest.raises(SignUpClosed):
        await invite(closed)
    with pytest.raises(CeremonyOver):
        await join(closed, by_invitation)
    await invited.people.joining.look(TENANT, by_invitation)
    assert await join(house, by_mail)


@pytest.mark.requirement(41)
@pytest.mark.complaint(16)
async def test_whether_an_address_is_taken_is_told_to_its_mailbox_alone(
    make_house: MakeHouse,
) -> None:
    house = make_house(sign_up="open")
    await house.add_person("Ada", address=ADDRESS)
    asked = []
    for address in (ADDRESS, "bob@orchard.example"):
        with count_statements(house.database) as statements:
            await house.people.joining.ask(TENANT, address, peer=HERE)
        asked.append(list(statements))
    assert asked[0] == asked[1], "the same work"
    to_ada, to_bob = await house.mailed()
    assert (to_ada.to, to_bob.to) == (ADDRESS, "bob@orchard.example")
    assert "It has one" in to_ada.text
    assert "/join/" not in to_ada.text
    assert "/join/" in to_bob.text


async def test_whoever_got_the_address_meanwhile_has_it_and_the_link_says_so(
    make_house: MakeHouse,
) -> None:
    house = make_house(sign_up="open")
    links = []
    for _ in range(2):
        await house.people.joining.ask(TENANT, ADDRESS, peer=HERE)
        links.append(await house.post("/join"))
    await join(house, links[0])
    with pytest.raises(AlreadyJoined):
        await join(house, links[1], "Ada Q")


@pytest.mark.parametrize(
    "address",
    [
        "", "ada", "ada@", "@orchard.example", "ada@orchard", "ada@orchard.example\r\nBcc: eve@x.example",
        "ada@оrchard.example", "аda@orchard.example", "ada@orchard.example,eve@x.example",
        '"ada"@orchard.example', "a" * 10_000_000, "ada@192.0.2.7",
    ],
)  # fmt: skip
async def test_what_is_no_address_is_refused_and_nothing_is_sent(
    make_house: MakeHouse, address: str
) -> None:
    house = make_house(sign_up="open")
    with pytest.raises(UnacceptableAddress):
        await house.people.joining.ask(TENANT, address, peer=HERE)
    if address:
        with pytest.raises(UnacceptableAddress):
            await invite(house, address=address)
    assert await house.mailed() == []


@pytest.mark.requirement(40)
async def test_asking_is_counted_for_the_address_and_for_where_it_comes_from(
    make_house: MakeHouse,
) -> None:
    house = make_house(sign_up="open")
    for n in range(5):
        await house.people.joining.ask(TENANT, ADDRESS, peer=f"192.0.2.{n}")
    with pytest.raises(TooManyAttempts):
        await house.people.joining.ask(TENANT, ADDRESS, peer="192.0.2.99")
    assert PrincipalId(ADDRESS) not in str(await house.events())
