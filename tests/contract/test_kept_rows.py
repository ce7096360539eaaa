"""Sealed rows of what is kept keep one promise on SQLite, on PostgreSQL and in the tests' own fake."""

from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from curtilage.core.db.engine import Database
from curtilage.core.models import TenantId
from curtilage.gateway.ports import KeptRows
from curtilage.gateway.store.kept import KeptStore
from curtilage.gateway.store.tables import GATEWAY
from tests.fakes.clock import START
from tests.fakes.dataplane import FakeKeptRows

OURS, THEIRS = TenantId("tenant-orchard"), TenantId("tenant-harbour")
LOOKUP, OTHER = "a" * 32, "b" * 32
BLOB = bytes(range(256))


@pytest.fixture(params=["store", "fake"])
def kept(request: pytest.FixtureRequest, database: Database) -> KeptRows:
    return KeptStore(database) if request.param == "store" else FakeKeptRows()


async def test_what_is_kept_is_found_in_the_order_it_came(kept: KeptRows) -> None:
    for number in (2, 1, 3):
        await kept.keep_row(
            OURS, LOOKUP, id=f"row-{number}", sealed=BLOB + bytes([number]), until=START
        )
    assert await kept.find_kept(OURS, LOOKUP) == [BLOB + bytes([n]) for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("after", "newest_first", "found"),
    [("", True, [5, 4]), ("row-4", True, [3, 2]), ("", False, [1, 2]), ("row-4", False, [5])],
)
async def test_a_page_begins_behind_a_row_and_goes_either_way(
    kept: KeptRows, after: str, newest_first: bool, found: list[int]
) -> None:
    for number in (2, 5, 1, 3, 4):
        await kept.keep_row(OURS, LOOKUP, id=f"row-{number}", sealed=bytes([number]), until=START)
    await kept.keep_row(OURS, OTHER, id="row-9", sealed=b"9", until=START)
    page = {"after": after, "newest_first": newest_first, "limit": 2}
    assert await kept.page_kept(OURS, LOOKUP, **page) == [bytes([n]) for n in found]
    assert await kept.page_kept(THEIRS, LOOKUP, **page) == []


async def test_the_same_row_twice_is_one(kept: KeptRows) -> None:
    for sealed in (b"old", BLOB):
        await kept.keep_row(OURS, LOOKUP, id="row-1", sealed=sealed, until=START)
    assert await kept.find_kept(OURS, LOOKUP) == [BLOB]


async def test_one_tenant_sees_and_forgets_nothing_of_another(kept: KeptRows) -> None:
    await kept.keep_row(OURS, LOOKUP, id="row-1", sealed=BLOB, until=START)
    assert await kept.find_kept(THEIRS, LOOKUP) == []
    await kept.forget_kept(THEIRS, LOOKUP)
    assert await kept.find_kept(OURS, LOOKUP) == [BLOB]


async def test_what_is_forgotten_is_gone_and_nothing_else(kept: KeptRows) -> None:
    for lookup in (LOOKUP, OTHER):
        await kept.keep_row(OURS, lookup, id="row-1", sealed=BLOB, until=START)
    await kept.forget_kept(OURS, LOOKUP)
    await kept.forget_kept(OURS, LOOKUP)
    assert await kept.find_kept(OURS, LOOKUP) == []
    assert await kept.find_kept(OURS, OTHER) == [BLOB]


async def test_what_is_over_is_deleted(database: Database) -> None:
    store = KeptStore(database)
    await store.keep_row(OURS, LOOKUP, id="row-1", sealed=BLOB, until=START)
    await store.keep_row(OURS, OTHER, id="row-1", sealed=BLOB, until=START + timedelta(days=1))
    assert await store.forget_old(START) == 0
    assert await store.forget_old(START + timedelta(seconds=1)) == 1
    assert await store.find_kept(OURS, LOOKUP) == []
    assert await store.find_kept(OURS, OTHER) == [BLOB]


async def test_the_migrations_make_the_tables_that_the_statements_use(database: Database) -> None:
    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [
            change
            for change in compare_metadata(context, GATEWAY)
            if change[0] not in ("remove_table", "remove_index")
        ]

    async with database.read() as connection:
        assert await connection.run_sync(compare) == []
