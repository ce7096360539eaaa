"""Migrations keep one promise on SQLite and on PostgreSQL."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from curtilage.app.migrations import SCRIPTS
from curtilage.core.db.engine import Database, open_database
from curtilage.core.db.errors import DatabaseRefused
from curtilage.core.db.migrate import migrate
from curtilage.core.db.tables import CORE
from curtilage.core.db.upgrade import upgrade


def differences(connection: Connection) -> list[object]:
    ours = set(CORE.tables)
    options = {"include_name": lambda name, kind, _: kind != "table" or name in ours}
    context = MigrationContext.configure(connection, opts=options)
    return compare_metadata(context, CORE)


async def test_migrated_tables_are_those_that_the_code_uses(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrating_twice_changes_nothing(empty_database: Database) -> None:
    first = await migrate(empty_database, SCRIPTS)
    assert await migrate(empty_database, SCRIPTS) == first
    assert first != ""


LOOK = """
import asyncio, sys
from pathlib import Path
from curtilage.app.migrations import SCRIPTS
from curtilage.core.db.engine import open_database
from curtilage.core.db.migrate import migrate

async def look():
    database = open_database("sqlite", Path(sys.argv[1]))
    print(await migrate(database, SCRIPTS))
    await database.close()

asyncio.run(look())
print("alembic" in sys.modules)
"""


def test_only_who_finds_something_missing_loads_alembic_and_its_scripts(data_dir: Path) -> None:
    looks = [
        subprocess.run(
            [sys.executable, "-c", LOOK, data_dir], capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(2)
    ]
    assert [loaded for _, loaded in looks] == ["True", "False"]
    assert looks[0][0] == looks[1][0] != ""


async def test_upgrading_what_is_new_changes_nothing(empty_database: Database) -> None:
    newest = await migrate(empty_database, SCRIPTS)
    async with empty_database.begin() as connection:
        assert await connection.run_sync(upgrade, SCRIPTS) == newest


def test_scripts_are_named_after_their_versions_and_sort_as_they_follow() -> None:
    line = ScriptDirectory(str(SCRIPTS)).walk_revisions()
    names = [(each.revision, Path(each.path).stem) for each in line][::-1]
    assert [revision for revision, _ in names] == [stem for _, stem in names]
    assert names == sorted(names)


async def test_concurrent_starters_migrate_once(database_url: str, data_dir: Path) -> None:
    starters = [open_database(database_url, data_dir) for _ in range(4)]
    versions = await asyncio.gather(*(migrate(starter, SCRIPTS) for starter in starters))
    assert len(set(versions)) == 1
    for starter in starters:
        await starter.close()


async def test_a_database_newer_than_the_code_is_refused(database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999_future'"))
    with pytest.raises(DatabaseRefused, match="newer version"):
        await migrate(database, SCRIPTS)


BROKEN = """
import sqlalchemy as sa
from alembic import op
revision = "0001_broken"
down_revision = None
def upgrade():
    op.create_table("half", sa.Column("x", sa.Integer))
    raise RuntimeError("stops half-way")
"""


async def test_a_migration_that_fails_leaves_nothing_behind(
    empty_database: Database, tmp_path: Path
) -> None:
    versions = tmp_path / "scripts" / "versions"
    versions.mkdir(parents=True)
    (versions / "0001_broken.py").write_text(BROKEN)
    with pytest.raises(RuntimeError, match="half-way"):
        await migrate(empty_database, versions.parent)
    async with empty_database.read() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert "half" not in names
    assert await migrate(empty_database, SCRIPTS) != ""
