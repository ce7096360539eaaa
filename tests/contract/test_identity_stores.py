"""The stores of identity keep one promise on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from curtilage.core.db.engine import Database
from curtilage.core.db.errors import ConstraintViolated
from curtilage.core.models import PrincipalId, PrincipalKind, PurposeKey, TenantId
from curtilage.identity.models import ApiKey
from curtilage.identity.store.keys import SqlKeyStore
from curtilage.identity.store.tables import IDENTITY
from tests.fakes.clock import START

OURS, THEIRS = TenantId("tenant-orchard"), TenantId("tenant-harbour")
HOUR = timedelta(hours=1)

KEY = ApiKey(
    id="key-1",
    tenant=OURS,
    principal=PrincipalId("service-1"),
    name="Ünïcode & 'quotes'",
    digest=b"\x00\xff" * 16,
    created_at=START,
    kind=PrincipalKind.AGENT,
    purposes=frozenset({PurposeKey("assist"), PurposeKey("code")}),
    rights=frozenset({"restore"}),
    models=frozenset({"gpt-4o", "claude-*"}),
    expires_at=START + HOUR,
    requests_per_minute=10**9,
    tokens_per_minute=1,
)


def differences(connection: Connection) -> list[object]:
    ours = set(IDENTITY.tables)
    options = {"include_name": lambda name, kind, _: kind != "table" or name in ours}
    return compare_metadata(MigrationContext.configure(connection, opts=options), IDENTITY)


async def test_migrated_tables_are_those_that_the_code_uses(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_key_comes_back_as_it_was(database: Database) -> None:
    store = SqlKeyStore()
    bare = ApiKey("key-2", OURS, PrincipalId("service-2"), "bare", b"b" * 32, START)
    async with database.begin() as connection:
        for key in (bare, KEY):
            await store.insert(connection, OURS, key)
    async with database.read() as connection:
        assert await store.find(connection, OURS, "key-1") == KEY
        assert await store.load(connection, OURS) == [KEY, bare]
        assert await store.find(connection, OURS, "key-3") is None


async def test_a_key_is_revoked_once_and_keeps_the_first_instant(database: Database) -> None:
    store = SqlKeyStore()
    async with database.begin() as connection:
        await store.insert(connection, OURS, KEY)
        assert await store.revoke(connection, OURS, "key-1", START)
        assert not await store.revoke(connection, OURS, "key-1", START + HOUR)
        assert not await store.revoke(connection, OURS, "nobody", START)
        assert await store.find(connection, OURS, "key-1") == replace(KEY, revoked_at=START)


@pytest.mark.requirement(57, 59)
async def test_keys_end_with_their_owner_and_note_their_last_use(database: Database) -> None:
    store, ben = SqlKeyStore(), PrincipalId("person-ben")
    owned = replace(KEY, owner=ben, line="key-0")
    other = replace(KEY, id="key-2", digest=b"o" * 32, owner=PrincipalId("person-ada"))
    async with database.begin() as connection:
        for key in (owned, other):
            await store.insert(connection, OURS, key)
        for at in (START + HOUR, START):
            await store.note_use(connection, OURS, "key-1", at)
        await store.expire(connection, OURS, "key-2", START + 2 * HOUR)
        assert await store.revoke_of(connection, THEIRS, ben, START) == 0
        assert await store.revoke_of(connection, OURS, ben, START) == 1
        assert await store.revoke_of(connection, OURS, ben, START) == 0
        assert await store.load(connection, OURS) == [
            replace(owned, last_used_at=START + HOUR, revoked_at=START),
            replace(other, expires_at=START + 2 * HOUR),
        ]


async def test_two_keys_never_share_a_digest(database: Database) -> None:
    store = SqlKeyStore()
    async with database.begin() as connection:
        await store.insert(connection, OURS, KEY)
    with pytest.raises(ConstraintViolated):
        async with database.begin() as connection:
            await store.insert(connection, THEIRS, replace(KEY, id="key-9"))


async def test_no_tenant_sees_or_changes_what_is_anothers(database: Database) -> None:
    keys = SqlKeyStore()
    async with database.begin() as connection:
        await keys.insert(connection, OURS, KEY)
    async with database.begin() as connection:
        assert await keys.find(connection, THEIRS, KEY.id) is None
        assert await keys.load(connection, THEIRS) == []
        assert not await keys.revoke(connection, THEIRS, KEY.id, START)
    async with database.read() as connection:
        assert await keys.find(connection, OURS, KEY.id) == KEY
