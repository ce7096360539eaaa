"""The slice on a fresh SQLite database."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from curtilage.app.migrations import SCRIPTS
from curtilage.core.db.engine import FILE_NAME, open_database
from curtilage.core.db.migrate import migrate
from curtilage.identity.people.ports import Holder
from curtilage.identity.settings import IdentitySettings
from tests.identity_house import House, a_house
from tests.lock_order import watching

MakeHouse = Callable[..., House]


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


@pytest.fixture(autouse=True)
def in_order() -> Iterator[None]:
    """No transaction of identity holds rows out of order, whatever is tested."""
    with watching() as found:
        yield
    assert found == [], "`curtilage.identity.store` says in which order rows are held"


@pytest.fixture
def filled_dir(data_dir: Path, migrated: Path) -> Path:
    """A data directory whose database has its tables."""
    shutil.copy(migrated, data_dir / FILE_NAME)
    return data_dir


@pytest.fixture
async def make_house(filled_dir: Path) -> AsyncIterator[MakeHouse]:
    """Makes houses on one database, with the settings given."""
    database = open_database("sqlite", filled_dir)
    made: list[House] = []

    def make(*, holders: Sequence[Holder] = (), **settings: Any) -> House:
        made.append(
            a_house(
                database, filled_dir, IdentitySettings(**settings), holders=holders, start=len(made)
            )
        )
        return made[-1]

    yield make
    for each in made:
        each.identity.close()
    await database.close()


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    return make_house()
