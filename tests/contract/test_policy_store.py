"""The history of policies keeps one promise on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from curtilage.consent.corrections import Correction, Verdict
from curtilage.consent.store import CONSENT, SqlCorrectionStore, SqlPolicyStore, SqlTextStore
from curtilage.consent.versions import Activation, PolicyVersion
from curtilage.core.db.engine import Database
from curtilage.core.db.errors import ConstraintViolated
from curtilage.core.models import PrincipalId, TenantId
from tests.fakes.clock import START

OURS, THEIRS = TenantId("tenant-orchard"), TenantId("tenant-harbour")
STORE = SqlPolicyStore()
HOUR = timedelta(hours=1)
BARE = PolicyVersion("mine", "aa00", "format = 1\n", START)
WHOLE = PolicyVersion(
    "mine", "aa11", "# Ünïcode & 'quotes'\n", START, PrincipalId("ada"), "Because",
    PrincipalId("grace"), START,
)  # fmt: skip


def differences(connection: Connection) -> list[object]:
    ours = set(CONSENT.tables)
    options = {"include_name": lambda name, kind, _: kind != "table" or name in ours}
    return compare_metadata(MigrationContext.configure(connection, opts=options), CONSENT)


async def test_migrated_tables_are_those_that_the_code_uses(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_versions_come_back_as_they_were(database: Database) -> None:
    async with database.begin() as connection:
        for version in (BARE, WHOLE):
            await STORE.add(connection, OURS, version)
        await STORE.add(connection, THEIRS, replace(BARE, version="bb"))
    async with database.read() as connection:
        assert list(await STORE.versions(connection, OURS)) == [BARE, WHOLE]
        assert list(await STORE.find(connection, OURS, "aa1")) == [WHOLE]
        assert list(await STORE.find(connection, OURS, "aa")) == [BARE, WHOLE]
        assert list(await STORE.find(connection, OURS, "%a")) == []


async def test_a_version_is_kept_once_and_its_text_never_changes(database: Database) -> None:
    async with database.begin() as connection:
        await STORE.add(connection, OURS, BARE)
        await STORE.change(connection, OURS, replace(WHOLE, version=BARE.version))
    async with database.read() as connection:
        (found,) = await STORE.versions(connection, OURS)
    assert found == replace(WHOLE, version=BARE.version, text=BARE.text)
    with pytest.raises(ConstraintViolated):
        async with database.begin() as connection:
            await STORE.add(connection, OURS, BARE)


async def test_activations_come_in_their_order(database: Database) -> None:
    made = [Activation("mine", version, START) for version in ("b", "a", "b")]
    async with database.begin() as connection:
        for activation in made:
            await STORE.activate(connection, OURS, activation)
        await STORE.activate(connection, THEIRS, Activation("theirs", "c", START))
    async with database.read() as connection:
        assert list(await STORE.activations(connection, OURS)) == made


SAID = Correction(
    "c-1", Verdict.MISSED, "user.contact.email:EMAIL_ADDRESS", bytes(range(16)), 2, 9,
    "Ünïcode & 'quotes'", PrincipalId("ada"), START, START + timedelta(days=1),
)  # fmt: skip


async def test_corrections_come_back_as_they_were_and_end(database: Database) -> None:
    store, later = SqlCorrectionStore(), replace(SAID, id="c-2", made_at=START + HOUR)
    async with database.begin() as connection:
        for each in (later, SAID):
            await store.add(connection, OURS, each)
        await store.add(connection, THEIRS, SAID)
        await store.end(connection, OURS, "c-2", START + HOUR)
    async with database.begin() as connection:
        ended = replace(later, ends_at=START + HOUR)
        assert list(await store.load(connection, OURS)) == [SAID, ended]
        await store.forget(connection, OURS, START + 2 * HOUR)
        assert list(await store.load(connection, OURS)) == [SAID]
        assert list(await store.load(connection, THEIRS)) == [SAID]


async def test_a_text_is_kept_with_its_correction_and_goes_with_it(database: Database) -> None:
    store, texts = SqlCorrectionStore(), SqlTextStore()
    async with database.begin() as connection:
        for tenant in (OURS, THEIRS):
            await store.add(connection, tenant, SAID)
        await store.add(connection, OURS, replace(SAID, id="c-2"))
        await texts.add(connection, OURS, "c-1", b"sealed")
        await texts.add(connection, THEIRS, "c-1", b"theirs")
    async with database.begin() as connection:
        assert [each.is_case for each in await store.load(connection, OURS)] == [True, False]
        assert list(await texts.load(connection, OURS)) == [("c-1", b"sealed")]
        await store.end(connection, OURS, "c-1", START + HOUR)
        await texts.forget(connection, START + HOUR)
        assert list(await texts.load(connection, OURS)) == []
        assert list(await texts.load(connection, THEIRS)) == [("c-1", b"theirs")]
