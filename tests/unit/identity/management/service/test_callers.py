"""Whom keys and tokens stand for at the management API, and how far they reach."""

from dataclasses import replace
from datetime import timedelta

import pytest

from curtilage.core.authority import ADMINISTRATOR
from curtilage.identity.oauth.client_forms import wish_of
from tests.identity_house import ADMIN, House
from tests.management_house import (
    API,
    BASE,
    a_caller,
    a_key,
    a_stranger,
    a_token,
    an_app,
)
from tests.proofs import a_key as a_proof_key
from tests.proofs import a_proof
from tests.unit.identity.conftest import MakeHouse

ADMINS = frozenset({ADMINISTRATOR})
LASTING = "offline_access"
PEOPLE = "people:manage"


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer x", "Basic YTpi", "Bearer cur_" + "0" * 49, "DPoP KEY", "KEY", "Bearer KEYx"],
)  # fmt: skip
async def test_what_is_no_key_of_ours_opens_nothing(house: House, authorization: str) -> None:
    key = await a_key(house)
    stranger = a_stranger(house, authorization=authorization.replace("KEY", key))
    assert (await stranger.get("/api/people")).status_code == 401
    good = a_stranger(house, authorization=f"Bearer {key}")
    assert (await good.get("/api/people")).status_code == 200


async def test_a_key_that_only_calls_models_is_nobody_here(house: House) -> None:
    caller = await a_caller(house, "restore", purposes=frozenset({"assist"}))
    assert (await caller.get("/api/people")).status_code == 401


async def test_a_key_that_ended_opens_nothing_from_that_moment(house: House) -> None:
    caller = await a_caller(house, expires_in=timedelta(hours=1))
    assert (await caller.get("/api/people")).status_code == 200
    house.clock.advance(3600)
    assert (await caller.get("/api/people")).status_code == 401
    other = await a_caller(house)
    newest = (await other.get("/api/keys?limit=1")).json()["keys"][0]
    assert (await other.post(f"/api/keys/{newest['id']}/revoke")).status_code == 200
    assert (await other.get("/api/people")).status_code == 401


async def test_a_key_reaches_no_further_than_its_owner_does_now(house: House) -> None:
    grace = await house.add_person("Grace", roles=ADMINS)
    ben = await house.add_person("Ben", roles=ADMINS)
    caller = await a_caller(house, owner=ben.id)
    assert (await caller.get("/api/people")).status_code == 200
    await house.people.people.give_roles(ADMIN, ben.id, frozenset())
    assert (await caller.get("/api/people")).status_code == 401
    await house.people.people.give_roles(ADMIN, ben.id, ADMINS)
    assert (await caller.get("/api/people")).status_code == 200
    await house.people.people.disable(ADMIN, ben.id)
    assert (await caller.get("/api/people")).status_code == 401
    assert grace.id


async def test_a_use_is_noted_once_a_minute(house: House) -> None:
    caller = await a_caller(house)
    for seconds, expected in ((0, 0), (30, 0), (31, 61)):
        house.clock.advance(seconds)
        await caller.get("/api/people")
        [key] = await house.identity.keys.list(ADMIN)
        assert key.last_used_at is not None
        assert (key.last_used_at - key.created_at).total_seconds() == expected


async def test_an_app_manages_by_a_token_of_its_own(house: House) -> None:
    app = await an_app(house, PEOPLE)
    token = await a_token(house, app, PEOPLE)
    caller = a_stranger(house, authorization=f"Bearer {token}")
    assert (await caller.get("/api/people")).status_code == 200
    assert (await caller.get("/api/keys")).status_code == 403
    await house.identity.oauth.clients.revoke(ADMIN, app.client.id)
    assert (await caller.get("/api/people")).status_code == 401


async def test_a_token_is_worth_what_its_person_may_do_now(house: House) -> None:
    await house.add_person("Grace", roles=ADMINS)
    ben = await house.add_person("Ben", roles=ADMINS)
    app = await an_app(house, PEOPLE, LASTING)
    lasting = await a_token(house, app, PEOPLE, LASTING, person=ben.id)
    caller = a_stranger(house, authorization=f"Bearer {lasting}")
    other = a_stranger(
        house, authorization=f"Bearer {await a_token(house, app, PEOPLE, person=ben.id)}"
    )
    for each in (caller, other):
        assert (await each.get("/api/people")).status_code == 200
    await house.people.people.give_roles(ADMIN, ben.id, frozenset())
    assert (await caller.get("/api/people")).status_code == 403
    assert (await other.get("/api/people")).status_code == 401, "it ended with his sessions"
    await house.people.people.disable(ADMIN, ben.id)
    assert (await caller.get("/api/people")).status_code == 401


async def test_what_was_taken_from_an_app_is_gone_from_its_tokens_too(house: House) -> None:
    ben = await house.add_person("Ben", roles=ADMINS)
    app = await an_app(house, PEOPLE)
    own = a_stranger(house, authorization=f"Bearer {await a_token(house, app, PEOPLE)}")
    token = await a_token(house, app, PEOPLE, person=ben.id)
    his = a_stranger(house, authorization=f"Bearer {token}")
    assert [(await each.get("/api/people")).status_code for each in (own, his)] == [200, 200]
    wish = replace(wish_of(app.client), scopes=frozenset({"openid"}))
    await house.identity.oauth.clients.change(ADMIN, app.client.id, wish)
    assert [(await each.get("/api/people")).status_code for each in (own, his)] == [403, 403]


@pytest.mark.parametrize("audience", [BASE, f"{BASE}/v1", "https://files.orchard.example"])
async def test_a_token_for_another_door_opens_none_here(house: House, audience: str) -> None:
    app = await an_app(house, PEOPLE)
    token = await a_token(house, app, PEOPLE, audience=audience)
    caller = a_stranger(house, authorization=f"Bearer {token}")
    assert (await caller.get("/api/people")).status_code == 401


async def test_a_token_that_was_narrowed_in_a_way_unknown_here_is_refused(house: House) -> None:
    app = await an_app(house, PEOPLE)
    token = await a_token(house, app, PEOPLE, details=('{"type":"one_person"}',))
    caller = a_stranger(house, authorization=f"Bearer {token}")
    assert (await caller.get("/api/people")).status_code == 401


async def test_a_bound_token_comes_with_a_proof_that_is_used_once(house: House) -> None:
    key, app = a_proof_key(), await an_app(house, PEOPLE)
    token = await a_token(house, app, PEOPLE, jkt=key.thumbprint())
    at, url = house.clock.now(), f"{API}/people"

    async def status(proof: str, scheme: str = "DPoP") -> int:
        headers = {"dpop": proof} if proof else {}
        caller = a_stranger(house, authorization=f"{scheme} {token}", **headers)
        return (await caller.get("/api/people")).status_code

    good = a_proof(key, url, at, method="GET", token=token)
    assert await status("") == 401
    assert await status(good, scheme="Bearer") == 401
    assert await status(a_proof(key, f"{API}/keys", at, method="GET", token=token)) == 401
    assert await status(a_proof(a_proof_key(), url, at, method="GET", token=token)) == 401
    assert await status(good) == 200
    assert await status(good) == 401


@pytest.mark.parametrize(
    ("policy", "acr", "status"),
    [
        ("optional", "aal0", 403),  # a link by mail: no power, as in the console
        ("optional", "", 403),
        ("optional", "aal1", 200),
        ("administrators", "aal1", 403),  # allowed before the role came, or the demand
        ("administrators", "aal2", 200),
    ],
)
async def test_a_token_is_worth_no_more_than_its_person_proved(
    make_house: MakeHouse, policy: str, acr: str, status: int
) -> None:
    house = make_house(second_factor=policy)
    grace = await house.add_person("Grace", roles=frozenset({ADMINISTRATOR}))
    app = await an_app(house, "people:manage")
    token = await a_token(house, app, "people:manage", person=grace.id, acr=acr)
    caller = a_stranger(house, authorization=f"Bearer {token}")
    assert (await caller.get("/api/people")).status_code == status
