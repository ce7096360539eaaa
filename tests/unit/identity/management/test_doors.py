"""Who gets in at the management API, and what is said to whoever does not."""

import pytest

from curtilage.core.models import PrincipalId
from tests.fakes.visitor import Visitor
from tests.identity_house import House
from tests.management_house import BASE, EVERY, a_caller, a_stranger

DOORS = (
    ("GET", "/api/people", "people:manage"),
    ("GET", "/api/people/x/sessions", "sessions:manage"),
    ("GET", "/api/clients", "clients:manage"),
    ("GET", "/api/keys", "apikeys:manage"),
    ("GET", "/api/key-groups", "apikeys:manage"),
    ("GET", "/api/providers", "settings:read"),
)


def every_door(house: House) -> list[tuple[str, str, str]]:
    """Method, address and right of each endpoint of the management API."""
    slices = house.identity.as_slices(usual_purpose=lambda: "assist")
    return [
        (each.method, each.path.replace("{id}", "x").replace("{session}", "x").replace("{client}", "x"), each.operation.right)
        for one in slices
        for each in one.endpoints
        if each.operation is not None
    ]  # fmt: skip


async def test_every_door_names_its_right_and_is_shut_to_strangers(house: House) -> None:
    doors = every_door(house)
    assert len(doors) >= 28
    stranger = a_stranger(house)
    for method, path, right in doors:
        assert right in EVERY, path
        answer = await stranger.call(method, path, {} if method in ("POST", "PUT") else None)
        assert answer.status_code == 401, (method, path)
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "management.caller-unknown"


async def test_every_door_is_shut_to_those_with_all_rights_but_its_own(house: House) -> None:
    callers = {right: await a_caller(house, *(EVERY - {right})) for right in sorted(EVERY)}
    for method, path, right in every_door(house):
        body = {} if method in ("POST", "PUT") else None
        answer = await callers[right].call(method, path, body)
        assert answer.status_code == 403, (method, path)
        assert answer.json()["code"] == "authority.missing-right"


@pytest.mark.parametrize(("method", "path", "right"), DOORS)
async def test_a_door_opens_for_its_right_alone(
    house: House, method: str, path: str, right: str
) -> None:
    answer = await (await a_caller(house, right)).call(method, path)
    assert answer.status_code == (404 if "/x/" in path else 200)
    assert answer.headers["cache-control"] == "no-store"


async def test_a_cookie_opens_nothing(house: House) -> None:
    await house.enrol()
    visitor = Visitor(house, origin=BASE)
    await visitor.post("/login", name="Grace", passphrase="lantern gravel otter vowel", next="/")
    assert (await visitor.get("/console/people")).status_code == 200
    answer = await visitor.get("/api/people", accept="application/json")
    assert answer.status_code == 401


async def test_a_body_is_json_that_says_so(house: House) -> None:
    caller = await a_caller(house)
    body = b'{"who": "ada"}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = await caller.call("POST", "/api/find-person", body, content_type=kind)
        assert (answer.status_code, answer.json()["code"]) == (400, "management.body-unreadable")
    said = "application/json; charset=utf-8"
    answer = await caller.call("POST", "/api/find-person", body, content_type=said)
    assert (answer.status_code, answer.json()) == (200, {"people": []})


@pytest.mark.parametrize("id", ["%00", "a%20b", "%e2%80%ae", "-", "x" * 300, "..%5cx"])
async def test_what_can_be_no_id_is_not_there(house: House, id: str) -> None:
    answer = await (await a_caller(house)).get(f"/api/keys/{id}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["hint"]


async def test_a_body_without_end_is_cut_off(house: House) -> None:
    answer = await (await a_caller(house)).call(
        "POST", "/api/keys", b'"' + b"x" * 70_000, content_type="application/json"
    )
    assert answer.status_code == 413


async def test_another_method_is_told_which_there_are(house: House) -> None:
    answer = await (await a_caller(house)).call("PATCH", "/api/people")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


async def test_the_record_says_which_key_did_it(house: House) -> None:
    await house.enrol()
    caller = await a_caller(house, principal=None)
    [listed] = (await caller.get("/api/keys")).json()["keys"]
    group = await caller.post("/api/key-groups", {"name": "team"})
    assert group.status_code == 201
    event = (await house.events())[-1]
    assert event.kind == "key_group.created"
    whom = PrincipalId(listed["principal"])
    assert event.actor == await house.pseudonyms.pseudonym(event.tenant, whom)
    assert event.actor_kind == "service"
