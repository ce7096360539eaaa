"""The life of policies on a fresh SQLite database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from curtilage.app.migrations import SCRIPTS
from curtilage.core.db.engine import open_database
from curtilage.core.db.migrate import migrate
from tests.policy_house import PolicyHouse, a_policy_house


@pytest.fixture
async def policies(data_dir: Path) -> AsyncIterator[PolicyHouse]:
    database = open_database("sqlite", data_dir)
    await migrate(database, SCRIPTS)
    yield a_policy_house(database)
    await database.close()
