"""Apps over the management API."""

from datetime import timedelta
from typing import Any

import pytest

from curtilage.identity.wire.secrets import find_digest
from tests.identity_house import ADMIN, House
from tests.management_house import a_caller
from tests.unit.identity.management.test_people_api import in_order

BACK = "https://notes.orchard.example/back"
NOTES = {"client_name": "Notes", "redirect_uris": [BACK], "scope": "openid email"}


async def live_secrets(house: House, id: str) -> list[bytes]:
    client = await house.identity.oauth.clients.get(ADMIN, id)
    at = house.clock.now()
    return [
        each.digest for each in client.secrets if each.expires_at is None or each.expires_at > at
    ]


async def test_a_new_app_has_a_secret_that_is_shown_once(house: House) -> None:
    caller = await a_caller(house, "clients:manage")
    made = await caller.post("/api/clients", NOTES)
    assert made.status_code == 201
    secret, id = made.json()["client_secret"], made.json()["client"]["id"]
    assert await live_secrets(house, id) == [find_digest(secret)]
    for path in ("/api/clients", f"/api/clients/{id}"):
        assert secret not in (await caller.get(path)).text
    public = {**NOTES, "token_endpoint_auth_method": "none"}
    assert (await caller.post("/api/clients", public)).json()["client_secret"] is None


async def test_what_is_shown_of_an_app_can_be_sent_back(house: House) -> None:
    caller = await a_caller(house)
    wish = {
        **NOTES,
        "first_party": True,
        "resources": ["https://files.orchard.example"],
        "serves": ["https://files.orchard.example"],
        "authorization_details_types": ["tool_run"],
        "backchannel_logout_uri": "https://notes.orchard.example/logout",
        "post_logout_redirect_uris": [BACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "dpop_bound_access_tokens": True,
        "logo_uri": "https://notes.orchard.example/logo.png",
    }
    id = (await caller.post("/api/clients", wish)).json()["client"]["id"]
    before = (await caller.get(f"/api/clients/{id}")).json()
    after = await caller.put(f"/api/clients/{id}", before["metadata"])
    assert (after.status_code, after.json()) == (200, before)
    for name in ("first_party", "serves", "authorization_details_types", "logo_uri"):
        assert before["metadata"][name] == wish[name], name


async def test_a_change_puts_all_of_it_anew_and_keeps_the_secret(house: House) -> None:
    caller = await a_caller(house)
    made = (await caller.post("/api/clients", {**NOTES, "first_party": True})).json()
    id = made["client"]["id"]
    changed = await caller.put(f"/api/clients/{id}", {**NOTES, "client_name": "Desk"})
    assert changed.json()["metadata"]["client_name"] == "Desk"
    assert changed.json()["metadata"]["first_party"] is False
    assert await live_secrets(house, id) == [find_digest(made["client_secret"])]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"client_name": None}, 422),
        ({"logo_uri": None}, 422),
        ({"client_name": ""}, 422),
        ({"client_name": 7}, 422),
        ({"redirect_uris": ["http://evil.example"]}, 422),
        ({"redirect_uris": "https://a.example"}, 422),
        ({"client_secret": "mine"}, 422),
        ({"client_id": "mine"}, 422),
        ({"first_party": "yes"}, 422),
        ({"grant_types": ["password"]}, 422),
        ({"resources": ["not a uri"]}, 422),
        ({"scope": "openid people:manage"}, 403),
    ],
)
async def test_an_app_that_makes_no_sense_is_not_registered(
    house: House, change: dict[str, Any], status: int
) -> None:
    caller = await a_caller(house, "clients:manage")
    answer = await caller.post("/api/clients", NOTES | change)
    assert answer.status_code == status, answer.text
    assert (await caller.get("/api/clients")).json()["clients"] == []


async def test_a_new_secret_leaves_the_old_one_as_long_as_it_says(house: House) -> None:
    caller = await a_caller(house)
    made = (await caller.post("/api/clients", NOTES)).json()
    id, old = made["client"]["id"], find_digest(made["client_secret"])
    again = await caller.post(f"/api/clients/{id}/secret", {"overlap_seconds": 3600})
    new = find_digest(again.json()["client_secret"])
    assert await live_secrets(house, id) == [new, old]
    house.clock.advance(3600)
    assert await live_secrets(house, id) == [new]
    last = await caller.post(f"/api/clients/{id}/secret")
    assert await live_secrets(house, id) == [find_digest(last.json()["client_secret"])]
    too_long = {"overlap_seconds": int(timedelta(days=31).total_seconds())}
    assert (await caller.post(f"/api/clients/{id}/secret", too_long)).status_code == 422


async def test_a_revoked_app_stays_to_be_seen(house: House) -> None:
    caller = await a_caller(house)
    ids = [(await caller.post("/api/clients", NOTES)).json()["client"]["id"] for _ in range(3)]
    for _ in range(2):
        assert (await caller.post(f"/api/clients/{ids[1]}/revoke")).json()["state"] == "revoked"
    assert await in_order(caller, "/api/clients", "clients") == ids[::-1]
    assert (await caller.post("/api/clients/nobody/revoke")).status_code == 404
    assert (await caller.get("/api/clients/nobody")).status_code == 404
