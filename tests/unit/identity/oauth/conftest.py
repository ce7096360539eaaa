"""An authorization server on a fresh SQLite database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from curtilage.core.db.engine import open_database
from tests.fakes import FixedClock
from tests.oauth_house import OAuthHouse, an_oauth_house


@pytest.fixture
async def house(filled_dir: Path, clock: FixedClock) -> AsyncIterator[OAuthHouse]:
    database = open_database("sqlite", filled_dir)
    built = an_oauth_house(database, clock=clock)
    await built.oauth.keys.keep_up()
    yield built
    await database.close()
