"""Every key table keeps the same promises: a file of one node, a database of several."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from curtilage.core.db.errors import ConstraintViolated
from curtilage.core.models import Scope, TenantId
from curtilage.vault.build import open_vault
from curtilage.vault.errors import KeyDestroyed, RootKeyProblem, StaleVersion
from curtilage.vault.models import NamedRow, OwnerRow, ScopeRow, TenantRow
from curtilage.vault.ports import KeyTable
from curtilage.vault.service import Vault
from curtilage.vault.settings import VaultSettings
from tests.builders import PERSON, SERVICE
from tests.fakes import FixedClock, FixedEntropy

OpenVault = Callable[[], Awaitable[Vault]]
OTHER = TenantId("tenant-elsewhere")


@pytest.fixture
async def opened(key_dir: Path, database_url: str, clock: FixedClock) -> AsyncIterator[OpenVault]:
    """Opens vaults on one table, as several processes do; closes them all."""
    vaults: list[Vault] = []

    async def open_one() -> Vault:
        entropy = FixedEntropy(f"process {len(vaults)}")
        settings = VaultSettings(url=database_url)
        vaults.append(await open_vault(key_dir, clock=clock, entropy=entropy, settings=settings))
        return vaults[-1]

    yield open_one
    for vault in vaults:
        await vault.close()


@pytest.fixture
async def vault(opened: OpenVault) -> Vault:
    return await opened()


@pytest.fixture
def table(vault: Vault) -> KeyTable:
    return vault.table


def owner_of(vault: Vault, name: bytes, *, version: int = 1) -> OwnerRow:
    return OwnerRow(vault.tenant(), name, version, b"wrapped " + name)


def scope_row(vault: Vault, owner: bytes, epoch: int, id: bytes = b"") -> ScopeRow:
    return ScopeRow(vault.tenant(), owner, b"where", epoch, id or bytes([epoch]), b"wrapped")


def scope_of(vault: Vault, name: str = "one", *, person: bool = False) -> Scope:
    return Scope(vault.tenant(), SERVICE, PERSON if person else None, "session", name)


async def test_what_was_installed_first_stays(vault: Vault, table: KeyTable) -> None:
    first = TenantRow(OTHER, 1, b"other")
    await table.install(first, NamedRow(OTHER, "lookup", 1, b"other"), "another root")
    assert await table.find_tenant() == vault.tenant()
    root, rows = await table.tenant_keys(vault.tenant())
    assert root == await table.root_id() != "another root"
    assert [row.version for row in rows] == [1]


async def test_processes_make_the_same_keys(vault: Vault, opened: OpenVault) -> None:
    other = await opened()
    assert other.tenant() == vault.tenant()
    one, two = await asyncio.gather(
        vault.load_scope(scope_of(vault)), other.load_scope(scope_of(vault))
    )
    assert one == two
    keys = await asyncio.gather(vault.signing_key("ledger"), other.signing_key("ledger"))
    assert keys[0].private_bytes_raw() == keys[1].private_bytes_raw()


async def test_first_starts_at_once_make_one_installation(opened: OpenVault) -> None:
    vaults = await asyncio.gather(*(opened() for _ in range(4)))
    assert len({vault.tenant() for vault in vaults}) == 1
    loaded = await asyncio.gather(*(each.load_scope(scope_of(each)) for each in vaults))
    assert all(each == loaded[0] for each in loaded)


async def test_what_is_there_is_left_by_whoever_adds_it_again(
    vault: Vault, table: KeyTable, clock: FixedClock
) -> None:
    row = owner_of(vault, b"ada")
    await table.add_owner(row, clock.now())
    await table.add_owner(replace(row, wrapped=b"another"), clock.now())
    assert await table.find_owner(vault.tenant(), b"ada") == row
    named = NamedRow(vault.tenant(), "use", 1, b"wrapped")
    await table.add_named(named)
    await table.add_named(replace(named, wrapped=b"another"))
    assert await table.find_named(vault.tenant(), "use") == named


async def test_nothing_is_found_that_was_not_added(vault: Vault, table: KeyTable) -> None:
    assert await table.find_owner(vault.tenant(), b"nobody") is None
    assert await table.find_named(vault.tenant(), "nothing") is None
    assert await table.find_scopes(vault.tenant(), b"nobody", b"where") == []
    assert await table.find_scope_by_id(vault.tenant(), b"nothing") is None


async def test_rows_of_one_tenant_are_not_anothers(
    vault: Vault, table: KeyTable, clock: FixedClock
) -> None:
    await table.add_owner(owner_of(vault, b"ada"), clock.now())
    await table.add_scope(scope_row(vault, b"ada", 7), clock.now(), only=False)
    assert await table.find_owner(OTHER, b"ada") is None
    assert await table.find_scope_by_id(OTHER, bytes([7])) is None
    assert await table.counts(OTHER) == (0, 0, 0)


async def test_a_row_under_a_version_that_never_was_is_stale(
    vault: Vault, table: KeyTable, clock: FixedClock
) -> None:
    with pytest.raises(StaleVersion):
        await table.add_owner(owner_of(vault, b"ada", version=7), clock.now())
    with pytest.raises(StaleVersion):
        await table.add_named(NamedRow(vault.tenant(), "use", 7, b"wrapped"))
    with pytest.raises(ConstraintViolated):
        await table.add_owner(OwnerRow(vault.tenant(), b"x", None, b"w"), clock.now())


async def test_scopes_come_newest_first_and_are_found_by_id(
    vault: Vault, table: KeyTable, clock: FixedClock
) -> None:
    await table.add_owner(owner_of(vault, b"ada"), clock.now())
    for epoch in (5, 7, 6):
        await table.add_scope(scope_row(vault, b"ada", epoch), clock.now(), only=False)
    found = await table.find_scopes(vault.tenant(), b"ada", b"where")
    assert [(row.epoch, row.created_at) for row in found] == [
        (epoch, clock.now()) for epoch in (7, 6, 5)
    ]
    assert await table.find_scope_by_id(vault.tenant(), bytes([6])) == scope_row(vault, b"ada", 6)


async def test_a_pinned_scope_gets_one_key_whoever_comes_at_once(
    vault: Vault, table: KeyTable, clock: FixedClock
) -> None:
    await table.add_owner(owner_of(vault, b"ada"), clock.now())
    rows = [scope_row(vault, b"ada", epoch) for epoch in range(8)]
    await asyncio.gather(*(table.add_scope(row, clock.now(), only=True) for row in rows))
    assert len(await table.find_scopes(vault.tenant(), b"ada", b"where")) == 1


async def test_nobody_gets_scopes_without_a_key_of_their_own(
    vault: Vault, table: KeyTable, clock: FixedClock
) -> None:
    await table.add_scope(scope_row(vault, b"nobody", 1), clock.now(), only=False)
    await table.add_owner(owner_of(vault, b"ada"), clock.now())
    await table.destroy_owner(vault.tenant(), b"ada", clock.now())
    await table.add_scope(scope_row(vault, b"ada", 1), clock.now(), only=False)
    assert (await table.counts(vault.tenant()))[2] == 0


async def test_destroying_leaves_a_mark_and_no_scopes(
    vault: Vault, table: KeyTable, clock: FixedClock
) -> None:
    row = owner_of(vault, b"ada")
    await table.add_owner(row, clock.now())
    await table.add_scope(scope_row(vault, b"ada", 1), clock.now(), only=False)
    before = await table.generation()
    assert await table.destroy_owner(vault.tenant(), b"ada", clock.now()) == row
    assert await table.generation() == before + 1
    await table.add_owner(row, clock.now())
    again = await table.destroy_owner(vault.tenant(), b"ada", clock.now())
    assert again == OwnerRow(vault.tenant(), b"ada", None, None, clock.now())
    assert await table.generation() == before + 1
    assert await table.drive_out(row.wrapped) == []
    assert await table.find_scopes(vault.tenant(), b"ada", b"where") == []


async def test_a_mark_is_left_for_who_never_had_a_key(
    vault: Vault, table: KeyTable, clock: FixedClock
) -> None:
    assert await table.destroy_owner(vault.tenant(), b"nobody", clock.now()) is None
    await table.add_owner(owner_of(vault, b"nobody"), clock.now())
    found = await table.find_owner(vault.tenant(), b"nobody")
    assert found == OwnerRow(vault.tenant(), b"nobody", None, None, clock.now())


async def test_a_key_that_is_made_while_it_is_destroyed_is_gone(
    vault: Vault, table: KeyTable, clock: FixedClock
) -> None:
    for number in range(10):
        name = bytes([number])
        await table.add_owner(owner_of(vault, name), clock.now())
        await asyncio.gather(
            table.add_scope(scope_row(vault, name, 1, name * 16), clock.now(), only=False),
            table.destroy_owner(vault.tenant(), name, clock.now()),
        )
    assert (await table.counts(vault.tenant()))[1:] == (10, 0)


async def test_a_version_in_use_is_not_retired(vault: Vault, table: KeyTable) -> None:
    assert not await table.retire(vault.tenant(), 2)
    assert await table.retire(vault.tenant(), 1)


async def test_the_root_key_changes_only_from_the_one_in_use(vault: Vault, table: KeyTable) -> None:
    with pytest.raises(StaleVersion):
        await table.change_root("another", "next", lambda row: row.wrapped)
    await table.add_tenant_key(TenantRow(vault.tenant(), 2, b"wrapped"), "another")
    _, rows = await table.tenant_keys(vault.tenant())
    assert [each.version for each in rows] == [1]


async def test_a_rotation_of_the_tenant_key_changes_no_key_below(
    vault: Vault, opened: OpenVault
) -> None:
    scopes = [scope_of(vault, f"conversation-{number}", person=number > 2) for number in range(5)]
    before = [await vault.load_scope(scope) for scope in scopes]
    assert (await vault.rotate_tenant()).version == "2"
    _, rows = await vault.table.tenant_keys(vault.tenant())
    assert [row.version for row in rows] == [2]
    again = await opened()
    assert [await again.load_scope(scope) for scope in scopes] == before


async def test_keys_made_during_rotations_are_not_lost(vault: Vault, opened: OpenVault) -> None:
    running, other = await opened(), await opened()
    scopes = [scope_of(vault, f"conversation-{number}") for number in range(30)]

    async def load_all() -> list[tuple[int, bytes]]:
        return [(await running.load_scope(scope)).current for scope in scopes]

    made, *_ = await asyncio.gather(load_all(), vault.rotate_tenant(), other.rotate_tenant())
    fresh = await opened()
    assert [(await fresh.load_scope(scope)).current for scope in scopes] == made


async def test_a_destroyed_person_is_refused_in_every_process(
    vault: Vault, opened: OpenVault
) -> None:
    other, scope = await opened(), scope_of(vault, person=True)
    await other.load_scope(scope)
    done = await vault.destroy_person(vault.tenant(), PERSON)
    assert (done.existed, done.residual, done.irrecoverable_by) == (True, (), None)
    await other.generation()
    with pytest.raises(KeyDestroyed):
        await other.load_scope(scope)


async def test_the_root_key_of_another_table_is_refused(
    vault: Vault, opened: OpenVault, key_dir: Path
) -> None:
    text = (key_dir / "root.key").read_text(encoding="ascii")
    await _make_another(key_dir)
    with pytest.raises(RootKeyProblem):
        await opened()
    (key_dir / "root.key").write_text(text, encoding="ascii")
    assert (await opened()).tenant() == vault.tenant()


async def _make_another(key_dir: Path) -> None:
    elsewhere = key_dir.with_name("elsewhere")
    vault = await open_vault(elsewhere, clock=FixedClock(), entropy=FixedEntropy("elsewhere"))
    await vault.close()
    (key_dir / "root.key").write_bytes((elsewhere / "root.key").read_bytes())
