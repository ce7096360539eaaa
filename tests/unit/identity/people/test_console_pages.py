"""People in the console."""

from dataclasses import replace

import pytest

from curtilage.identity.people.models import AuthenticatorKind
from curtilage.identity.people.rules import mask
from tests.fakes.console import FakeConsole
from tests.fakes.ids import fixed_id
from tests.fakes.people import LINK, YOU, FakePeople
from tests.fakes.visitor import Visitor
from tests.identity_house import ADMIN, PASSPHRASE, House

PAGE = "/console/people"
BOB = f"{PAGE}/{fixed_id(5)}"
DISABLED = f"{PAGE}/{fixed_id(3)}"
ADMINISTRATOR = f"{PAGE}/{fixed_id(6)}"


async def signed_in(people: FakePeople | None = None) -> Visitor:
    return await Visitor(FakeConsole(people=people or FakePeople())).sign_in()


async def test_people_are_listed_a_page_at_a_time_with_addresses_masked() -> None:
    visitor = await signed_in()
    first = (await visitor.get(PAGE)).text
    assert first.count("data-row>") == 25
    for words in (
        "Ada Quill",
        "a…@orchard.example",
        "Disabled",
        "Authenticator app",
        "Mailbox only",
    ):
        assert words in first
    assert "ada@orchard.example" not in first
    rest = (await visitor.get(f"{PAGE}?after={fixed_id(25)}")).text
    assert rest.count("data-row>") == 5
    assert f"{PAGE}?after={fixed_id(25)}" in first.replace("&amp;", "&")
    assert "First" in rest
    assert "Nobody more" in (await visitor.get(f"{PAGE}?after={fixed_id(30)}")).text


async def test_it_takes_the_right_to_see_them() -> None:
    visitor = Visitor()
    for path in (PAGE, BOB):
        answer = await visitor.get(path)
        assert answer.headers["location"].startswith("/login?next=/console/people")


@pytest.mark.parametrize("typed", ["ada quill", "ada@orchard.example", " Ada  Quill "])
async def test_somebody_is_found_by_a_form_and_no_name_is_in_an_address(typed: str) -> None:
    visitor = await signed_in()
    answer = await visitor.post("/console/find-person", page=PAGE, who=typed)
    assert answer.headers["location"] == f"{PAGE}/{YOU}"


@pytest.mark.parametrize("typed", ["", "ada", "x" * 9000, "<script>alert(1)</script>"])
async def test_whoever_is_not_found_is_said_beside_the_field(typed: str) -> None:
    answer = await (await signed_in()).post("/console/find-person", page=PAGE, who=typed)
    assert answer.status_code == 422
    assert '<a href="#who">' in answer.text
    assert "<script>alert" not in answer.text


async def test_a_person_has_a_page_and_is_not_there_by_another_id() -> None:
    visitor = await signed_in()
    text = (await visitor.get(BOB)).text
    assert "s…@orchard.example" in text and "somebody.5@orchard.example" not in text
    assert f'href="/console/reveals/ask/address?of={fixed_id(5)}"' in text
    assert "Show the address" not in (await visitor.get(f"{PAGE}/{fixed_id(4)}")).text  # has none
    assert "Firefox on Linux" in text
    assert "Disable…" in text
    answer = await visitor.get(f"{PAGE}/nobody")
    assert answer.status_code == 404


async def test_nobody_disables_themselves_by_a_slip() -> None:
    text = (await (await signed_in()).get(f"{PAGE}/{YOU}")).text
    assert "This is you" in text
    assert "Disable…" not in text


async def test_somebody_is_signed_out_disabled_and_enabled() -> None:
    visitor = await signed_in()
    people = visitor.console.people
    for act, words in (
        ("sign-out", "Signed out of 2 browsers."),
        ("sign-out", "They were nowhere."),
        ("disable", "Disabled. Nothing acts for this person any more."),
        ("enable", "Enabled. This person can sign in again."),
    ):
        answer = await visitor.post(f"{BOB}/{act}", page=PAGE)
        assert answer.headers["location"] == BOB
        assert words in (await visitor.get(BOB)).text
    assert people.kept[4].disabled_at is None
    assert "Enable…" in (await visitor.get(DISABLED)).text


async def test_one_browser_is_signed_out_and_the_others_stay() -> None:
    visitor = await signed_in()
    first, second = visitor.console.people.sessions
    for _ in range(2):  # the second time it is gone already
        answer = await visitor.post(f"{BOB}/sessions/{first.id}/end", page=PAGE)
        assert answer.headers["location"] == BOB
    text = (await visitor.get(BOB)).text
    assert "There is no session with this id" in text
    assert visitor.console.people.sessions == [second]


async def test_apps_of_somebody_are_shown_and_taken_back() -> None:
    visitor = await signed_in()
    text = (await visitor.get(BOB)).text
    for words in ("Orchard notes", "See your e-mail address", "An app that is gone"):
        assert words in text
    gone = visitor.console.apps.kept[0].id
    await visitor.post(f"{BOB}/apps/{gone}/end", page=PAGE)
    assert "Orchard notes" not in (await visitor.get(BOB)).text


async def test_the_last_administrator_stays_and_one_is_told() -> None:
    visitor = await signed_in()
    await visitor.post(f"{ADMINISTRATOR}/disable", page=PAGE)
    assert "This is the last administrator." in (await visitor.get(ADMINISTRATOR)).text


TICKED = {"role:administrator": "1"}


async def test_roles_are_given_and_taken_by_what_is_ticked() -> None:
    visitor = await signed_in()
    people = visitor.console.people
    await visitor.post(f"{BOB}/roles", page=PAGE, before="", **TICKED, **{"role:owner": "1"})
    assert people.kept[4].roles == {"administrator"}  # there is no owner to tick
    text = (await visitor.get(BOB)).text
    assert "The roles are changed." in text
    assert 'name="role:administrator" value="1" checked>' in text
    assert 'name="role:auditor" value="1">' in text
    await visitor.post(f"{BOB}/roles", page=PAGE, before="administrator")
    assert people.kept[4].roles == frozenset()
    people.refuses = True
    await visitor.post(f"{BOB}/roles", page=PAGE, before="", **TICKED)
    assert "holds all of its rights" in (await visitor.get(BOB)).text


async def test_a_page_that_was_left_open_undoes_no_change_of_roles() -> None:
    visitor = await signed_in()
    await visitor.post(f"{BOB}/roles", page=PAGE, before="auditor", **TICKED)
    assert "The roles were changed meanwhile." in (await visitor.get(BOB)).text
    assert visitor.console.people.kept[4].roles == frozenset()


async def test_roles_that_stay_as_they_are_sign_nobody_out() -> None:
    people = FakePeople(refuses=True)
    visitor = await signed_in(people)
    await visitor.post(f"{ADMINISTRATOR}/roles", page=PAGE, before="administrator", **TICKED)
    assert "holds all of its rights" not in (await visitor.get(ADMINISTRATOR)).text


async def test_who_is_disabled_gets_no_role_and_may_lose_one() -> None:
    people = FakePeople()
    people.kept[2] = replace(people.kept[2], roles=frozenset({"auditor"}))
    visitor = await signed_in(people)
    text = (await visitor.get(DISABLED)).text
    assert 'name="role:auditor" value="1" checked>' in text
    assert 'name="role:administrator"' not in text
    await visitor.post(f"{DISABLED}/roles", page=PAGE, before="auditor")
    assert people.kept[2].roles == frozenset()
    assert "role:" not in (await visitor.get(DISABLED)).text


async def test_an_invitation_is_shown_once() -> None:
    visitor = await signed_in()
    answer = await visitor.post(
        "/console/invite-person", page=PAGE, address="", role="administrator"
    )
    assert LINK in answer.text
    assert "Give the link to the person yourself" in answer.text
    sent = await visitor.post(
        "/console/invite-person", page=PAGE, address="Bob@Orchard.example", role=""
    )
    assert "on its way" in sent.text
    assert visitor.console.people.invited == [
        ("", frozenset({"administrator"})),
        ("bob@orchard.example", frozenset()),
    ]


async def test_what_is_no_address_is_said_beside_its_field() -> None:
    visitor = await signed_in()
    answer = await visitor.post(
        "/console/invite-person", page=PAGE, address="bob@", role="administrator"
    )
    assert answer.status_code == 422
    assert '<a href="#address">' in answer.text
    assert 'value="administrator" selected' in answer.text
    assert visitor.console.people.invited == []


async def test_where_nobody_is_let_in_there_is_no_form() -> None:
    text = (await (await signed_in(FakePeople(sign_up="closed"))).get(PAGE)).text
    assert "/console/invite-person" not in text
    assert "identity.sign_up" in text


async def test_every_act_takes_a_form_of_our_own() -> None:
    visitor = await signed_in()
    for path in ("/console/invite-person", f"{BOB}/disable", f"{BOB}/roles"):
        assert (await visitor.post(path, token="", x="1")).status_code == 403
    assert visitor.console.people.invited == []


async def test_over_the_services_themselves(house: House) -> None:
    await house.enrol()
    ada = await house.add_person("Ada", address="ada@orchard.example")
    visitor = Visitor(house)
    await visitor.post("/login", name="Grace", passphrase=PASSPHRASE)
    assert "Ada" in (await visitor.get(PAGE)).text
    path = f"{PAGE}/{ada.id}"
    await visitor.post(f"{path}/disable", page=PAGE)
    shown = await house.people.people.show(ADMIN, ada.id)
    assert shown.disabled_at is not None
    assert shown.ways == {AuthenticatorKind.PASSPHRASE}
    await visitor.post(f"{path}/roles", page=PAGE, before="", **{"role:auditor": "1"})
    assert (await house.people.people.show(ADMIN, ada.id)).roles == {"auditor"}
    bob = Visitor(house)
    await house.add_person("Bob")
    await bob.post("/login", name="Bob", passphrase=PASSPHRASE)
    assert (await bob.get(PAGE)).status_code == 403
    assert (await bob.post(f"{path}/enable", page="/account")).status_code == 403


@pytest.mark.parametrize(
    ("address", "shown"),
    [("ada@orchard.example", "a…@orchard.example"), ("", ""), ("a@b.example", "a…@b.example")],
)
def test_an_address_is_masked(address: str, shown: str) -> None:
    assert mask(address) == shown
