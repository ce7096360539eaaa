"""The key table refuses what contradicts it."""

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from curtilage.core.db.errors import ConstraintViolated, DatabaseFull
from curtilage.core.models import TenantId
from curtilage.vault.errors import (
    KeyDestroyed,
    KeyTableDamaged,
    RootKeyProblem,
    RotationUnfinished,
    StaleVersion,
)
from curtilage.vault.models import NamedRow, OwnerRow, RootKey, TenantRow
from curtilage.vault.service import Vault
from curtilage.vault.store.sqlite import MARK_UNCLEAN
from curtilage.vault.store.sqlite_commits import transact
from curtilage.vault.tenants import load_tenant_keys
from curtilage.vault.wrap import make_root_key, tenant_context, wrap
from tests.builders import PERSON, SERVICE
from tests.fakes import FixedClock, FixedEntropy
from tests.unit.vault.test_service import scope_of

TENANT = TenantId("tenant-orchard")


def tamper(key_dir: Path, *statements: str) -> None:
    """Change the table as somebody with the file would, past foreign keys."""
    with sqlite3.connect(key_dir / "keys.db") as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def drop_inserts(key_dir: Path, table: str) -> None:
    tamper(
        key_dir,
        f"CREATE TRIGGER swallow BEFORE INSERT ON {table} BEGIN SELECT RAISE(IGNORE); END",
    )


# The columns of version 1, those of the primary key first: a backup of any release has them.
TABLES_V1 = {
    "meta": "name value",
    "tenant_key": "tenant version wrapped",
    "named_key": "tenant name version wrapped",
    "owner_key": "tenant lookup version wrapped created_at destroyed_at",
    "scope_key": "tenant owner lookup epoch id wrapped created_at",
}


async def test_the_tables_of_version_1_never_change(vault: Vault, key_dir: Path) -> None:
    await vault.load_scope(scope_of(vault))
    with sqlite3.connect(key_dir / "keys.db") as kept:
        tables = [name for (name,) in kept.execute("SELECT name FROM pragma_table_list")]
        columns = {
            name: " ".join(row[1] for row in kept.execute(f"PRAGMA table_info({name})"))
            for name in tables
            if not name.startswith("sqlite_")
        }
        version = kept.execute("PRAGMA user_version").fetchone()
    kept.close()
    assert (columns, version) == (TABLES_V1, (1,))


async def test_rows_under_a_version_that_is_gone_are_damage(vault: Vault, key_dir: Path) -> None:
    await vault.load_scope(scope_of(vault))
    vault.forget()
    tamper(key_dir, "UPDATE owner_key SET version = 9")
    with pytest.raises(KeyTableDamaged):
        await vault.load_scope(scope_of(vault))


async def test_a_table_that_keeps_nothing_is_damaged(vault: Vault, key_dir: Path) -> None:
    drop_inserts(key_dir, "owner_key")
    with pytest.raises(KeyTableDamaged):
        await vault.load_scope(scope_of(vault))


async def test_a_table_that_keeps_no_named_key_is_damaged(vault: Vault, key_dir: Path) -> None:
    drop_inserts(key_dir, "named_key")
    with pytest.raises(KeyTableDamaged):
        await vault.signing_key("ledger")


async def test_a_scope_key_that_was_not_kept_is_not_used(vault: Vault, key_dir: Path) -> None:
    drop_inserts(key_dir, "scope_key")
    with pytest.raises(KeyDestroyed):
        await vault.load_scope(scope_of(vault))


async def test_a_tenant_key_that_was_not_kept_ends_the_rotation(
    vault: Vault, key_dir: Path
) -> None:
    before = await vault.load_scope(scope_of(vault))
    drop_inserts(key_dir, "tenant_key")
    with pytest.raises(RotationUnfinished):
        await vault.rotate_tenant()
    vault.forget()
    assert await vault.load_scope(scope_of(vault)) == before


async def test_a_table_without_its_facts_is_damaged(vault: Vault, key_dir: Path) -> None:
    tamper(key_dir, "DELETE FROM meta WHERE name = 'generation'")
    with pytest.raises(KeyTableDamaged):
        await vault.generation()


async def test_a_version_in_use_is_not_retired(vault: Vault) -> None:
    assert not await vault.table.retire(vault.tenant(), 2)
    assert await vault.table.retire(vault.tenant(), 1)


async def test_a_row_under_a_version_that_never_was_is_stale(
    vault: Vault, clock: FixedClock
) -> None:
    row = OwnerRow(vault.tenant(), b"lookup", 7, b"wrapped")
    with pytest.raises(StaleVersion):
        await vault.table.add_owner(row, clock.now())
    with pytest.raises(StaleVersion):
        await vault.table.add_named(NamedRow(vault.tenant(), "name", 7, b"wrapped"))


async def test_a_key_without_its_version_is_refused(vault: Vault, clock: FixedClock) -> None:
    with pytest.raises(ConstraintViolated):
        await vault.table.add_owner(OwnerRow(vault.tenant(), b"x", None, b"w"), clock.now())


async def test_the_root_key_changes_only_from_the_one_in_use(vault: Vault) -> None:
    with pytest.raises(StaleVersion):
        await vault.table.change_root("another", "next", lambda row: row.wrapped)
    row = TenantRow(vault.tenant(), 2, b"wrapped")
    await vault.table.add_tenant_key(row, "another")
    _, rows = await vault.table.tenant_keys(vault.tenant())
    assert [each.version for each in rows] == [1]


async def test_bytes_that_cannot_be_driven_out_are_reported(vault: Vault, key_dir: Path) -> None:
    await vault.load_scope(scope_of(vault))
    tamper(key_dir, MARK_UNCLEAN)
    _, (row,) = await vault.table.tenant_keys(vault.tenant())
    assert await vault.table.drive_out(row.wrapped) == ["keys.db"]
    assert await vault.table.drive_out(None) == []


async def test_an_error_after_the_transaction_ended_is_passed_on() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)

    def end_and_fail(inner: sqlite3.Connection) -> None:
        inner.execute("ROLLBACK")
        raise LookupError

    with pytest.raises(LookupError):
        transact(connection, end_and_fail)
    connection.close()


async def test_writes_that_wait_together_fail_one_by_one(vault: Vault, clock: FixedClock) -> None:
    rows = [OwnerRow(vault.tenant(), bytes([n]), 7 if n == 3 else 1, b"w") for n in range(6)]
    done = await asyncio.gather(
        *(vault.table.add_owner(row, clock.now()) for row in rows), return_exceptions=True
    )
    assert [type(each) for each in done if each] == [StaleVersion]
    kept = [await vault.table.find_owner(vault.tenant(), row.lookup) for row in rows]
    assert [row is not None for row in kept] == [True, True, True, False, True, True]


async def test_a_commit_that_fails_is_told_to_all_who_shared_it(
    vault: Vault, clock: FixedClock, key_dir: Path
) -> None:
    limit = "PRAGMA max_page_count=1"
    table = vault.table
    await table._run(lambda: table._connection.execute(limit).fetchall())  # type: ignore[attr-defined]
    tamper(key_dir, "CREATE TABLE filler (x)", "INSERT INTO filler VALUES (zeroblob(9000))")
    big = [OwnerRow(vault.tenant(), bytes([n]), 1, bytes(20_000)) for n in range(4)]
    done = await asyncio.gather(
        *(table.add_owner(row, clock.now()) for row in big), return_exceptions=True
    )
    assert [type(each) for each in done] == [DatabaseFull] * 4
    assert (await vault.status()).owners == 0


async def test_counts_tell_keys_from_destroyed_ones(vault: Vault) -> None:
    await vault.load_scope(scope_of(vault, subject=PERSON))
    await vault.destroy_principal(vault.tenant(), SERVICE)
    status = await vault.status()
    assert (status.owners, status.destroyed, status.scopes) == (1, 1, 1)


class RotatedMeanwhile:
    """A table that is read just before, and again just after, a rotation of the root key."""

    def __init__(self, *reads: tuple[str, Sequence[TenantRow]]) -> None:
        self._reads = list(reads)

    async def tenant_keys(self, _tenant: TenantId) -> tuple[str, Sequence[TenantRow]]:
        return self._reads.pop(0)


class OneRoot:
    """Root keys of which one is left."""

    def __init__(self, root: RootKey) -> None:
        self._root = root

    def load(self, id: str) -> RootKey:
        if id != self._root.id:
            raise RootKeyProblem
        return self._root


async def test_a_root_key_that_was_rotated_between_two_reads_is_read_again() -> None:
    old, new = make_root_key(bytes(32)), make_root_key(bytes(range(32)))
    context, entropy = tenant_context(TENANT, 1), FixedEntropy()
    key = b"k" * 32
    before = (old.id, [TenantRow(TENANT, 1, wrap(old.key, key, context, entropy))])
    after = (new.id, [TenantRow(TENANT, 1, wrap(new.key, key, context, entropy))])
    table = RotatedMeanwhile(before, after)
    assert await load_tenant_keys(table, OneRoot(new), TENANT) == (new.id, {1: key})  # type: ignore[arg-type]
    with pytest.raises(RootKeyProblem):
        await load_tenant_keys(RotatedMeanwhile(before, before), OneRoot(new), TENANT)  # type: ignore[arg-type]
