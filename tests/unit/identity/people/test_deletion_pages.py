"""Deleting somebody in the console."""

from datetime import timedelta

import pytest

from curtilage.core.authority import ADMINISTRATOR, PEOPLE_MANAGER
from curtilage.identity.errors import UnknownPerson
from tests.fakes.console import FakeConsole
from tests.fakes.ids import fixed_id
from tests.fakes.people import YOU, FakePeople
from tests.fakes.visitor import Visitor
from tests.identity_house import ADMIN, PASSPHRASE, House

PEOPLE = "/console/people"
BOB = f"{PEOPLE}/{fixed_id(5)}"
LAST = f"{PEOPLE}/{fixed_id(6)}"
ADMINS, MANAGERS = frozenset({ADMINISTRATOR}), frozenset({PEOPLE_MANAGER})


async def signed_in(people: FakePeople | None = None) -> Visitor:
    return await Visitor(FakeConsole(people=people or FakePeople())).sign_in()


async def test_the_page_says_whose_account_and_what_it_means() -> None:
    visitor = await signed_in()
    assert f'href="{BOB}/delete"' in (await visitor.get(BOB)).text
    text = (await visitor.get(f"{BOB}/delete")).text
    for words in (
        "Delete the account of Bartholomäus Freiherr von Habsburg-Lothringen",
        "s…@orchard.example",
        "in backups too. This cannot be undone.",
        "disable them instead",
        "Keep it",
    ):
        assert words in text, words
    assert "somebody.5@orchard.example" not in text
    assert (await visitor.get(f"{PEOPLE}/nobody/delete")).status_code == 404


async def test_somebody_is_deleted_and_is_in_no_list_any_more() -> None:
    visitor = await signed_in()
    answer = await visitor.post(f"{BOB}/delete", page=PEOPLE)
    assert answer.headers["location"] == PEOPLE
    assert "The account is deleted" in (await visitor.get(PEOPLE)).text
    assert (await visitor.get(BOB)).status_code == 404
    assert (await visitor.post(f"{BOB}/delete", page=PEOPLE)).status_code == 404


async def test_whoever_proved_themselves_long_ago_does_it_first() -> None:
    visitor = await signed_in(FakePeople(is_fresh=False))
    for answer in (
        await visitor.get(f"{BOB}/delete"),
        await visitor.post(f"{BOB}/delete", page=PEOPLE),
    ):
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login/again?next=")
        assert "delete" in answer.headers["location"]
    assert len(visitor.console.people.kept) == 30


async def test_what_stands_against_it_is_said_on_the_page() -> None:
    visitor = await signed_in(FakePeople(refuses=True))
    last = await visitor.post(f"{LAST}/delete", page=PEOPLE)
    assert (last.status_code, "This is the last administrator." in last.text) == (409, True)
    more = await visitor.post(f"{BOB}/delete", page=PEOPLE)
    assert (more.status_code, "holds all of its rights" in more.text) == (403, True)
    assert len(visitor.console.people.kept) == 30


async def test_ones_own_account_is_deleted_on_its_own_page() -> None:
    visitor = await signed_in()
    own = f"{PEOPLE}/{YOU}"
    assert f"{own}/delete" not in (await visitor.get(own)).text
    for answer in (
        await visitor.get(f"{own}/delete"),
        await visitor.post(f"{own}/delete", page=PEOPLE),
    ):
        assert answer.headers["location"] == "/account/delete"
    assert len(visitor.console.people.kept) == 30


async def test_it_takes_a_form_of_our_own() -> None:
    visitor = await signed_in()
    assert (await visitor.post(f"{BOB}/delete", token="", x="1")).status_code == 403
    assert len(visitor.console.people.kept) == 30


async def visit(house: House, name: str) -> Visitor:
    visitor = Visitor(house)
    answer = await visitor.post("/login", name=name, passphrase=PASSPHRASE)
    assert answer.status_code == 303
    return visitor


async def test_over_the_services_somebody_is_gone_with_their_key(house: House) -> None:
    grace = await house.add_person("Grace", roles=ADMINS)
    ada = await house.add_person("Ada", address="ada@orchard.example")
    path, visitor = f"{PEOPLE}/{ada.id}/delete", await visit(house, "Grace")
    whom = await house.pseudonyms.pseudonym(ada.tenant, ada.id)
    house.clock.advance(timedelta(minutes=10))
    answer = await visitor.post(path, page="/account")
    assert answer.headers["location"].startswith("/login/again")
    await visitor.post("/login/again", page="/account", passphrase=PASSPHRASE, next=path)
    assert "This cannot be undone" in (await visitor.get(path)).text
    answer = await visitor.post(path, page=path)
    assert answer.headers["location"] == PEOPLE
    with pytest.raises(UnknownPerson):
        await house.people.people.show(ADMIN, ada.id)
    assert house.person_keys.destroyed == {ada.id}
    event = (await house.events())[-1]
    assert event.kind == "person.deleted"
    assert event.facts == {"person": whom, "by": "administrator"}
    assert event.actor == await house.pseudonyms.pseudonym(grace.tenant, grace.id)


async def test_over_the_services_nobody_deletes_who_may_more_or_without_the_right(
    house: House,
) -> None:
    boss = await house.add_person("Grace", roles=ADMINS)
    await house.add_person("Hopper", roles=ADMINS)
    await house.add_person("Mia", roles=MANAGERS)
    ada = await house.add_person("Ada")
    manager, bob = await visit(house, "Mia"), await visit(house, "Ada")
    refused = await manager.post(f"{PEOPLE}/{boss.id}/delete", page="/account")
    assert (refused.status_code, "holds all of its rights" in refused.text) == (403, True)
    for work in (bob.get(f"{PEOPLE}/{boss.id}/delete"),
                 bob.post(f"{PEOPLE}/{boss.id}/delete", page="/account")):  # fmt: skip
        assert (await work).status_code == 403
    assert not house.person_keys.destroyed
    await manager.post(f"{PEOPLE}/{ada.id}/delete", page="/account")
    assert house.person_keys.destroyed == {ada.id}
