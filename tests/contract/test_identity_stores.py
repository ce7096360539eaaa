"""The stores of identity keep one promise on SQLite and on PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from curtilage.core.db.engine import Database
from curtilage.core.db.errors import ConstraintViolated
from curtilage.core.models import PrincipalId, PrincipalKind, PurposeKey, TenantId
from curtilage.identity.models import Administrator, ApiKey, Attempts, Session, SetupLink
from curtilage.identity.store.administrators import SqlAdministratorStore
from curtilage.identity.store.keys import SqlKeyStore
from curtilage.identity.store.sessions import SqlSessionStore
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
GRACE = Administrator(PrincipalId("p-1"), OURS, "Grace", "grace", "$argon2id$one", START)
LINK = SetupLink(OURS, b"l" * 32, START, START + HOUR)
SESSION = Session(OURS, b"s" * 32, "session-1", PrincipalId("p-1"), START, START)


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


async def test_two_keys_never_share_a_digest(database: Database) -> None:
    store = SqlKeyStore()
    async with database.begin() as connection:
        await store.insert(connection, OURS, KEY)
    with pytest.raises(ConstraintViolated):
        async with database.begin() as connection:
            await store.insert(connection, THEIRS, replace(KEY, id="key-9"))


async def test_no_tenant_sees_or_changes_what_is_anothers(database: Database) -> None:
    keys, people, sessions = SqlKeyStore(), SqlAdministratorStore(), SqlSessionStore()
    counter = b"c" * 32
    async with database.begin() as connection:
        await keys.insert(connection, OURS, KEY)
        await people.insert(connection, OURS, GRACE)
        await people.put_link(connection, OURS, LINK)
        await sessions.insert(connection, OURS, SESSION)
        await sessions.put_attempts(connection, OURS, counter, Attempts(9, START))
    async with database.begin() as connection:
        assert await keys.find(connection, THEIRS, KEY.id) is None
        assert await keys.load(connection, THEIRS) == []
        assert not await keys.revoke(connection, THEIRS, KEY.id, START)
        assert await people.find(connection, THEIRS, "grace") is None
        assert await people.find_by_id(connection, THEIRS, GRACE.id) is None
        assert not await people.has_any(connection, THEIRS)
        await people.replace_hash(connection, THEIRS, GRACE.id, "stolen")
        assert await people.find_link(connection, THEIRS) is None
        assert not await people.use_link(connection, THEIRS, LINK.digest, START)
        assert await sessions.find(connection, THEIRS, SESSION.digest) is None
        await sessions.see(connection, THEIRS, SESSION.digest, START + HOUR)
        assert not await sessions.delete(connection, THEIRS, SESSION.digest)
        await sessions.delete_started_before(connection, THEIRS, START + HOUR)
        await sessions.forget_attempts(connection, THEIRS, rare=START + HOUR, all_=START + HOUR)
        assert await sessions.load_attempts(connection, THEIRS, [counter]) == [Attempts()]
    async with database.read() as connection:
        assert await keys.find(connection, OURS, KEY.id) == KEY
        assert await people.find(connection, OURS, "grace") == GRACE
        assert await people.find_link(connection, OURS) == LINK
        assert await sessions.find(connection, OURS, SESSION.digest) == SESSION


async def test_an_administrator_is_found_by_name_and_id_and_gets_a_new_hash(
    database: Database,
) -> None:
    store = SqlAdministratorStore()
    async with database.begin() as connection:
        assert not await store.has_any(connection, OURS)
        await store.insert(connection, OURS, GRACE)
        assert await store.has_any(connection, OURS)
        assert await store.find(connection, OURS, "Grace") is None
        assert await store.find(connection, OURS, "grace") == GRACE
        await store.replace_hash(connection, OURS, GRACE.id, "$argon2id$two")
        changed = replace(GRACE, passphrase_hash="$argon2id$two")
        assert await store.find_by_id(connection, OURS, GRACE.id) == changed
    with pytest.raises(ConstraintViolated):
        async with database.begin() as connection:
            await store.insert(connection, OURS, replace(GRACE, id=PrincipalId("p-2")))


async def test_there_is_one_link_and_a_new_one_replaces_it(database: Database) -> None:
    store = SqlAdministratorStore()
    other = replace(LINK, digest=b"m" * 32)
    async with database.begin() as connection:
        await store.put_link(connection, OURS, replace(LINK, used_at=START))
        await store.put_link(connection, OURS, other)
        assert await store.find_link(connection, OURS) == other
        assert not await store.use_link(connection, OURS, LINK.digest, START)
        assert not await store.use_link(connection, OURS, other.digest, other.expires_at)
        assert await store.use_link(connection, OURS, other.digest, START)
        assert await store.find_link(connection, OURS) == replace(other, used_at=START)


async def test_of_many_who_use_the_link_at_once_exactly_one_does(database: Database) -> None:
    store = SqlAdministratorStore()
    async with database.begin() as connection:
        await store.put_link(connection, OURS, LINK)

    async def use(number: int) -> bool:
        async with database.begin() as connection:
            won = await store.use_link(connection, OURS, LINK.digest, START)
            await asyncio.sleep(0)
            if won:
                racer = replace(GRACE, id=PrincipalId(f"p-{number}"), sign_in_name=f"r{number}")
                await store.insert(connection, OURS, racer)
            return won

    outcomes = await asyncio.gather(*(use(number) for number in range(4)))
    assert sorted(outcomes) == [False, False, False, True]


async def test_a_use_that_is_undone_leaves_the_link_open(database: Database) -> None:
    store = SqlAdministratorStore()
    async with database.begin() as connection:
        await store.put_link(connection, OURS, LINK)

    async def use_and_fail() -> None:
        async with database.begin() as connection:
            assert await store.use_link(connection, OURS, LINK.digest, START)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await use_and_fail()
    async with database.begin() as connection:
        assert await store.use_link(connection, OURS, LINK.digest, START)


async def test_sessions_are_seen_ended_and_swept(database: Database) -> None:
    store = SqlSessionStore()
    late = replace(SESSION, digest=b"t" * 32, started_at=START + HOUR, seen_at=START + HOUR)
    async with database.begin() as connection:
        await store.insert(connection, OURS, SESSION)
        await store.insert(connection, OURS, late)
        await store.see(connection, OURS, SESSION.digest, START + HOUR)
        seen = replace(SESSION, seen_at=START + HOUR)
        assert await store.find(connection, OURS, SESSION.digest) == seen
        await store.delete_started_before(connection, OURS, START + HOUR)
        assert await store.find(connection, OURS, SESSION.digest) is None
        assert await store.delete(connection, OURS, late.digest)
        assert not await store.delete(connection, OURS, late.digest)


async def test_attempts_are_counted_and_forgotten(database: Database) -> None:
    store = SqlSessionStore()
    rare, often, familiar, fresh = (bytes([number]) * 32 for number in range(4))
    counters = [rare, often, familiar, fresh]
    kept = [
        Attempts(1, START),
        Attempts(50, START),
        Attempts(0, START, familiar_until=START + 100 * HOUR),
        Attempts(1, START + HOUR),
    ]
    async with database.begin() as connection:
        assert await store.load_attempts(connection, OURS, counters) == [Attempts()] * 4
        for counter, attempts in zip(counters, kept, strict=True):
            await store.put_attempts(connection, OURS, counter, attempts)
        assert await store.load_attempts(connection, OURS, counters) == kept
        assert await store.load_attempts(connection, OURS, counters[::-1]) == kept[::-1]
        await store.forget_attempts(connection, OURS, rare=START + HOUR, all_=START)
        left = await store.load_attempts(connection, OURS, counters)
        assert left == [Attempts(), *kept[1:]]
        await store.forget_attempts(connection, OURS, rare=START, all_=START + HOUR)
        left = await store.load_attempts(connection, OURS, counters)
        assert left == [Attempts(), Attempts(), *kept[2:]]
        await store.forget_attempts(connection, OURS, rare=START, all_=START + 101 * HOUR)
        assert await store.load_attempts(connection, OURS, counters) == [Attempts()] * 4


async def test_counts_of_many_at_once_are_exact(database: Database) -> None:
    store = SqlSessionStore()
    counters = [b"a" * 32, b"b" * 32, b"c" * 32]

    async def count(number: int) -> None:
        order = counters if number % 2 else counters[::-1]
        async with database.begin() as connection:
            loaded = await store.load_attempts(connection, OURS, order)
            await asyncio.sleep(0)
            for counter, attempts in zip(order, loaded, strict=True):
                more = Attempts(attempts.failures + 1, START)
                await store.put_attempts(connection, OURS, counter, more)

    await asyncio.gather(*(count(number) for number in range(8)))
    async with database.begin() as connection:
        loaded = await store.load_attempts(connection, OURS, counters)
    assert [attempts.failures for attempts in loaded] == [8, 8, 8]
