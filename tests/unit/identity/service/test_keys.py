"""Making, listing and revoking API keys."""

from datetime import timedelta

import pytest

from curtilage.core.authority import MissingRight
from curtilage.core.db import broadcast
from curtilage.core.models import PrincipalId, PrincipalKind, PurposeKey
from curtilage.identity.budgets import Budget, Measure, Window
from curtilage.identity.errors import KeyReason, KeyRefused, UnacceptableKey, UnknownKeyId
from curtilage.identity.rules import verify_api_key
from curtilage.identity.service.keys import TOPIC, KeyRequest
from curtilage.identity.wire.apikey import parse_api_key
from tests.builders import TENANT, a_principal
from tests.identity_house import ADMIN, House

ASSIST = frozenset({PurposeKey("assist")})


async def generation(house: House) -> int:
    return (await broadcast.generations(house.database)).get(TOPIC, 0)


async def test_a_created_key_opens_what_it_was_made_for(house: House) -> None:
    request = KeyRequest("helpdesk", ASSIST, expires_in=timedelta(days=30), requests_per_minute=60)
    created = await house.identity.keys.create(ADMIN, request)
    table = await house.identity.keys.load_table(TENANT)
    key = table.get(parse_api_key(created.text))
    assert key == created.key
    assert key.expires_at == house.clock.now() + timedelta(days=30)
    principal = verify_api_key(key, at=house.clock.now())
    assert principal.purposes == ASSIST
    assert principal.rights == {"restore"}
    assert principal.kind is PrincipalKind.SERVICE


@pytest.mark.parametrize("days", [3651, 6_999_993, 999_999_999])
async def test_a_life_past_the_calendar_is_refused_like_any_that_is_too_long(
    house: House, days: int
) -> None:
    request = KeyRequest("helpdesk", ASSIST, expires_in=timedelta(days=days))
    with pytest.raises(UnacceptableKey, match="ten years"):
        await house.identity.keys.create(ADMIN, request)


async def test_the_key_itself_is_kept_nowhere(house: House) -> None:
    created = await house.identity.keys.create(ADMIN, KeyRequest("helpdesk", ASSIST))
    assert created.text not in repr(created)
    stored = b"".join(path.read_bytes() for path in house.data_dir.rglob("*") if path.is_file())
    assert created.key.digest in stored
    assert created.text.encode() not in stored


async def test_creating_writes_the_event_and_wakes_the_workers(house: House) -> None:
    created = await house.identity.keys.create(ADMIN, KeyRequest("for Ada's laptop", ASSIST))
    (event,) = await house.events()
    assert event.kind == "api_key.created"
    assert event.tenant == TENANT
    assert event.actor == await house.pseudonyms.pseudonym(TENANT, ADMIN.id)
    assert event.actor_kind == "person"
    assert event.facts["key"] == created.key.id
    assert event.facts["purposes"] == ["assist"]
    assert "Ada" not in str(event)
    assert await generation(house) == 1


async def test_a_revoked_key_is_refused_at_once_and_the_workers_hear_of_it(house: House) -> None:
    created = await house.identity.keys.create(ADMIN, KeyRequest("helpdesk", ASSIST))
    revoked = await house.identity.keys.revoke(ADMIN, created.key.id)
    assert revoked.revoked_at == house.clock.now()
    table = await house.identity.keys.load_table(TENANT)
    with pytest.raises(KeyRefused) as refused:
        verify_api_key(table.get(created.key.digest), at=house.clock.now())
    assert refused.value.reason is KeyReason.REVOKED
    assert await house.kinds() == ["api_key.created", "api_key.revoked"]
    assert await generation(house) == 2


async def test_revoking_again_changes_nothing(house: House) -> None:
    created = await house.identity.keys.create(ADMIN, KeyRequest("helpdesk", ASSIST))
    first = await house.identity.keys.revoke(ADMIN, created.key.id)
    house.clock.advance(60)
    assert await house.identity.keys.revoke(ADMIN, created.key.id) == first
    assert len(await house.kinds()) == 2
    assert await generation(house) == 2


async def test_revoking_what_is_not_there_is_not_found_and_not_recorded(house: House) -> None:
    with pytest.raises(UnknownKeyId):
        await house.identity.keys.revoke(ADMIN, "nobody")
    assert await house.kinds() == []
    assert await generation(house) == 0


async def test_nobody_without_the_right_touches_keys_and_an_api_key_never_has_it(
    house: House,
) -> None:
    created = await house.identity.keys.create(ADMIN, KeyRequest("helpdesk", ASSIST))
    for actor in (a_principal(), created.key.as_principal()):
        with pytest.raises(MissingRight):
            await house.identity.keys.create(actor, KeyRequest("mine", ASSIST))
        with pytest.raises(MissingRight):
            await house.identity.keys.list(actor)
        with pytest.raises(MissingRight):
            await house.identity.keys.revoke(actor, created.key.id)
    assert len(await house.identity.keys.list(ADMIN)) == 1


@pytest.mark.parametrize(
    "request_",
    [
        KeyRequest("helpdesk", frozenset({PurposeKey("asist")})),
        KeyRequest("helpdesk", frozenset()),
        KeyRequest("", ASSIST),
        KeyRequest("helpdesk", ASSIST, rights=frozenset({"vault:rotate"})),
        KeyRequest("helpdesk", ASSIST, rights=frozenset({"restore:user.contacts"})),
        KeyRequest("helpdesk", ASSIST, rights=frozenset({"restore:EMAIL"})),
        KeyRequest("helpdesk", ASSIST, expires_in=timedelta(0)),
        KeyRequest("helpdesk", ASSIST, principal=PrincipalId("nobody")),
    ],
)
async def test_a_key_that_makes_no_sense_leaves_no_trace(
    house: House, request_: KeyRequest
) -> None:
    with pytest.raises(UnacceptableKey):
        await house.identity.keys.create(ADMIN, request_)
    assert await house.identity.keys.list(ADMIN) == []
    assert await house.kinds() == []


async def test_a_second_key_for_one_principal_lets_it_be_replaced_in_peace(house: House) -> None:
    old = await house.identity.keys.create(
        ADMIN, KeyRequest("helpdesk", ASSIST, kind=PrincipalKind.AGENT)
    )
    new = await house.identity.keys.create(
        ADMIN, KeyRequest("helpdesk 2", ASSIST, principal=old.key.principal)
    )
    assert new.key.principal == old.key.principal
    assert new.key.kind is PrincipalKind.AGENT
    assert new.text != old.text
    table = await house.identity.keys.load_table(TENANT)
    assert all(verify_api_key(key, at=house.clock.now()) for key in table)


async def test_keys_are_listed_oldest_first(house: House) -> None:
    for name in ("first", "second", "third"):
        await house.identity.keys.create(ADMIN, KeyRequest(name, ASSIST))
    assert [key.name for key in await house.identity.keys.list(ADMIN)] == [
        "first",
        "second",
        "third",
    ]


@pytest.mark.requirement(59)
async def test_a_rotated_key_works_on_for_a_while_and_both_count_as_one(house: House) -> None:
    budget = Budget(Measure.REQUESTS, Window.DAY, 5)
    request = KeyRequest("helpdesk", ASSIST, requests_per_minute=60, budgets=(budget,))
    keys, old = house.identity.keys, await house.identity.keys.create(ADMIN, request)
    new = await keys.rotate(ADMIN, old.key.id, overlap=timedelta(hours=8))
    assert new.text != old.text and new.key.principal == old.key.principal
    assert new.key.every_budget == old.key.every_budget
    assert (new.key.requests_per_minute, new.key.expires_at) == (60, None)
    third = await keys.rotate(ADMIN, new.key.id)
    assert third.key.holder == old.key.id, "a line keeps its name"
    table = await keys.load_table(TENANT)
    ends = house.clock.now() + timedelta(hours=8)
    kept = table.get(parse_api_key(old.text))
    assert kept.expires_at == ends
    assert verify_api_key(kept, at=ends - timedelta(seconds=1))
    with pytest.raises(KeyRefused):
        verify_api_key(kept, at=ends)
    assert (await house.kinds())[-1] == "api_key.rotated"
    await keys.revoke(ADMIN, third.key.id)
    with pytest.raises(UnacceptableKey, match="ended") as refused:
        await keys.rotate(ADMIN, third.key.id)
    assert "makes one" in refused.value.advice
    with pytest.raises(UnknownKeyId):
        await keys.rotate(ADMIN, "nobody")


@pytest.mark.requirement(59)
async def test_a_key_that_was_to_end_sooner_still_does(house: House) -> None:
    request = KeyRequest("helpdesk", ASSIST, expires_in=timedelta(hours=2))
    keys, old = house.identity.keys, await house.identity.keys.create(ADMIN, request)
    house.clock.advance(3600)
    new = await keys.rotate(ADMIN, old.key.id, overlap=timedelta(days=900))
    assert new.key.expires_at == house.clock.now() + timedelta(hours=2)
    kept = (await keys.load_table(TENANT)).get(parse_api_key(old.text))
    assert kept.expires_at == old.key.expires_at


@pytest.mark.requirement(57, 59)
@pytest.mark.complaint(19)
async def test_a_key_ends_with_its_owners_account(house: House) -> None:
    ben = await house.add_person("Ben")
    keys = house.identity.keys
    owned = await keys.create(ADMIN, KeyRequest("Ben's", ASSIST, owner=ben.id))
    other = await keys.create(ADMIN, KeyRequest("helpdesk", ASSIST))
    before = await generation(house)
    await house.people.people.disable(ADMIN, ben.id)
    assert await generation(house) == before + 1
    table = await keys.load_table(TENANT)
    with pytest.raises(KeyRefused):
        verify_api_key(table.get(parse_api_key(owned.text)), at=house.clock.now())
    assert verify_api_key(table.get(parse_api_key(other.text)), at=house.clock.now())
    for nobody in (ben.id, PrincipalId("nobody")):
        with pytest.raises(UnacceptableKey, match="own"):
            await keys.create(ADMIN, KeyRequest("late", ASSIST, owner=nobody))


@pytest.mark.requirement(59)
async def test_the_last_use_is_kept_and_wakes_nobody(house: House) -> None:
    keys = house.identity.keys
    made, before = await keys.create(ADMIN, KeyRequest("helpdesk", ASSIST)), await generation(house)
    at = house.clock.now()
    await keys.note_uses(TENANT, {made.key.id: at, "gone": at})
    await keys.note_uses(TENANT, {made.key.id: at - timedelta(hours=1)})
    (listed,) = await keys.list(ADMIN)
    assert listed.last_used_at == at
    assert await generation(house) == before
