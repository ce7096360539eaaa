"""Canaries are minted by name, recorded, and told to workers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from curtilage.app.migrations import SCRIPTS
from curtilage.core.authority import Authority, MissingRight
from curtilage.core.db import broadcast, outbox
from curtilage.core.db.engine import Database, open_database
from curtilage.core.db.migrate import migrate
from curtilage.detect.hostile.canary import CanaryKey
from curtilage.gateway.canaries.service import TOPIC, CanaryService
from curtilage.gateway.errors import UnfitCanaryName
from tests.builders import a_principal
from tests.fakes import FixedClock, FixedIds
from tests.fakes.pseudonyms import FixedPseudonyms
from tests.identity_house import ADMIN

KEY = b"c" * 32


async def the_key() -> bytes:
    return KEY


def a_service(database: Database) -> CanaryService:
    return CanaryService(
        database, Authority(), FixedPseudonyms(), the_key, FixedClock(), FixedIds()
    )


@pytest.fixture
async def service(data_dir: Path) -> AsyncIterator[CanaryService]:
    database = open_database("sqlite", data_dir)
    await migrate(database, SCRIPTS)
    yield a_service(database)
    await database.close()


async def test_a_name_has_one_canary_and_no_other_has_it(service: CanaryService) -> None:
    canary = await service.mint(ADMIN, "crm-notes")
    assert await service.mint(ADMIN, "crm-notes") == canary
    assert await service.mint(ADMIN, "crm.notes") != canary
    assert list(CanaryKey(KEY).find(f"It says {canary}."))


async def test_that_one_was_minted_is_recorded_and_told_and_neither_which_nor_for_what(
    service: CanaryService,
) -> None:
    before = (await broadcast.generations(service.database)).get(TOPIC, 0)
    canary = await service.mint(ADMIN, "crm-notes")
    async with service.database.read() as connection:
        (event,) = [item.event for item in await outbox.read_batch(connection, 10)]
    assert event.kind == "canary.minted"
    assert "crm" not in repr(event) and canary[:8] not in repr(event)
    assert (await broadcast.generations(service.database))[TOPIC] == before + 1


async def test_who_has_no_right_to_and_what_is_no_name_mint_nothing(
    service: CanaryService,
) -> None:
    with pytest.raises(MissingRight):
        await service.mint(a_principal(), "crm-notes")
    for name in ("", "CRM", "-crm", "crm-", "a b", "é", "n" * 65):
        with pytest.raises(UnfitCanaryName):
            await service.mint(ADMIN, name)
    assert await service.mint(ADMIN, "n" * 64)
    assert await service.mint(ADMIN, "n")
