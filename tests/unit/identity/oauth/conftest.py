"""An authorization server on a fresh SQLite database that has its keys."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from curtilage.core.db.engine import FILE_NAME, open_database
from curtilage.identity.oauth.cli import ClientDesk, OpenClients
from tests.fakes import FixedClock
from tests.oauth_house import ADMIN, OAuthHouse, an_oauth_house
from tests.oauth_keys import make_filled


@pytest.fixture(scope="session")
def with_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_filled(tmp_path_factory.mktemp("with-keys"))


@pytest.fixture
async def house(data_dir: Path, with_keys: Path, clock: FixedClock) -> AsyncIterator[OAuthHouse]:
    shutil.copy(with_keys, data_dir / FILE_NAME)
    database = open_database("sqlite", data_dir)
    yield an_oauth_house(database, clock=clock)
    await database.close()


@pytest.fixture
def open_desk(filled_dir: Path, clock: FixedClock) -> OpenClients:
    """Opens a service of its own, whose database lasts from one command to the next."""

    @asynccontextmanager
    async def opened(
        config: Path | None, data_dir: Path | None, *, makes: bool = False
    ) -> AsyncIterator[ClientDesk]:
        database = open_database("sqlite", filled_dir)
        house = an_oauth_house(database, clock=clock)
        try:
            yield ClientDesk(house.oauth.clients, ADMIN, clock)
        finally:
            await database.close()

    return opened
