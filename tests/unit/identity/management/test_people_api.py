"""People over the management API."""

import pytest

from curtilage.core.authority import ADMINISTRATOR
from curtilage.core.models import PrincipalId
from curtilage.identity.errors import CeremonyOver
from curtilage.identity.oauth.models.requests import Consent
from curtilage.identity.oauth.store.requests import SqlConsentStore
from curtilage.identity.people.models import Person
from curtilage.identity.people.views import Arrival
from tests.builders import TENANT
from tests.identity_house import ADMIN, PASSPHRASE, House
from tests.management_house import Caller, a_caller, an_app
from tests.unit.identity.conftest import MakeHouse

ADMINS = frozenset({ADMINISTRATOR})
ADDRESS = "ada@orchard.example"
HERE = Arrival("192.0.2.7", "Mozilla/5.0 (X11; Linux x86_64) Firefox/130", "", "browser")


async def in_order(caller: Caller, path: str, name: str) -> list[str]:
    """Ids of a whole list, two rows at a time."""
    ids: list[str] = []
    after = ""
    while True:
        page = (await caller.get(f"{path}?limit=2{after}")).json()
        assert len(page[name]) <= 2
        ids += [each["id"] for each in page[name]]
        if page["next"] is None:
            return ids
        after = f"&after={page['next']}"


async def sign_in(house: House, name: str) -> str:
    session = await house.people.desk.sign_in(name=name, passphrase=PASSPHRASE, arrival=HERE)
    return session.secret


async def test_people_come_by_pages_with_addresses_masked(house: House) -> None:
    people = [
        await house.add_person(f"Person {n}", address=f"p{n}@orchard.example") for n in range(5)
    ]
    caller = await a_caller(house)
    assert await in_order(caller, "/api/people", "people") == [each.id for each in people]
    answer = await caller.get("/api/people")
    assert "p…@orchard.example" in answer.text
    assert "p1@orchard.example" not in answer.text
    [first, *_] = answer.json()["people"]
    assert first["signs_in_with"] == ["passphrase"]
    assert first["state"] == "active"


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "limit=1&limit=2", "name=ada", "after=", "after=%00"]
)  # fmt: skip
async def test_a_query_that_is_not_ours_is_refused(house: House, query: str) -> None:
    answer = await (await a_caller(house)).get(f"/api/people?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "management.unacceptable-query")


async def test_somebody_is_found_by_a_body_and_never_by_an_address(house: House) -> None:
    ada = await house.add_person("Ada", address=ADDRESS)
    caller = await a_caller(house)
    found = (await caller.post("/api/find-person", {"who": ADDRESS})).json()["people"]
    assert [each["id"] for each in found] == [ada.id]
    assert (await caller.post("/api/find-person", {"who": "bob"})).json() == {"people": []}
    assert (await caller.get(f"/api/people?who={ADDRESS}")).status_code == 422


async def test_an_invitation_is_a_link_that_is_shown_once(house: House) -> None:
    caller = await a_caller(house)
    made = await caller.post("/api/invitations", {"address": ADDRESS})
    assert made.status_code == 201
    secret = made.json()["link"].rpartition("/")[2]
    await house.people.joining.join(TENANT, secret, name="Ada", passphrase=PASSPHRASE)
    found = (await caller.post("/api/find-person", {"who": ADDRESS})).json()["people"]
    assert found[0]["name"] == "Ada"


async def test_who_is_invited_comes_with_no_role_that_the_caller_does_not_hold(
    house: House,
) -> None:
    caller = await a_caller(house)
    body = {"roles": [ADMINISTRATOR]}
    assert (await caller.post("/api/invitations", body)).status_code == 403
    unknown = await caller.post("/api/invitations", {"roles": ["queen"]})
    assert unknown.status_code == 404


async def test_nobody_is_invited_where_sign_up_is_closed(make_house: MakeHouse) -> None:
    house = make_house(sign_up="closed")
    answer = await (await a_caller(house)).post("/api/invitations", {})
    assert (answer.status_code, answer.json()["code"]) == (403, "identity.sign-up-closed")


async def test_invitations_come_by_pages_without_their_links(house: House) -> None:
    caller = await a_caller(house)
    made = [(await caller.post("/api/invitations", {"address": ADDRESS})).json() for _ in range(5)]
    newest = [each["id"] for each in made[::-1]]
    assert await in_order(caller, "/api/invitations", "invitations") == newest
    answer = await caller.get("/api/invitations?limit=1")
    [first] = answer.json()["invitations"]
    assert (first["address"], first["roles"], first["state"]) == (
        "a…@orchard.example",
        [],
        "waiting",
    )
    assert first["invited_by"]["kind"] == "program"
    assert ADDRESS not in answer.text
    assert not any(each["link"] in answer.text for each in made)


async def test_an_invitation_is_taken_back_once(house: House) -> None:
    caller = await a_caller(house)
    made = (await caller.post("/api/invitations", {})).json()
    one = f"/api/invitations/{made['id']}"
    ended = await caller.delete(one)
    assert (ended.status_code, ended.content) == (204, b"")
    assert (await caller.get("/api/invitations")).json() == {"invitations": [], "next": None}
    again = await caller.delete(one)
    assert (again.status_code, again.json()["code"]) == (404, "identity.unknown-invitation")
    with pytest.raises(CeremonyOver):
        await house.people.joining.look(TENANT, made["link"].rpartition("/")[2])


async def test_invitations_take_the_right_and_all_that_they_come_with(house: House) -> None:
    made = await house.people.invitations.invite(ADMIN, roles=ADMINS)
    one = f"/api/invitations/{made.id}"
    other = await a_caller(house, "sessions:manage")
    assert (await other.get("/api/invitations")).status_code == 403
    assert (await other.delete(one)).status_code == 403
    caller = await a_caller(house)
    assert (await caller.delete(one)).status_code == 403
    assert len((await caller.get("/api/invitations")).json()["invitations"]) == 1


async def test_somebody_is_deleted_once_with_all_that_is_theirs(house: House) -> None:
    ada = await house.add_person("Ada")
    secret = await sign_in(house, "Ada")
    whom = await house.pseudonyms.pseudonym(TENANT, ada.id)
    caller, one = await a_caller(house), f"/api/people/{ada.id}"
    ended = await caller.delete(one)
    assert (ended.status_code, ended.content) == (204, b"")
    assert await house.people.desk.read(secret) is None
    assert house.person_keys.destroyed == {ada.id}
    for answer in (await caller.delete(one), await caller.get(one)):
        assert (answer.status_code, answer.json()["code"]) == (404, "identity.unknown-person")
    event = (await house.events())[-1]
    assert (event.kind, event.facts["person"]) == ("person.deleted", whom)
    assert event.actor_kind == "service"


async def test_nobody_is_deleted_without_the_right_or_who_may_more(house: House) -> None:
    ada = await house.add_person("Ada")
    boss = await house.add_person("Grace", roles=ADMINS)
    other = await a_caller(house, "sessions:manage")
    assert (await other.delete(f"/api/people/{ada.id}")).status_code == 403
    caller = await a_caller(house)
    assert (await caller.delete(f"/api/people/{boss.id}")).status_code == 403
    assert not house.person_keys.destroyed


async def test_a_page_of_as_many_as_can_be_asked_for_leads_on(house: House) -> None:
    for n in range(201):
        await house.add_person(f"Person {n}", kind=None)
    caller = await a_caller(house)
    page = (await caller.get("/api/people?limit=200")).json()
    assert len(page["people"]) == 200
    rest = (await caller.get(f"/api/people?limit=200&after={page['next']}")).json()
    assert (len(rest["people"]), rest["next"]) == (1, None)


async def test_disabling_ends_sessions_and_enabling_lets_in_again(house: House) -> None:
    ada = await house.add_person("Ada")
    secret = await sign_in(house, "Ada")
    caller = await a_caller(house)
    one = f"/api/people/{ada.id}"
    for _ in range(2):
        answer = await caller.post(f"{one}/disable")
        assert (answer.status_code, answer.json()["state"]) == (200, "disabled")
    assert await house.people.desk.read(secret) is None
    assert (await house.kinds()).count("person.disabled") == 1
    assert (await caller.post(f"{one}/enable", {})).json()["state"] == "active"
    assert (await caller.get(one)).json()["disabled_at"] is None


async def test_an_administrator_is_out_of_reach_of_a_lesser_caller(house: House) -> None:
    await house.add_person("Grace", roles=ADMINS)
    ben = await house.add_person("Ben", roles=ADMINS)
    ada = await house.add_person("Ada")
    caller = await a_caller(house)
    assert (await caller.post(f"/api/people/{ben.id}/disable")).status_code == 403
    for roles in ([], [ADMINISTRATOR]):
        answer = await caller.put(f"/api/people/{ben.id}/roles", {"roles": roles})
        assert answer.status_code == 403
    answer = await caller.put(f"/api/people/{ada.id}/roles", {"roles": [ADMINISTRATOR]})
    assert answer.status_code == 403
    answer = await caller.put(f"/api/people/{ada.id}/roles", {"roles": []})
    assert (answer.status_code, answer.json()["roles"]) == (200, [])


async def test_sessions_are_listed_and_ended_one_by_one_and_all_at_once(house: House) -> None:
    ada, bob = await house.add_person("Ada"), await house.add_person("Bob")
    secrets = [await sign_in(house, name) for name in ("Ada", "Ada", "Ada", "Bob")]
    caller = await a_caller(house, "sessions:manage")
    one = f"/api/people/{ada.id}/sessions"
    listed = (await caller.get(one)).json()["sessions"]
    assert len(listed) == 3
    assert "Firefox" in listed[0]["device"]
    other = (await caller.get(f"/api/people/{bob.id}/sessions")).json()["sessions"][0]["id"]
    assert (await caller.delete(f"{one}/{other}")).status_code == 404
    ended = await caller.delete(f"{one}/{listed[0]['id']}")
    assert (ended.status_code, ended.content) == (204, b"")
    assert "content-type" not in ended.headers
    assert (await caller.delete(f"{one}/{listed[0]['id']}")).status_code == 404
    assert (await caller.delete(one)).json() == {"ended": 2}
    assert [await house.people.desk.read(each) is not None for each in secrets] == [
        False, False, False, True,
    ]  # fmt: skip


async def allow(house: House, person: Person, client: str) -> None:
    at = house.clock.now()
    consent = Consent(TENANT, person.id, client, frozenset({"openid"}), frozenset(), at, at)
    async with house.database.begin() as connection:
        await SqlConsentStore().put(connection, TENANT, consent)


async def test_an_app_loses_what_somebody_allowed_it(house: House) -> None:
    ada, bob = await house.add_person("Ada"), await house.add_person("Bob")
    app = (await an_app(house, "openid")).client
    for person in (ada, bob):
        await allow(house, person, app.id)
    caller = await a_caller(house)
    one = f"/api/people/{ada.id}/apps"
    [listed] = (await caller.get(one)).json()["apps"]
    assert (listed["id"], listed["name"], listed["scopes"]) == (app.id, "Staff desk", ["openid"])
    assert (await caller.delete(f"{one}/{app.id}")).status_code == 204
    assert (await caller.get(one)).json() == {"apps": []}
    assert (await caller.delete(f"{one}/{app.id}")).status_code == 404
    assert len((await caller.get(f"/api/people/{bob.id}/apps")).json()["apps"]) == 1
    event = (await house.events())[-1]
    assert event.kind == "app_access.revoked"
    assert event.facts["person"] == await house.pseudonyms.pseudonym(TENANT, ada.id)
    assert event.actor != event.facts["person"]


@pytest.mark.parametrize("path", ["", "/sessions", "/apps"])
async def test_whoever_is_not_there_is_not_found(house: House, path: str) -> None:
    caller = await a_caller(house)
    assert (await caller.get(f"/api/people/{PrincipalId('nobody')}{path}")).status_code == 404


async def test_without_providers_the_list_is_empty(house: House) -> None:
    caller = await a_caller(house, "settings:read")
    assert (await caller.get("/api/providers")).json() == {"providers": []}


async def test_nothing_that_somebody_chose_is_ever_in_an_answer(house: House) -> None:
    ada = await house.add_person("Ada", address=ADDRESS)
    await sign_in(house, ADDRESS)
    caller = await a_caller(house)
    said = ""
    for path in ("", f"/{ada.id}", f"/{ada.id}/sessions"):
        said += (await caller.get(f"/api/people{path}")).text
    for word in (ADDRESS, PASSPHRASE, "argon2", "digest", "secret"):
        assert word not in said
