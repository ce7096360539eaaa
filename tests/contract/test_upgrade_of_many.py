"""An upgrade over very many sessions and tokens does not work through them, on both databases.

Tables that grow with people are filled as soon as a migration made them, and each later one is
watched. What it does to a full table may be to add a column or an index, or to drop the table:
nothing that reads or writes row by row. On PostgreSQL no table that was there may be written
anew under its lock, which would show in another file of it.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event, inspect, text

from curtilage.app.foundation import open_foundation
from curtilage.app.migrations import SCRIPTS
from curtilage.app.settings import read_settings
from curtilage.app.tools import make_tools
from curtilage.core.db.engine import Database, open_database
from tests.planted import remember

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
MANY = 200_000
GROW = (
    "session", "person", "person_handle", "authenticator", "oauth_grant", "oauth_refresh",
    "oauth_consent",
)  # fmt: skip
NUMBERS = {
    "sqlite": f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY}) ",
    "postgresql": f"WITH n AS (SELECT i FROM generate_series(1, {MANY}) AS s(i)) ",
}
BYTES = {"sqlite": "CAST(printf('%032d', i) AS BLOB)", "postgresql": "lpad(i::text, 32)::bytea"}
MAY = re.compile(r"(CREATE TABLE|CREATE INDEX|ALTER TABLE \w+ ADD COLUMN|DROP TABLE|DROP INDEX)\b")


def fill(connection: Connection, table: str) -> None:
    """Rows by the kinds of its columns, each different from the others."""
    dialect = connection.dialect.name
    by_kind: Mapping[type[Any], str] = {
        sa.String: "'v-' || i",
        sa.LargeBinary: BYTES[dialect],
        sa.Boolean: "false",
        sa.Integer: "0",
    }
    columns = [each for each in inspect(connection).get_columns(table) if not each["nullable"]]
    values = [
        next(value for kind, value in by_kind.items() if isinstance(each["type"], kind))
        for each in columns
    ]
    names = ", ".join(each["name"] for each in columns)
    source = f"SELECT {', '.join(values)} FROM n"
    insert = f"INSERT INTO {table} ({names}) "
    numbers = NUMBERS[dialect]
    connection.execute(
        text(numbers + insert + source if dialect == "sqlite" else insert + numbers + source)
    )


@contextmanager
def watched(bind: Any) -> Iterator[list[str]]:
    """Every statement that is executed in the block, on one line."""
    seen: list[str] = []

    def note(*given: Any) -> None:
        seen.append(" ".join(str(given[2]).split()))

    event.listen(bind, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(bind, "before_cursor_execute", note)


def about(seen: list[str], tables: set[str]) -> list[str]:
    """Those of the statements that name one of the tables."""
    names = re.compile(rf"\b({'|'.join(sorted(tables)) or '-'})\b")
    return [each for each in seen if names.search(each)]


def files(connection: Connection, tables: set[str]) -> dict[str, int]:
    """Where PostgreSQL keeps each table: another place once it was written anew."""
    if connection.dialect.name != "postgresql":
        return {}
    return {
        each: connection.execute(text(f"SELECT pg_relation_filenode('{each}')")).scalar_one()
        for each in tables
    }


def upgrade_all(connection: Connection) -> dict[str, list[str]]:
    """Each migration over tables that are full; what it did to those, by its name."""
    context, full = MigrationContext.configure(connection), set[str]()
    done: dict[str, list[str]] = {}
    directory = ScriptDirectory(str(SCRIPTS))
    for script in list(directory.iterate_revisions("head", "base"))[::-1]:
        before = files(connection, full)
        with Operations.context(context), watched(connection) as seen:
            script.module.upgrade()
        context.stamp(directory, script.revision)
        done[script.revision] = about(seen, full)
        gone = {name for each in seen if (name := each.removeprefix("DROP TABLE ")) in full}
        stay = full - gone
        assert files(connection, stay) == {name: before[name] for name in stay if before}
        there = set(inspect(connection).get_table_names())
        for table in (there & set(GROW)) - stay:
            fill(connection, table)
            stay.add(table)
        full = stay
    assert full == set(GROW), "the list of what grows is that of the tables"
    return done


@pytest.mark.complaint(25)
async def test_no_migration_works_through_what_grows_with_people(empty_database: Database) -> None:
    async with empty_database.begin_alone(wait_seconds=60) as connection:
        done = await connection.run_sync(upgrade_all)
        kept = (await connection.execute(text("SELECT count(*) FROM session"))).scalar_one()
    statements = [each for some in done.values() for each in some]
    assert "DROP TABLE session" in statements and len(statements) > 3
    wrong = [each for each in statements if not MAY.match(each)]
    assert wrong == [], "in batches beside the service, or not at all"
    assert kept == MANY


@pytest.mark.complaint(25)
async def test_a_start_over_many_sessions_reads_none_of_them(tmp_path: Path) -> None:
    data_dir, key_dir = tmp_path / "data", tmp_path / "keys"
    remember(data_dir, key_dir)
    settings = read_settings(None, {}, {"server.data_dir": data_dir, "server.key_dir": key_dir})
    tools = make_tools()

    async def start() -> None:
        async with open_foundation(
            settings, clock=tools.clock, ids=tools.ids, entropy=tools.entropy
        ) as here:
            await here.identity.oauth.keys.keep_up()
            await here.identity.oauth.standing.load()
            await here.identity.keys.load_table(here.tenant)

    await start()
    database = open_database("sqlite", data_dir)
    async with database.begin() as connection:
        for table in ("session", "oauth_grant", "oauth_refresh"):
            await connection.run_sync(fill, table)
    await database.close()
    with watched(Engine) as seen:
        await start()
    assert seen
    assert about(seen, {"session", "oauth_refresh"}) == []
    assert all("revoked_at >=" in each for each in about(seen, {"oauth_grant"}))
