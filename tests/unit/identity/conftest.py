"""The slice on a fresh SQLite database."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from curtilage.app.migrations import SCRIPTS
from curtilage.core.db.engine import FILE_NAME, open_database
from curtilage.core.db.migrate import migrate
from tests.identity_house import House, a_house


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with today's tables, made once and copied."""
    folder = tmp_path_factory.mktemp("migrated")

    async def make() -> None:
        database = open_database("sqlite", folder)
        await migrate(database, SCRIPTS)
        await database.close()

    asyncio.run(make())
    return folder / FILE_NAME


@pytest.fixture
def filled_dir(data_dir: Path, migrated: Path) -> Path:
    """A data directory whose database has its tables."""
    shutil.copy(migrated, data_dir / FILE_NAME)
    return data_dir


@pytest.fixture
async def house(filled_dir: Path) -> AsyncIterator[House]:
    database = open_database("sqlite", filled_dir)
    built = a_house(database, filled_dir)
    yield built
    built.identity.close()
    await database.close()
