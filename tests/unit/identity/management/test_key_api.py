"""API keys over the management API."""

from typing import Any

import pytest

from curtilage.identity.wire.apikey import parse_api_key
from tests.builders import TENANT
from tests.identity_house import ADMIN, House
from tests.management_house import Caller, a_caller
from tests.unit.identity.management.test_people_api import in_order

HELPDESK = {"name": "helpdesk", "purposes": ["assist"]}


async def make(caller: Caller, **given: Any) -> dict[str, Any]:
    answer = await caller.post("/api/keys", HELPDESK | given)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_new_key_is_shown_once_and_works(house: House) -> None:
    caller = await a_caller(house, "apikeys:manage")
    made = await make(caller, budgets=[{"measure": "money", "window": "month", "limit": "12.50"}])
    table = await house.identity.keys.load_table(TENANT)
    key = table.get(parse_api_key(made["secret"]))
    assert key.id == made["key"]["id"]
    assert made["key"]["rights"] == ["restore"]
    assert made["key"]["budgets"] == [{"measure": "money", "window": "month", "limit": "12.50"}]
    for path in ("/api/keys", f"/api/keys/{key.id}"):
        assert made["secret"] not in (await caller.get(path)).text
    assert (await caller.get("/api/keys/nobody")).status_code == 404


async def test_everything_that_a_key_can_be_held_to_is_taken(house: House) -> None:
    caller = await a_caller(house)
    ada = await house.add_person("Ada")
    assert (await caller.post("/api/key-groups", {"name": "team"})).status_code == 201
    wish = {
        "kind": "agent",
        "rights": [],
        "models": ["gpt-4o"],
        "expires_in_seconds": 3600,
        "requests_per_minute": 5,
        "tokens_per_minute": 500,
        "group": "team",
        "owner": ada.id,
    }
    key = (await make(caller, **wish))["key"]
    assert {name: key[name] for name in ("kind", "rights", "models", "group", "owner")} == {
        name: wish[name] for name in ("kind", "rights", "models", "group", "owner")
    }
    assert (key["requests_per_minute"], key["tokens_per_minute"]) == (5, 500)
    house.clock.advance(3600)
    assert (await caller.get(f"/api/keys/{key['id']}")).json()["state"] == "expired"
    second = (await make(caller, principal=key["principal"]))["key"]
    assert (second["principal"], second["kind"]) == (key["principal"], "agent")


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"name": ""}, 422),
        ({"name": "x" * 101}, 422),
        ({"purposes": []}, 422),
        ({"purposes": ["asist"]}, 422),
        ({"purposes": "assist"}, 422),
        ({"rights": ["vault:rotate"]}, 422),
        ({"rights": ["people:manage"]}, 403),
        ({"kind": "queen"}, 422),
        ({"group": "nobody"}, 404),
        ({"owner": "nobody"}, 422),
        ({"owner": "a b"}, 422),
        ({"principal": "nobody"}, 422),
        ({"expires_in_seconds": 0}, 422),
        ({"expires_in_seconds": 1.5}, 422),
        ({"expires_in_seconds": True}, 422),
        ({"requests_per_minute": 10**12}, 422),
        ({"budgets": [{"measure": "money", "window": "month"}]}, 422),
        ({"budgets": [{"measure": "gold", "window": "month", "limit": "1"}]}, 422),
        ({"budgets": [{"measure": "money", "window": "week", "limit": "1"}]}, 422),
        ({"budgets": [{"measure": "money", "window": "day", "limit": "1", "x": 1}]}, 422),
        ({"budgets": [{"measure": "money", "window": "day", "limit": "-1"}]}, 422),
        ({"budgets": {}}, 422),
        ({"expiry": "30d"}, 422),
    ],
)
async def test_a_key_that_makes_no_sense_is_not_made(
    house: House, given: dict[str, Any], status: int
) -> None:
    caller = await a_caller(house, "apikeys:manage")
    answer = await caller.post("/api/keys", HELPDESK | given)
    assert answer.status_code == status, answer.text
    assert len(await house.identity.keys.list(ADMIN)) == 1, "the caller's own"


@pytest.mark.parametrize("body", [b"[]", b"1", b"{", b'{"name":"a","name":"b"}', b"\xff", b"NaN"])
async def test_a_body_that_readers_would_read_differently_is_refused(
    house: House, body: bytes
) -> None:
    caller = await a_caller(house)
    answer = await caller.call("POST", "/api/keys", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "management.body-unreadable")


async def test_what_was_sent_is_never_in_a_refusal(house: House) -> None:
    caller = await a_caller(house)
    for body in ({"Xyzzy9": 1}, {**HELPDESK, "kind": "Xyzzy9"}, {**HELPDESK, "Xyzzy9": "a"}):
        answer = await caller.post("/api/keys", body)
        assert answer.status_code == 422
        assert "Xyzzy9" not in answer.text


async def test_a_rotated_key_works_on_for_a_while(house: House) -> None:
    caller = await a_caller(house)
    old = await make(caller)
    path = f"/api/keys/{old['key']['id']}"
    new = await caller.post(f"{path}/rotate", {"overlap_seconds": 60})
    assert new.status_code == 201
    assert new.json()["secret"] not in (old["secret"], "")
    assert (await caller.get(path)).json()["state"] == "active"
    house.clock.advance(60)
    assert (await caller.get(path)).json()["state"] == "expired"
    assert (await caller.post(f"{path}/rotate")).status_code == 422
    assert (await caller.post("/api/keys/nobody/rotate")).status_code == 404


async def test_keys_come_newest_first_and_revoked_ones_stay_to_be_seen(house: House) -> None:
    caller = await a_caller(house)
    ids = [(await make(caller))["key"]["id"] for _ in range(4)]
    for _ in range(2):
        answer = await caller.post(f"/api/keys/{ids[2]}/revoke")
        assert answer.json()["state"] == "revoked"
    assert (await in_order(caller, "/api/keys", "keys"))[:4] == ids[::-1]
    assert (await house.kinds()).count("api_key.revoked") == 1


async def test_limits_are_put_in_place_of_others(house: House) -> None:
    caller = await a_caller(house)
    id = (await make(caller, requests_per_minute=5))["key"]["id"]
    budgets = [{"measure": "requests", "window": "day", "limit": "500"}]
    answer = await caller.put(f"/api/keys/{id}/limits", {"budgets": budgets, "group": ""})
    assert answer.json()["budgets"] == budgets
    for less in ({}, {"group": ""}, {"budgets": []}):
        answer = await caller.put(f"/api/keys/{id}/limits", less)
        assert answer.status_code == 422, "nothing said is not nothing held"
    answer = await caller.put(f"/api/keys/{id}/limits", {"budgets": [], "group": ""})
    assert answer.json()["budgets"] == []


async def test_a_group_is_known_by_its_id(house: House) -> None:
    caller = await a_caller(house)
    group = (await caller.post("/api/key-groups", {"name": "team"})).json()
    assert (await caller.post("/api/key-groups", {"name": "team"})).status_code == 422
    budgets = [{"measure": "tokens", "window": "total", "limit": "1000000"}]
    path = f"/api/key-groups/{group['id']}/budgets"
    assert (await caller.put(path, {"budgets": budgets})).json()["budgets"] == budgets
    assert (await caller.get("/api/key-groups")).json()["groups"] == [group | {"budgets": budgets}]
    assert (await caller.put("/api/key-groups/team/budgets", {"budgets": []})).status_code == 404
