"""A database with the ledger's tables, and a proxy before it that cuts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from curtilage.app.migrations import SCRIPTS
from curtilage.core.db.engine import open_database
from curtilage.core.db.migrate import migrate
from tests.fakes.cutter import Cutter
from tests.ledger_rows import Store
from tests.tcp import proxying


@pytest.fixture
async def store(postgres_url: str, data_dir: Path) -> Store:
    database = open_database(postgres_url, data_dir)
    await migrate(database, SCRIPTS)
    await database.close()
    return Store(postgres_url)


@pytest.fixture
def cutter(store: Store) -> Iterator[Cutter]:
    with proxying(Cutter(make_url(store.url).port or 5432)) as cutter:
        yield cutter
