"""The authorization server on a socket, or at hand with a clock that a test moves."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from curtilage.core.db.engine import FILE_NAME, open_database
from tests.fakes import FixedClock
from tests.oauth_house import OAuthHouse, an_oauth_house
from tests.oauth_keys import make_filled
from tests.oauth_server import ServedHouse, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHouse]:
    with serving(tmp_path_factory.mktemp("oauth")) as served:
        yield served


@pytest.fixture(scope="session")
def with_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_filled(tmp_path_factory.mktemp("with-keys"))


@pytest.fixture
async def house(data_dir: Path, with_keys: Path, clock: FixedClock) -> AsyncIterator[OAuthHouse]:
    """The server without a socket, with a clock that a test moves."""
    shutil.copy(with_keys, data_dir / FILE_NAME)
    database = open_database("sqlite", data_dir)
    yield an_oauth_house(database, clock=clock, registration="token")
    await database.close()
