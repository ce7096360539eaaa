"""The stores of people keep one promise on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.db.engine import Database
from curtilage.core.db.errors import ConstraintViolated
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.people.models import (
    Administrator,
    Assurance,
    Attempts,
    Authenticator,
    AuthenticatorKind,
    Ceremony,
    CeremonyKind,
    Handle,
    HandleKind,
    Person,
    Proof,
    ProofKind,
    Session,
    SetupLink,
)
from curtilage.identity.people.store.authenticators import SqlAuthenticatorStore
from curtilage.identity.people.store.ceremonies import SqlCeremonyStore
from curtilage.identity.people.store.erasures import SqlErasureStore
from curtilage.identity.people.store.people import SqlPersonStore
from curtilage.identity.people.store.sessions import SqlSessionStore
from curtilage.identity.people.store.setup_links import SqlSetupLinkStore
from curtilage.identity.people.store.tables import ADMINISTRATOR, PEOPLE
from tests.fakes.clock import START

OURS, THEIRS = TenantId("tenant-orchard"), TenantId("tenant-harbour")
HOUR = timedelta(hours=1)
GRACE = Person(OURS, PrincipalId("p-1"), START, b"sealed", frozenset({"administrator"}))
BOB = Person(OURS, PrincipalId("p-2"), START + HOUR, b"other")
NAME = Handle(b"n" * 32, GRACE.id, HandleKind.NAME)
ADDRESS = Handle(b"a" * 32, GRACE.id, HandleKind.ADDRESS, START)
TOTP = Authenticator("a-1", GRACE.id, AuthenticatorKind.TOTP, START, b"sealed", counter=7)
CODE = Authenticator(
    "a-2", GRACE.id, AuthenticatorKind.RECOVERY_CODE, START + HOUR, lookup=b"c" * 32
)
LINK = SetupLink(OURS, b"l" * 32, START, START + HOUR)
PROOFS = (
    Proof(ProofKind.PASSPHRASE, START, with_="a-9"),
    Proof(ProofKind.PASSKEY, START + HOUR, verified_user=True, bound=True),
)
SESSION = Session(
    OURS, b"s" * 32, "session-1", GRACE.id, START, START, PROOFS, Assurance.TWO, b"about"
)
CEREMONY = Ceremony(
    OURS, b"k" * 32, CeremonyKind.RECOVERY, START + HOUR, GRACE.id, b"b" * 32, b"data"
)


def differences(connection: Connection) -> list[object]:
    ours = set(PEOPLE.tables)
    options = {"include_name": lambda name, kind, _: kind != "table" or name in ours}
    return compare_metadata(MigrationContext.configure(connection, opts=options), PEOPLE)


async def test_migrated_tables_are_those_that_the_code_uses(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_person_comes_back_as_they_were_and_is_found_by_their_handles(
    database: Database,
) -> None:
    store = SqlPersonStore()
    async with database.begin() as connection:
        assert not await store.has_any(connection, OURS)
        for person in (BOB, GRACE):
            await store.insert(connection, OURS, person)
        for handle in (NAME, ADDRESS):
            assert await store.add_handle(connection, OURS, handle)
        assert not await store.add_handle(connection, OURS, replace(NAME, person=BOB.id))
    async with database.read() as connection:
        assert await store.has_any(connection, OURS)
        assert await store.find(connection, OURS, GRACE.id) == GRACE
        assert await store.find_by_handle(connection, OURS, NAME.digest) == (GRACE, NAME)
        assert await store.find_by_handle(connection, OURS, ADDRESS.digest) == (GRACE, ADDRESS)
        assert await store.find_by_handle(connection, OURS, b"x" * 32) is None
        assert await store.page(connection, OURS, after="", limit=1) == [GRACE]
        assert await store.page(connection, OURS, after=GRACE.id, limit=9) == [BOB]


async def test_a_person_is_changed_disabled_once_enabled_and_deleted(database: Database) -> None:
    store = SqlPersonStore()
    async with database.begin() as connection:
        await store.insert(connection, OURS, GRACE)
        await store.add_handle(connection, OURS, replace(ADDRESS, confirmed_at=None))
        await store.confirm_handle(connection, OURS, ADDRESS.digest, START)
        assert await store.lock_active(connection, OURS, "administrator") == {GRACE.id}
        assert await store.lock_active(connection, OURS, "admin_strator") == frozenset()
        others = (GRACE.id, BOB.id)
        assert await store.lock_active(connection, OURS, "a", also=others) == frozenset()
        assert await store.hold_active(connection, OURS, GRACE.id)
        await store.change(connection, OURS, GRACE.id, profile=b"new")
        await store.change(connection, OURS, GRACE.id, roles=frozenset({"a", "b"}))
        assert await store.set_disabled(connection, OURS, GRACE.id, START)
        assert not await store.set_disabled(connection, OURS, GRACE.id, START + HOUR)
        changed = replace(GRACE, profile=b"new", roles=frozenset({"a", "b"}), disabled_at=START)
        assert await store.find_by_handle(connection, OURS, ADDRESS.digest) == (changed, ADDRESS)
        assert await store.lock_active(connection, OURS, "a") == frozenset()
        assert not await store.hold_active(connection, OURS, GRACE.id)
        assert not await store.hold_active(connection, OURS, BOB.id)
        assert await store.set_disabled(connection, OURS, GRACE.id, None)
        assert not await store.set_disabled(connection, OURS, BOB.id, START)
        await store.delete_handles(connection, OURS, GRACE.id, HandleKind.NAME)
        assert await store.find_by_handle(connection, OURS, ADDRESS.digest) is not None
        assert await store.delete(connection, OURS, GRACE.id)
        assert not await store.delete(connection, OURS, GRACE.id)
        assert await store.find_by_handle(connection, OURS, ADDRESS.digest) is None


async def test_authenticators_come_back_and_two_never_share_what_they_are_found_by(
    database: Database,
) -> None:
    store = SqlAuthenticatorStore()
    async with database.begin() as connection:
        for each in (CODE, TOTP):
            await store.insert(connection, OURS, each)
        assert await store.load(connection, OURS, GRACE.id) == [TOTP, CODE]
        assert await store.find_by_lookup(connection, OURS, b"c" * 32) == CODE
        assert await store.find_by_lookup(connection, OURS, b"d" * 32) is None
        await store.replace_material(connection, OURS, "a-1", b"renewed")
        assert await store.use(connection, OURS, "a-2", at=START)
        assert not await store.use(connection, OURS, "nothing", at=START)
        assert not await store.delete(connection, OURS, BOB.id, "a-1")
        assert await store.delete(connection, OURS, GRACE.id, "a-1")
        assert await store.delete_kind(connection, OURS, GRACE.id, AuthenticatorKind.TOTP) == 0
        assert await store.delete_kind(connection, OURS, GRACE.id) == 1
        await store.insert(connection, OURS, CODE)
    with pytest.raises(ConstraintViolated):
        async with database.begin() as connection:
            await store.insert(connection, OURS, replace(CODE, id="a-3", person=BOB.id))


@pytest.mark.requirement(46)
async def test_of_many_who_show_one_code_at_once_one_is_told_so(database: Database) -> None:
    store = SqlAuthenticatorStore()
    async with database.begin() as connection:
        await store.insert(connection, OURS, TOTP)

    async def use(counter: int) -> bool:
        async with database.begin() as connection:
            return await store.use(connection, OURS, "a-1", at=START, counter=counter)

    assert sorted(await asyncio.gather(*(use(8) for _ in range(5)))) == [False] * 4 + [True]
    assert not await use(7)
    assert await use(9)


@pytest.mark.requirement(47)
async def test_of_many_who_use_up_one_recovery_code_one_does(database: Database) -> None:
    store = SqlAuthenticatorStore()
    async with database.begin() as connection:
        await store.insert(connection, OURS, CODE)

    async def use() -> bool:
        async with database.begin() as connection:
            return await store.delete(connection, OURS, GRACE.id, "a-2")

    assert sorted(await asyncio.gather(*(use() for _ in range(5)))) == [False] * 4 + [True]


async def test_a_ceremony_comes_back_and_ends_once(database: Database) -> None:
    store = SqlCeremonyStore()
    async with database.begin() as connection:
        await store.insert(connection, OURS, CEREMONY)
        assert await store.find(connection, OURS, CEREMONY.digest) == CEREMONY

    async def end() -> bool:
        async with database.begin() as connection:
            return await store.end(connection, OURS, CEREMONY.digest)

    assert sorted(await asyncio.gather(*(end() for _ in range(5)))) == [False] * 4 + [True]


@pytest.mark.requirement(49)
async def test_of_many_who_spend_one_challenge_at_once_one_is_told_so(database: Database) -> None:
    store, spent = SqlCeremonyStore(), replace(CEREMONY, kind=CeremonyKind.PASSKEY_SIGN_IN)

    async def spend() -> bool:
        async with database.begin() as connection:
            return await store.spend(connection, OURS, spent)

    assert sorted(await asyncio.gather(*(spend() for _ in range(4)))) == [False] * 3 + [True]
    async with database.begin() as connection:
        assert await store.spend(connection, THEIRS, spent), "each tenant has its own"
        await store.sweep(connection, OURS, START + 2 * HOUR)
        assert await store.spend(connection, OURS, spent)


@pytest.mark.requirement(49)
async def test_of_many_who_add_one_credential_at_once_one_does(database: Database) -> None:
    store, passkey = SqlAuthenticatorStore(), replace(CODE, kind=AuthenticatorKind.PASSKEY)

    async def add(id: str, person: PrincipalId) -> bool:
        async with database.begin() as connection:
            return await store.add(connection, OURS, replace(passkey, id=id, person=person))

    added = await asyncio.gather(*(add(f"a-{n}", (GRACE.id, BOB.id)[n % 2]) for n in range(4)))
    assert sorted(added) == [False] * 3 + [True]
    async with database.read() as connection:
        kept = await store.find_by_lookup(connection, OURS, b"c" * 32)
    assert kept is not None
    assert kept.id == f"a-{added.index(True)}"


async def test_ceremonies_count_tries_and_are_swept(database: Database) -> None:
    store = SqlCeremonyStore()
    other = replace(CEREMONY, digest=b"o" * 32, kind=CeremonyKind.MAIL_SIGN_IN)
    late = replace(CEREMONY, digest=b"t" * 32, expires_at=START + 2 * HOUR, person=None)
    async with database.begin() as connection:
        for each in (CEREMONY, other, late):
            await store.insert(connection, OURS, each)
        tried = [await store.count_try(connection, OURS, CEREMONY.digest, most=2) for _ in range(3)]
        assert tried == [True, True, False]
        await store.delete_of(connection, OURS, GRACE.id, CeremonyKind.RECOVERY)
        assert await store.find(connection, OURS, CEREMONY.digest) is None
        assert await store.find(connection, OURS, other.digest) == other
        await store.delete_of(connection, OURS, GRACE.id)
        assert await store.find(connection, OURS, other.digest) is None
        await store.sweep(connection, OURS, START + HOUR)
        assert await store.find(connection, OURS, late.digest) == late
        await store.sweep(connection, OURS, START + 2 * HOUR)
        assert await store.find(connection, OURS, late.digest) is None


async def test_no_tenant_sees_or_changes_what_is_anothers(database: Database) -> None:
    people, links, sessions = SqlPersonStore(), SqlSetupLinkStore(), SqlSessionStore()
    held, ceremonies = SqlAuthenticatorStore(), SqlCeremonyStore()
    counter = b"c" * 32
    async with database.begin() as connection:
        await people.insert(connection, OURS, GRACE)
        await people.add_handle(connection, OURS, NAME)
        await held.insert(connection, OURS, CODE)
        await ceremonies.insert(connection, OURS, CEREMONY)
        await links.put_link(connection, OURS, LINK)
        await sessions.insert(connection, OURS, SESSION)
        await sessions.put_attempts(connection, OURS, {counter: Attempts(9, START)})
    async with database.begin() as connection:
        assert await people.find(connection, THEIRS, GRACE.id) is None
        assert await people.find_by_handle(connection, THEIRS, NAME.digest) is None
        assert await people.page(connection, THEIRS, after="", limit=9) == []
        assert not await people.has_any(connection, THEIRS)
        assert await people.lock_active(connection, THEIRS, "administrator") == frozenset()
        assert not await people.hold_active(connection, THEIRS, GRACE.id)
        await people.change(connection, THEIRS, GRACE.id, profile=b"stolen")
        assert not await people.set_disabled(connection, THEIRS, GRACE.id, START)
        await people.delete_handles(connection, THEIRS, GRACE.id, HandleKind.NAME)
        assert not await people.delete(connection, THEIRS, GRACE.id)
        assert await held.load(connection, THEIRS, GRACE.id) == []
        assert await held.find_by_lookup(connection, THEIRS, b"c" * 32) is None
        assert not await held.use(connection, THEIRS, CODE.id, at=START)
        assert not await held.delete(connection, THEIRS, GRACE.id, CODE.id)
        assert await held.delete_kind(connection, THEIRS, GRACE.id) == 0
        await held.replace_material(connection, THEIRS, CODE.id, b"stolen")
        assert await ceremonies.find(connection, THEIRS, CEREMONY.digest) is None
        assert not await ceremonies.end(connection, THEIRS, CEREMONY.digest)
        assert not await ceremonies.count_try(connection, THEIRS, CEREMONY.digest, most=9)
        await ceremonies.delete_of(connection, THEIRS, GRACE.id)
        await ceremonies.sweep(connection, THEIRS, START + 9 * HOUR)
        assert await links.find_link(connection, THEIRS) is None
        assert not await links.use_link(connection, THEIRS, LINK.digest, START)
        assert await sessions.find(connection, THEIRS, SESSION.digest) is None
        assert await sessions.load(connection, THEIRS, GRACE.id) == []
        await sessions.see(connection, THEIRS, SESSION.digest, START + HOUR)
        assert await sessions.delete(connection, THEIRS, SESSION.digest) is None
        assert await sessions.delete_of(connection, THEIRS, GRACE.id) == []
        assert await page_quiet(sessions, connection, THEIRS, until=START + HOUR) == []
        await sessions.forget_attempts(connection, THEIRS, rare=START + HOUR, all_=START + HOUR)
        assert await sessions.load_attempts(connection, THEIRS, [counter]) == [Attempts()]
    async with database.read() as connection:
        assert await people.find_by_handle(connection, OURS, NAME.digest) == (GRACE, NAME)
        assert await held.load(connection, OURS, GRACE.id) == [CODE]
        assert await ceremonies.find(connection, OURS, CEREMONY.digest) == CEREMONY
        assert await links.find_link(connection, OURS) == LINK
        assert await sessions.find(connection, OURS, SESSION.digest) == SESSION


async def test_administrators_of_earlier_versions_are_read_and_go_once(database: Database) -> None:
    store = SqlSetupLinkStore()
    old = Administrator(PrincipalId("p-1"), OURS, "Grace", "grace", "$argon2id$one", START)
    row = {
        "tenant": OURS, "id": "p-1", "name": "Grace", "sign_in_name": "grace",
        "passphrase_hash": "$argon2id$one", "enrolled_at": "2026-01-02T03:04:05.000000Z",
    }  # fmt: skip
    async with database.begin() as connection:
        await connection.execute(insert(ADMINISTRATOR).values(row))
        (found,) = await store.load_administrators(connection, OURS)
        assert replace(found, enrolled_at=START) == old
        assert await store.load_administrators(connection, THEIRS) == []
        assert not await store.delete_administrator(connection, THEIRS, old.id)
        assert await store.delete_administrator(connection, OURS, old.id)
        assert not await store.delete_administrator(connection, OURS, old.id)


async def test_there_is_one_link_and_a_new_one_replaces_it(database: Database) -> None:
    store = SqlSetupLinkStore()
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
    store = SqlSetupLinkStore()
    async with database.begin() as connection:
        await store.put_link(connection, OURS, LINK)

    async def use(number: int) -> bool:
        async with database.begin() as connection:
            won = await store.use_link(connection, OURS, LINK.digest, START)
            await asyncio.sleep(0)
            if won:
                racer = replace(GRACE, id=PrincipalId(f"p-{number}"))
                await SqlPersonStore().insert(connection, OURS, racer)
            return won

    outcomes = await asyncio.gather(*(use(number) for number in range(4)))
    assert sorted(outcomes) == [False, False, False, True]


async def test_a_use_that_is_undone_leaves_the_link_open(database: Database) -> None:
    store = SqlSetupLinkStore()
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


async def page_quiet(
    store: SqlSessionStore,
    connection: AsyncConnection,
    tenant: TenantId,
    *,
    until: datetime,
    after: bytes = b"",
    limit: int = 9,
) -> Sequence[Session]:
    return await store.page_quiet(
        connection, tenant, started_until=until, seen_until=until, after=after, limit=limit
    )


async def test_a_session_is_seen_and_ends_for_exactly_one_caller(database: Database) -> None:
    store = SqlSessionStore()
    late = replace(SESSION, digest=b"t" * 32, started_at=START + HOUR, seen_at=START + HOUR)
    async with database.begin() as connection:
        await store.insert(connection, OURS, SESSION)
        assert await store.hold(connection, OURS, SESSION.person, SESSION.id)
        assert not await store.hold(connection, OURS, BOB.id, SESSION.id)
        assert not await store.hold(connection, THEIRS, SESSION.person, SESSION.id)
        await store.insert(connection, OURS, late)
        await store.see(connection, OURS, SESSION.digest, START + HOUR)
        seen = replace(SESSION, seen_at=START + HOUR)
        assert await store.find(connection, OURS, SESSION.digest) == seen
        assert await store.delete(connection, OURS, seen.digest, seen_at=START) is None
        assert await store.delete(connection, OURS, seen.digest, seen_at=seen.seen_at) == seen
        assert await store.delete(connection, OURS, late.digest) == late
        assert await store.delete(connection, OURS, late.digest) is None


async def test_sessions_that_began_or_were_seen_long_ago_come_in_batches(
    database: Database,
) -> None:
    store = SqlSessionStore()
    old, quiet, new = (
        replace(SESSION, digest=bytes([n]) * 32, started_at=started, seen_at=seen)
        for n, (started, seen) in enumerate(
            [(START, START + 2 * HOUR), (START + 2 * HOUR, START), (START + 2 * HOUR,) * 2]
        )
    )
    async with database.begin() as connection:
        for each in (new, quiet, old):
            await store.insert(connection, OURS, each)
        assert await page_quiet(store, connection, OURS, until=START) == [old, quiet]
        assert await page_quiet(store, connection, OURS, until=START, limit=1) == [old]
        following = await page_quiet(store, connection, OURS, until=START, after=old.digest)
        assert following == [quiet]
        assert await page_quiet(store, connection, OURS, until=START - HOUR) == []


async def test_all_sessions_of_a_person_or_one_or_all_but_one_end(database: Database) -> None:
    store = SqlSessionStore()
    mine = [
        replace(SESSION, digest=bytes([n]) * 32, id=f"s-{n}", started_at=START + n * HOUR)
        for n in range(4)
    ]
    theirs = replace(SESSION, digest=b"t" * 32, id="s-bob", person=BOB.id)
    async with database.begin() as connection:
        for each in (*mine, theirs):
            await store.insert(connection, OURS, each)
        assert await store.load(connection, OURS, GRACE.id) == mine[::-1]
        assert await store.delete_of(connection, OURS, GRACE.id, id="s-1") == ["s-1"]
        assert await store.delete_of(connection, OURS, GRACE.id, id="s-bob") == []
        ended = await store.delete_of(connection, OURS, GRACE.id, keep="s-2")
        assert sorted(ended) == ["s-0", "s-3"]
        assert await store.delete_of(connection, OURS, GRACE.id) == ["s-2"]
        assert await store.find(connection, OURS, theirs.digest) == theirs


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
        assert await store.hold_attempts(connection, OURS, counters) == [Attempts()] * 4
        await store.put_attempts(connection, OURS, dict(zip(counters, kept, strict=True)))
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
            held = await store.hold_attempts(connection, OURS, order)
            await asyncio.sleep(0)
            more = [Attempts(attempts.failures + 1, START) for attempts in held]
            await store.put_attempts(connection, OURS, dict(zip(order, more, strict=True)))

    await asyncio.gather(*(count(number) for number in range(8)))
    async with database.begin() as connection:
        loaded = await store.load_attempts(connection, OURS, counters)
    assert [attempts.failures for attempts in loaded] == [8, 8, 8]


async def test_keys_still_to_be_destroyed_are_kept_until_they_are(database: Database) -> None:
    store, ada, ben = SqlErasureStore(), PrincipalId("p-ada"), PrincipalId("p-ben")
    tenant, other = TenantId("tenant-orchard"), TenantId("tenant-harbour")
    async with database.begin() as connection:
        for each in (ada, ben):
            await store.insert(connection, tenant, each, START)
        await store.insert(connection, other, ada, START)
        await store.delete(connection, tenant, ada)
    async with database.read() as connection:
        assert await store.load(connection, tenant) == [ben]
        assert await store.load(connection, other) == [ada]
