"""Prepared statements give what SQLAlchemy gives, make no trip, and wait where nobody else does."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import sqlite

from curtilage.core.db.engine import FILE_NAME, Database, open_database
from curtilage.core.db.errors import ConstraintViolated
from curtilage.core.db.prepared import Prepared
from tests.unit.core.test_db_sqlite_trips import Trips

KEPT = Table(
    "kept",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("word", Text),
    Column("box", LargeBinary),
    Column("is_old", Boolean),
)
ALL = KEPT.columns.keys()
ONE: dict[str, Any] = {"id": 1, "word": "one", "box": b"\x00", "is_old": True}
ADD = Prepared(insert(KEPT), columns=ALL)
FIND = Prepared(select(KEPT).where(KEPT.c.id == bindparam("one")))
RENAME = Prepared(update(KEPT).where(KEPT.c.id == bindparam("one")), columns=("word",))
AGE = Prepared(update(KEPT).where(KEPT.c.word.is_(None), KEPT.c.id < 9).values(is_old=True))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = open_database("sqlite", tmp_path)
    async with opened.begin() as connection:
        await connection.run_sync(KEPT.metadata.create_all)
    yield opened
    await opened.close()


async def count(database: Database) -> int:
    async with database.read() as connection:
        found = await connection.execute(select(func.count()).select_from(KEPT))
        return int(found.scalar_one())


async def test_rows_are_those_that_sqlalchemy_gives(database: Database) -> None:
    rows = [ONE, {"id": 2, "word": None, "box": None, "is_old": None}, ONE | {"id": 3, "is_old": 0}]
    async with database.begin() as connection:
        for row in rows:
            assert (await ADD.run(connection, row)).rowcount == 1
        for row in rows:
            ours = (await FIND.run(connection, {"one": row["id"]})).one_or_none()
            theirs = (
                await connection.execute(select(KEPT).where(KEPT.c.id == row["id"]))
            ).one_or_none()
            assert ours is not None and theirs is not None
            assert ours._asdict() == dict(theirs._mapping)
            assert type(ours.is_old) is type(theirs.is_old)
        assert (await FIND.run(connection, {"one": 9})).one_or_none() is None


async def test_what_is_changed_is_counted_and_constants_are_as_written(database: Database) -> None:
    async with database.begin() as connection:
        await ADD.run_each(connection, [ONE | {"id": n, "word": None} for n in (1, 2, 9)])
        assert (await RENAME.run(connection, {"one": 1, "word": "new"})).rowcount == 1
        assert (await RENAME.run(connection, {"one": 5, "word": "new"})).rowcount == 0
        assert (await AGE.run(connection, {})).rowcount == 1  # 2 alone: 1 has a word, 9 is too big


async def test_what_is_deleted_comes_back_where_that_is_asked(database: Database) -> None:
    take = Prepared(delete(KEPT).where(KEPT.c.id == bindparam("one")).returning(KEPT.c.is_old))
    async with database.begin() as connection:
        await ADD.run(connection, ONE)
        assert (await take.run(connection, {"one": 1})).one_or_none() == (True,)
        assert (await take.run(connection, {"one": 1})).one_or_none() is None


async def test_an_insert_that_meets_another_changes_it(database: Database) -> None:
    each = sqlite.insert(KEPT)
    put = Prepared(
        each.on_conflict_do_update(index_elements=["id"], set_={"word": each.excluded.word}),
        columns=ALL,
    )
    async with database.begin() as connection:
        await put.run_each(connection, [ONE, ONE | {"word": "two"}])
        found = (await FIND.run(connection, {"one": 1})).one_or_none()
        assert found is not None
        assert found.word == "two"


async def test_it_makes_no_trip_but_to_commit(database: Database) -> None:
    async with database.begin() as connection:
        raw: Any = (await connection.get_raw_connection()).driver_connection
        with Trips(raw) as trips:
            await ADD.run(connection, ONE)
            await FIND.run(connection, {"one": 1})
            assert trips.count == 0
            await connection.commit()
            assert trips.count == 1
    async with database.read() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        with Trips(raw) as trips:
            await FIND.run(connection, {"one": 1})
            assert trips.count == 0


def durability(raw: Any) -> tuple[int, int]:
    """What SQLite waits for, 1 or 2 of `PRAGMA synchronous`, and how many pages it gathers."""
    names = ("synchronous", "wal_autocheckpoint")
    first, second = (raw._conn.execute(f"PRAGMA {name}").fetchone()[0] for name in names)
    return first, second


async def test_what_may_be_lost_waits_for_no_disk_and_what_follows_does(database: Database) -> None:
    async with database.begin(may_be_lost=True) as connection:
        raw: Any = (await connection.get_raw_connection()).driver_connection
        with Trips(raw) as trips:
            await ADD.run(connection, ONE)
            assert durability(raw) == (1, 0)
            await connection.commit()
            assert trips.count == 0
    assert durability(raw) == (2, 1000)
    assert await count(database) == 1
    async with database.begin() as connection:
        assert (await connection.get_raw_connection()).driver_connection is raw
        await ADD.run(connection, ONE | {"id": 2})
        assert durability(raw) == (2, 1000)


@pytest.mark.parametrize("begun", [True, False])
async def test_what_may_be_lost_is_undone_by_an_exception(
    database: Database, *, begun: bool
) -> None:
    async def fail() -> None:
        nonlocal raw
        async with database.begin(may_be_lost=True) as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            if begun:
                await ADD.run(connection, ONE)
            raise ZeroDivisionError

    raw: Any = None
    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await count(database) == 0
    assert durability(raw) == (2, 1000)


async def test_what_may_be_lost_waits_for_another_process_and_then_for_the_disk(
    database: Database, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    seen: list[tuple[int, int]] = []

    async def write() -> None:
        async with database.begin(may_be_lost=True) as connection:
            await ADD.run(connection, ONE)
            seen.append(durability((await connection.get_raw_connection()).driver_connection))

    writing = asyncio.ensure_future(write())
    for _ in range(20):
        await asyncio.sleep(0)
    assert not writing.done()
    other.execute("COMMIT")
    other.close()
    await writing
    assert seen == [(2, 1000)]
    assert await count(database) == 1


async def test_while_another_process_writes_it_waits_and_the_loop_does_not(
    database: Database, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with database.begin() as connection:
            await ADD.run(connection, ONE)

    writing = asyncio.ensure_future(write())
    for _ in range(20):  # the loop goes on: it could not, were it the one that waits
        await asyncio.sleep(0)
    assert not writing.done()
    other.execute("COMMIT")
    await writing
    assert await count(database) == 1
    other.close()


async def test_who_is_cancelled_while_it_waits_leaves_nothing_and_holds_nothing(
    database: Database, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with database.begin() as connection:
            await ADD.run(connection, ONE)

    writing = asyncio.ensure_future(write())
    for _ in range(20):
        await asyncio.sleep(0)
    writing.cancel()
    other.execute("COMMIT")
    other.close()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await count(database) == 0
    async with database.begin() as connection:
        await ADD.run(connection, ONE)
    assert await count(database) == 1


async def test_a_constraint_is_told_as_any_and_all_of_it_is_undone(database: Database) -> None:
    async def add_twice() -> None:
        async with database.begin() as connection:
            await ADD.run(connection, ONE)
            await ADD.run(connection, ONE)

    with pytest.raises(ConstraintViolated):
        await add_twice()
    assert await count(database) == 0


async def test_who_goes_on_after_a_refusal_is_still_within_the_transaction(
    database: Database,
) -> None:
    async def go_on() -> None:
        async with database.begin() as connection:
            with pytest.raises(sqlite3.IntegrityError):
                await ADD.run_each(connection, [ONE, ONE])
            await ADD.run(connection, ONE | {"id": 2})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await go_on()
    assert await count(database) == 0


async def test_a_value_that_is_forgotten_is_missed_and_none_is_made_up(database: Database) -> None:
    clear = Prepared(update(KEPT).where(KEPT.c.id == bindparam("one")).values(word=None))
    async with database.begin() as connection:
        for statement, given in ((ADD, {"id": 1, "word": "one"}), (RENAME, {"one": 1})):
            with pytest.raises(KeyError):
                await statement.run(connection, given)
        await ADD.run(connection, ONE)
        await clear.run(connection, {"one": 1})
        found = (await FIND.run(connection, {"one": 1})).one_or_none()
        assert found is not None
        assert found.word is None


async def test_nothing_is_run_for_nothing(database: Database) -> None:
    async with database.begin() as connection:
        await ADD.run_each(connection, [])
    assert await count(database) == 0


async def test_who_goes_on_after_the_disk_was_full_is_still_within_a_transaction(
    database: Database,
) -> None:
    """SQLite undoes all of it by itself then, which leaves nobody in any."""

    async def go_on() -> None:
        async with database.begin() as connection:
            raw: Any = (await connection.get_raw_connection()).driver_connection
            pages = raw._conn.execute("PRAGMA page_count").fetchone()[0]
            raw._conn.execute(f"PRAGMA max_page_count={pages}")
            with pytest.raises(sqlite3.OperationalError, match="full"):
                await ADD.run(connection, ONE | {"box": b"x" * 1_000_000})
            assert not raw.in_transaction
            raw._conn.execute("PRAGMA max_page_count=4294967294")
            await ADD.run(connection, ONE | {"id": 2})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await go_on()
    assert await count(database) == 0


async def test_outside_of_a_transaction_it_is_not_run(database: Database) -> None:
    async with database.engine.connect() as connection:
        with pytest.raises(RuntimeError, match="within a transaction"):
            await ADD.run(connection, ONE)
    assert await count(database) == 0


async def test_whoever_listens_to_statements_hears_of_it(database: Database) -> None:
    heard: list[Any] = []

    def on_statement(_connection: Any, statement: Any, *_: Any) -> None:
        heard.append(type(statement).__name__)

    def on_text(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        heard.append(text.split(maxsplit=1)[0])

    engine = database.engine.sync_engine
    event.listen(engine, "before_execute", on_statement)
    event.listen(engine, "before_cursor_execute", on_text)
    async with database.begin() as connection:
        await ADD.run(connection, ONE)
    assert heard == ["Insert", "INSERT"]


@pytest.mark.parametrize(
    "statement",
    [
        select(KEPT).where(KEPT.c.id.in_(bindparam("ids", expanding=True))),
        select(KEPT).where(func.date(KEPT.c.word) == bindparam("at", type_=DateTime())),
    ],
)
def test_a_statement_that_is_made_anew_for_its_values_is_refused(statement: Any) -> None:
    with pytest.raises(TypeError):
        Prepared(statement)
