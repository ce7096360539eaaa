"""Keys: made once, the same everywhere, gone when destroyed."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from curtilage.core.models import PrincipalId, Scope, SubjectId, TenantId
from curtilage.vault.errors import (
    ClockImplausible,
    KeyDestroyed,
    KeyTableDamaged,
    SealBroken,
    UnknownKey,
    UnknownSpan,
    UnknownTenant,
)
from curtilage.vault.models import OwnerKind, OwnerRow, ScopeRow
from curtilage.vault.ports import KeyTable
from curtilage.vault.rules import UNKNOWN_BACKUPS, epoch_at, epoch_end
from curtilage.vault.seal import EVENT_PARTS, EventSealer, derive, event_key_id, open_event_part
from curtilage.vault.service import FRESH_SECONDS, Vault
from curtilage.vault.settings import VaultSettings
from tests.builders import PERSON, SERVICE, a_scope
from tests.fakes import FixedClock
from tests.fakes.clock import START
from tests.unit.vault.conftest import OpenVault

ANNE = SubjectId("person-anne")


def scope_of(vault: Vault, **given: Any) -> Scope:
    return a_scope(tenant=vault.tenant(), **given)


class PausedTable:
    """A key table that stops before it looks for a scope, until it is told to go on."""

    def __init__(self, table: KeyTable) -> None:
        self._table = table
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    async def find_scopes(
        self, tenant: TenantId, owner: bytes, lookup: bytes
    ) -> Sequence[ScopeRow]:
        self.reached.set()
        await self.go_on.wait()
        return await self._table.find_scopes(tenant, owner, lookup)


class CountingTable:
    """A key table that counts how often it looks for somebody's key."""

    def __init__(self, table: KeyTable) -> None:
        self._table = table
        self.looked = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    async def find_owner(self, tenant: TenantId, lookup: bytes) -> OwnerRow | None:
        self.looked += 1
        return await self._table.find_owner(tenant, lookup)


async def test_a_scope_has_the_same_key_every_time(vault: Vault) -> None:
    first = await vault.load_scope(scope_of(vault))
    vault.forget()
    assert await vault.load_scope(scope_of(vault)) == first
    assert len(first.current[1]) == 32


async def test_another_process_loads_the_same_keys(vault: Vault, opened: OpenVault) -> None:
    scope = scope_of(vault, subject=PERSON)
    other = await opened()
    assert other.tenant() == vault.tenant()
    assert await other.load_scope(scope) == await vault.load_scope(scope)


async def test_every_scope_has_a_key_of_its_own(vault: Vault) -> None:
    scopes = [
        scope_of(vault),
        scope_of(vault, name="conversation-8"),
        scope_of(vault, principal=PrincipalId("service-desk")),
        scope_of(vault, subject=PERSON),
        scope_of(vault, subject=ANNE),
        scope_of(vault, span="collection"),
        scope_of(vault, span="epoch"),
    ]
    loaded = [await vault.load_scope(scope) for scope in scopes]
    assert len({each.current[1] for each in loaded}) == len(scopes)
    assert len({each.key_id for each in loaded}) == len(scopes)


async def test_pseudonyms_are_the_same_in_every_scope_and_tell_nothing(vault: Vault) -> None:
    one = await vault.load_scope(scope_of(vault, subject=PERSON))
    two = await vault.load_scope(scope_of(vault, subject=PERSON, name="conversation-8"))
    plain = await vault.load_scope(scope_of(vault))
    assert (one.actor, one.subject) == (two.actor, two.subject)
    assert (plain.actor, plain.subject) == (one.actor, "")
    assert one.actor == await vault.actor_pseudonym(vault.tenant(), SERVICE)
    assert one.subject == await vault.subject_pseudonym(vault.tenant(), PERSON)
    assert one.actor != one.subject
    assert PERSON not in one.subject


async def test_one_id_as_principal_and_as_subject_is_two_pseudonyms(vault: Vault) -> None:
    actor = await vault.actor_pseudonym(vault.tenant(), PrincipalId("same"))
    assert actor != await vault.subject_pseudonym(vault.tenant(), SubjectId("same"))


async def test_a_pseudonym_is_kept_until_a_key_is_destroyed_here_or_elsewhere(
    vault: Vault, opened: OpenVault, clock: FixedClock
) -> None:
    other, tenant = await opened(), vault.tenant()
    name = await other.subject_pseudonym(tenant, PERSON)
    counting = CountingTable(other.table)
    other.table = cast("KeyTable", counting)
    assert await other.subject_pseudonym(tenant, PERSON) == name
    assert counting.looked == 0
    await vault.destroy_person(tenant, PERSON)
    with pytest.raises(KeyDestroyed):
        await vault.subject_pseudonym(tenant, PERSON)
    clock.advance(FRESH_SECONDS)
    with pytest.raises(KeyDestroyed):
        await other.subject_pseudonym(tenant, PERSON)


async def test_no_more_pseudonyms_are_kept_than_scopes(opened: OpenVault) -> None:
    vault = await opened()
    vault.held = 2
    people = [SubjectId(f"person-{number}") for number in range(3)]
    names = [await vault.subject_pseudonym(vault.tenant(), each) for each in people]
    counting = CountingTable(vault.table)
    vault.table = cast("KeyTable", counting)
    assert await vault.subject_pseudonym(vault.tenant(), people[2]) == names[2]
    assert counting.looked == 0
    assert await vault.subject_pseudonym(vault.tenant(), people[0]) == names[0]
    assert counting.looked == 1


async def test_callers_that_miss_at_once_share_one_load(vault: Vault) -> None:
    scope = scope_of(vault, subject=PERSON)
    loaded = await asyncio.gather(*(vault.load_scope(scope) for _ in range(20)))
    assert all(each is loaded[0] for each in loaded)
    assert (await vault.status()).scopes == 1


async def test_a_caller_that_gives_up_takes_nobody_with_it(vault: Vault) -> None:
    scope = scope_of(vault)
    first = asyncio.create_task(vault.load_scope(scope))
    second = asyncio.create_task(vault.load_scope(scope))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).scope == scope


async def test_a_session_keeps_its_epoch_however_long_it_lasts(
    vault: Vault, clock: FixedClock
) -> None:
    first = await vault.load_scope(scope_of(vault))
    clock.advance(timedelta(days=400))
    vault.forget()
    again = await vault.load_scope(scope_of(vault))
    assert again == first
    assert again.expires_at is None
    assert again.older == ()
    assert again.begun_at == START


async def test_an_epoch_changes_its_key_and_carries_the_one_before(
    vault: Vault, clock: FixedClock
) -> None:
    scope = scope_of(vault, span="epoch", name="")
    first = await vault.load_scope(scope)
    now = epoch_at(clock.now())
    assert first.current[0] == now
    assert first.older == ()
    assert first.expires_at == epoch_end(now)
    assert first.begun_at == START, "at its first use, not with the epoch"
    clock.step(epoch_end(now) - clock.now() - timedelta(microseconds=1))
    assert await vault.load_scope(scope) is first
    clock.step(timedelta(microseconds=1))
    second = await vault.load_scope(scope)
    assert second.current[0] == now + 1
    assert second.older == (first.current,)
    assert second.begun_at == clock.now()
    clock.advance(timedelta(days=60))
    third = await vault.load_scope(scope)
    assert third.current[0] == now + 3
    assert third.older == ()


async def test_a_clock_that_goes_back_over_the_boundary_keeps_the_new_epoch(
    vault: Vault, clock: FixedClock
) -> None:
    scope = scope_of(vault, span="epoch")
    clock.step(epoch_end(epoch_at(clock.now())) - clock.now())
    ahead = await vault.load_scope(scope)
    clock.step(timedelta(seconds=-5))
    vault.forget()
    assert await vault.load_scope(scope) == ahead


async def test_a_clock_before_2020_loads_nothing(vault: Vault, clock: FixedClock) -> None:
    clock.step(timedelta(days=-9000))
    with pytest.raises(ClockImplausible):
        await vault.load_scope(scope_of(vault))


async def test_what_is_not_a_scope_of_ours_is_refused(vault: Vault) -> None:
    with pytest.raises(UnknownTenant):
        await vault.load_scope(a_scope(tenant=TenantId("tenant-quarry")))
    with pytest.raises(UnknownSpan):
        await vault.load_scope(scope_of(vault, span="forever"))
    with pytest.raises(UnknownTenant):
        await vault.destroy_person(TenantId("tenant-quarry"), PERSON)
    assert (await vault.status()).scopes == 0


async def test_a_destroyed_person_is_refused_for_ever_and_everywhere(
    vault: Vault, opened: OpenVault, clock: FixedClock
) -> None:
    scope = scope_of(vault, subject=PERSON)
    other = await opened()
    await other.load_scope(scope)
    report = await vault.destroy_person(vault.tenant(), PERSON)
    assert report.existed
    assert report.residual == ()
    with pytest.raises(KeyDestroyed):
        await vault.load_scope(scope)
    clock.advance(FRESH_SECONDS)
    with pytest.raises(KeyDestroyed):
        await other.load_scope(scope)
    with pytest.raises(KeyDestroyed):
        await vault.subject_pseudonym(vault.tenant(), PERSON)
    with pytest.raises(KeyDestroyed):
        await (await opened()).load_scope(scope._replace(name="a new conversation"))


async def test_destroying_one_leaves_the_others(vault: Vault) -> None:
    scopes = [scope_of(vault), scope_of(vault, subject=ANNE)]
    before = [await vault.load_scope(scope) for scope in scopes]
    await vault.load_scope(scope_of(vault, subject=PERSON))
    await vault.destroy_person(vault.tenant(), PERSON)
    assert [await vault.load_scope(scope) for scope in scopes] == before


async def test_a_person_who_signs_in_loses_both_keys(vault: Vault) -> None:
    principal = PrincipalId("person-ada-signed-in")
    actor = scope_of(vault, principal=principal)
    await vault.load_scope(actor)
    await vault.destroy_person(vault.tenant(), PERSON, principal=principal)
    with pytest.raises(KeyDestroyed):
        await vault.load_scope(actor)
    with pytest.raises(KeyDestroyed):
        await vault.load_scope(scope_of(vault, principal=principal, subject=ANNE))


async def test_a_subject_of_the_same_name_does_not_take_a_service_with_it(vault: Vault) -> None:
    before = await vault.load_scope(scope_of(vault))
    await vault.destroy_person(vault.tenant(), SubjectId(SERVICE))
    assert await vault.load_scope(scope_of(vault)) == before


async def test_destroying_reports_two_dates_and_doing_it_again_the_same(
    opened: OpenVault, clock: FixedClock
) -> None:
    vault = await opened(VaultSettings(key_backups_expire_days=14))
    await vault.load_scope(scope_of(vault, subject=PERSON))
    first = await vault.destroy_person(vault.tenant(), PERSON)
    assert first.unreadable_since == clock.now()
    assert first.irrecoverable_by == clock.now() + timedelta(days=14)
    clock.advance(timedelta(days=3))
    assert await vault.destroy_person(vault.tenant(), PERSON) == first


async def test_nobody_knows_the_second_date_where_it_was_not_declared(vault: Vault) -> None:
    report = await vault.destroy_person(vault.tenant(), PERSON)
    assert not report.existed
    assert (report.irrecoverable_by, report.reason) == (None, UNKNOWN_BACKUPS[False])
    with pytest.raises(KeyDestroyed):
        await vault.load_scope(scope_of(vault, subject=PERSON))


async def test_what_a_person_sealed_is_unreadable_once_their_key_is_destroyed(
    vault: Vault,
) -> None:
    loaded = await vault.load_scope(scope_of(vault, subject=PERSON))
    key = derive(loaded.current[1], EVENT_PARTS)
    part = EventSealer(key, key_id=loaded.key_id).seal(b"ada@orchard.example", "event-1")
    found = await vault.load_event_key(PERSON, OwnerKind.PERSON, key_id=event_key_id(part))
    assert open_event_part(found, part, "event-1") == b"ada@orchard.example"
    with pytest.raises(UnknownKey):
        await vault.load_event_key(ANNE, OwnerKind.PERSON, key_id=event_key_id(part))
    await vault.destroy_person(vault.tenant(), PERSON)
    with pytest.raises((KeyDestroyed, UnknownKey)):
        await vault.load_event_key(PERSON, OwnerKind.PERSON, key_id=event_key_id(part))


async def test_a_destruction_during_a_load_is_not_forgotten(vault: Vault) -> None:
    scope = scope_of(vault, subject=PERSON)
    table = PausedTable(vault.table)
    vault.table = cast("KeyTable", table)
    loading = asyncio.create_task(vault.load_scope(scope))
    await table.reached.wait()
    await vault.destroy_person(vault.tenant(), PERSON)
    table.go_on.set()
    for waiting in (loading, vault.load_scope(scope)):
        with pytest.raises(KeyDestroyed):
            await waiting


async def test_a_scope_that_was_loaded_while_a_key_was_destroyed_is_not_kept(
    vault: Vault,
) -> None:
    table = PausedTable(vault.table)
    vault.table = cast("KeyTable", table)
    loading = asyncio.create_task(vault.load_scope(scope_of(vault, subject=ANNE)))
    await table.reached.wait()
    await vault.destroy_person(vault.tenant(), PERSON)
    table.go_on.set()
    loaded = await loading
    again = await vault.load_scope(scope_of(vault, subject=ANNE))
    assert again == loaded
    assert again is not loaded


async def test_a_load_that_is_cancelled_from_outside_leaves_nothing_behind(vault: Vault) -> None:
    waiting = asyncio.create_task(vault.load_scope(scope_of(vault)))
    others = {waiting, asyncio.current_task()}
    while not (loading := asyncio.all_tasks() - others):
        await asyncio.sleep(0)
    for task in loading:
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (await vault.load_scope(scope_of(vault))).scope == scope_of(vault)


async def test_a_secret_is_found_once_it_was_made(vault: Vault, opened: OpenVault) -> None:
    assert await vault.find_secret("canaries") is None
    assert await vault.find_secret("canaries") is None
    made = await (await opened()).secret("canaries")
    assert await vault.find_secret("canaries") == made


async def test_a_secret_is_made_once_for_each_name(vault: Vault, opened: OpenVault) -> None:
    assert await (await opened()).secret("forms") == await vault.secret("forms")
    assert await vault.secret("forms") != await vault.secret("counters")
    assert await vault.secret("ledger") != (await vault.signing_key("ledger")).private_bytes_raw()


async def test_the_generation_counts_every_destroyed_key(vault: Vault, opened: OpenVault) -> None:
    other = await opened()
    assert await other.generation() == 0
    await vault.destroy_person(vault.tenant(), PERSON)
    await vault.destroy_principal(vault.tenant(), SERVICE)
    assert await other.generation() == 2


async def test_who_saw_the_generation_change_is_not_given_what_was_loaded_before(
    vault: Vault, opened: OpenVault
) -> None:
    """The control process tells workers to forget, and they ask again at once."""
    scope, other = scope_of(vault, subject=PERSON), await opened()
    await other.load_scope(scope)
    await vault.destroy_person(vault.tenant(), PERSON)
    assert await other.generation() == 1
    with pytest.raises(KeyDestroyed):
        await other.load_scope(scope)


async def test_a_load_under_way_when_a_key_is_destroyed_is_nobody_elses(
    vault: Vault, opened: OpenVault
) -> None:
    other = await opened()
    await other.load_scope(scope_of(vault))
    under_way = asyncio.create_task(other.load_scope(scope_of(vault, name="second")))
    await asyncio.sleep(0)
    await vault.destroy_person(vault.tenant(), PERSON)
    await other.generation()
    assert await under_way == await other.load_scope(scope_of(vault, name="second"))


async def test_a_signing_key_is_made_once_for_each_name(vault: Vault, opened: OpenVault) -> None:
    first = (await vault.signing_key("ledger")).private_bytes_raw()
    assert (await (await opened()).signing_key("ledger")).private_bytes_raw() == first
    assert (await vault.signing_key("tokens")).private_bytes_raw() != first


async def test_a_signing_key_is_found_without_being_made(vault: Vault) -> None:
    assert await vault.find_signing_key("ledger") is None
    made = (await vault.signing_key("ledger")).private_bytes_raw()
    found = await vault.find_signing_key("ledger")
    assert found is not None and found.private_bytes_raw() == made


async def test_the_key_table_holds_no_id_and_no_key(vault: Vault, key_dir: Path) -> None:
    scope = scope_of(vault, subject=PERSON, name="invented-conversation")
    loaded = await vault.load_scope(scope)
    seed = (await vault.signing_key("ledger")).private_bytes_raw()
    kept = await asyncio.to_thread((key_dir / "keys.db").read_bytes)
    secrets = [PERSON, SERVICE, scope.name, loaded.actor, loaded.subject]
    assert not [each for each in secrets if each.encode() in kept]
    assert loaded.current[1] not in kept
    assert seed not in kept


async def test_no_key_shows_in_a_repr(vault: Vault) -> None:
    loaded = await vault.load_scope(scope_of(vault, subject=PERSON))
    shown = repr(loaded) + repr(vault) + repr(vault.table) + repr(vault.roots)
    assert repr(loaded.current[1]) not in shown
    assert loaded.current[1].hex() not in shown
    assert PERSON not in shown


async def test_a_key_moved_to_another_row_does_not_open(vault: Vault, opened: OpenVault) -> None:
    one = scope_of(vault, subject=PERSON)
    await vault.load_scope(one)
    await vault.load_scope(scope_of(vault, subject=ANNE))
    swap = """UPDATE owner_key SET wrapped = (SELECT o.wrapped FROM owner_key o
        WHERE o.lookup <> owner_key.lookup AND o.wrapped IS NOT NULL LIMIT 1)"""
    await vault.table._write(lambda c: c.execute(swap))  # type: ignore[attr-defined]
    with pytest.raises(SealBroken):
        await (await opened()).load_scope(one)


async def test_a_table_without_its_tenant_key_is_damaged(vault: Vault) -> None:
    def remove(connection: Any) -> None:
        connection.execute("PRAGMA defer_foreign_keys=ON")
        connection.execute("DELETE FROM named_key")
        connection.execute("DELETE FROM tenant_key")

    await vault.table._write(remove)  # type: ignore[attr-defined]
    vault.forget()
    with pytest.raises(KeyTableDamaged):
        await vault.load_scope(scope_of(vault))


async def test_a_full_house_drops_the_scope_that_was_used_longest_ago(vault: Vault) -> None:
    vault.held = 3
    scopes = [scope_of(vault, name=f"conversation-{n}") for n in range(4)]
    loaded = [await vault.load_scope(scope) for scope in scopes[:3]]
    assert await vault.load_scope(scopes[0]) is loaded[0]
    await vault.load_scope(scopes[3])
    assert await vault.load_scope(scopes[0]) is loaded[0]
    assert await vault.load_scope(scopes[1]) is not loaded[1]
