"""A database file with today's tables and signing keys: to make keys takes half a second."""

import asyncio
from pathlib import Path

from curtilage.app.migrations import SCRIPTS
from curtilage.core.db.engine import FILE_NAME, open_database
from curtilage.core.db.migrate import migrate
from tests.fakes import FixedClock
from tests.oauth_house import an_oauth_house


def make_filled(folder: Path) -> Path:
    """The file, to be copied by tests whose clock begins at its start."""

    async def make() -> None:
        database = open_database("sqlite", folder)
        await migrate(database, SCRIPTS)
        await an_oauth_house(database, clock=FixedClock()).oauth.keys.keep_up()
        await database.close()

    asyncio.run(make())
    return folder / FILE_NAME
