"""Rotation: outer keys change, inner ones and data do not."""

import asyncio
from pathlib import Path

import pytest

from curtilage.vault.adapters.root_file import RootKeyFile
from curtilage.vault.errors import RotationUnfinished
from curtilage.vault.rotation import BATCH
from curtilage.vault.service import Vault
from curtilage.vault.wrap import make_root_key
from tests.builders import PERSON
from tests.unit.vault.conftest import OpenVault
from tests.unit.vault.test_service import scope_of


def root_text(key_dir: Path) -> bytes:
    return (key_dir / "root.key").read_bytes()


async def test_rotating_the_root_key_changes_the_file_and_no_key_below(
    vault: Vault, opened: OpenVault, key_dir: Path
) -> None:
    before, text = await vault.load_scope(scope_of(vault)), root_text(key_dir)
    rotation = await vault.rotate_root()
    assert rotation.rewrapped == 1
    assert root_text(key_dir) != text
    assert (await vault.status()).root_key_id == rotation.version
    vault.forget()
    assert await vault.load_scope(scope_of(vault)) == before
    assert await (await opened()).load_scope(scope_of(vault)) == before
    assert not (key_dir / "root.key.next").exists()


async def test_rotating_the_tenant_key_wraps_every_key_anew(
    vault: Vault, opened: OpenVault, key_dir: Path
) -> None:
    scopes = [scope_of(vault, subject=f"person-{n}") for n in range(5)]
    before = [await vault.load_scope(scope) for scope in scopes]
    seed = (await vault.signing_key("ledger")).private_bytes_raw()
    _, (old,) = await vault.table.tenant_keys(vault.tenant())
    rotation = await vault.rotate_tenant()
    assert rotation.version == "2"
    assert rotation.rewrapped == 5 + 1 + 2  # people, the service, look-up and signing key
    _, rows = await vault.table.tenant_keys(vault.tenant())
    assert [row.version for row in rows] == [2]
    assert old.wrapped not in await asyncio.to_thread((key_dir / "keys.db").read_bytes)
    again = await opened()
    assert [await again.load_scope(scope) for scope in scopes] == before
    assert (await again.signing_key("ledger")).private_bytes_raw() == seed


async def test_a_process_that_runs_meanwhile_goes_on(vault: Vault, opened: OpenVault) -> None:
    running = await opened()
    before = await running.load_scope(scope_of(vault))
    await vault.rotate_tenant()
    await vault.rotate_root()
    await running.load_scope(scope_of(vault, subject=PERSON))
    running.forget()
    assert await running.load_scope(scope_of(vault)) == before


async def test_keys_made_during_a_rotation_are_not_lost(vault: Vault, opened: OpenVault) -> None:
    running = await opened()
    scopes = [scope_of(vault, subject=f"person-{n}") for n in range(60)]

    async def load_all() -> list[tuple[int, bytes]]:
        return [(await running.load_scope(scope)).current for scope in scopes]

    async def rotate() -> None:
        for _ in range(4):
            await vault.rotate_tenant()
            await vault.rotate_root()

    made, _ = await asyncio.gather(load_all(), rotate())
    fresh = await opened()
    assert [(await fresh.load_scope(scope)).current for scope in scopes] == made


async def test_more_keys_than_one_batch_are_wrapped_anew(vault: Vault, opened: OpenVault) -> None:
    await vault.load_scope(scope_of(vault))
    copy = """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
        INSERT INTO owner_key SELECT tenant, randomblob(32), NULL, NULL, created_at, created_at
        FROM owner_key, n"""
    await vault.table._write(lambda c: c.execute(copy, (BATCH * 2,)))  # type: ignore[attr-defined]
    rotation = await vault.rotate_tenant()
    assert rotation.rewrapped == 2  # destroyed ones have nothing to wrap
    await (await opened()).load_scope(scope_of(vault))


async def test_two_rotations_of_the_tenant_key_at_once_both_end(
    vault: Vault, opened: OpenVault
) -> None:
    before = await vault.load_scope(scope_of(vault))
    other = await opened()
    await asyncio.gather(vault.rotate_tenant(), other.rotate_tenant())
    assert await (await opened()).load_scope(scope_of(vault)) == before


async def test_only_one_rotation_of_the_root_key_runs(vault: Vault, opened: OpenVault) -> None:
    other = await opened()
    with vault.roots.alone(), pytest.raises(RotationUnfinished):
        await other.rotate_root()
    await other.rotate_root()


async def test_a_crash_before_the_table_changed_is_settled_at_the_next_start(
    vault: Vault, opened: OpenVault, key_dir: Path
) -> None:
    before, text = await vault.load_scope(scope_of(vault)), root_text(key_dir)
    vault.roots.choose_next(lambda: make_root_key(bytes(32)))
    assert await (await opened()).load_scope(scope_of(vault)) == before
    assert root_text(key_dir) == text
    assert not (key_dir / "root.key.next").exists()


class Crash(Exception):
    """The power goes."""


class CrashingRoots(RootKeyFile):
    """A root key file whose second settling never happens."""

    def __init__(self, key_dir: Path) -> None:
        super().__init__(key_dir)
        self._settled = False

    def settle(self, id: str) -> None:
        if self._settled:
            raise Crash
        self._settled = True
        super().settle(id)


async def test_a_crash_after_the_table_changed_is_settled_at_the_next_start(
    vault: Vault, opened: OpenVault, key_dir: Path
) -> None:
    before, text = await vault.load_scope(scope_of(vault)), root_text(key_dir)

    vault.roots = CrashingRoots(key_dir)
    with pytest.raises(Crash):
        await vault.rotate_root()
    assert (key_dir / "root.key.next").exists()
    assert await (await opened()).load_scope(scope_of(vault)) == before
    assert root_text(key_dir) != text
    assert not (key_dir / "root.key.next").exists()
