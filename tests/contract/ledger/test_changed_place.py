"""A ledger whose place was changed in the settings, after it was begun elsewhere."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from curtilage.app.errors import LedgerInStore
from curtilage.app.foundation import Foundation, open_foundation
from curtilage.app.ledger import open_ledger
from curtilage.app.settings import read_settings
from curtilage.core.clock import SystemClock
from curtilage.core.entropy import SystemEntropy
from curtilage.core.ids import SystemIds
from tests.builders import an_event
from tests.ledger_rows import Store

pytestmark = pytest.mark.postgres
CLOCK = SystemClock()
IDS = SystemIds(CLOCK, SystemEntropy())


def opening(store: Store, folder: Path, log: str) -> AbstractAsyncContextManager[Foundation]:
    flags = {
        "server.data_dir": folder / "data",
        "server.key_dir": folder / "keys",
        "store.url": store.url,
        "ledger.log": log,
    }
    settings = read_settings(None, {}, flags)
    return open_foundation(settings, clock=CLOCK, ids=IDS, entropy=SystemEntropy())


async def record(foundation: Foundation) -> None:
    async with open_ledger(foundation, lease=lambda: None) as ledger:
        await ledger.writer.append(an_event(tenant=foundation.tenant))


async def test_a_ledger_in_the_database_is_not_gone_on_with_in_files(
    store: Store, tmp_path: Path
) -> None:
    """What was recorded last is in no file where that node was killed."""
    async with opening(store, tmp_path, "store") as foundation:
        await record(foundation)
    async with opening(store, tmp_path, "files") as foundation:
        with pytest.raises(LedgerInStore):
            await record(foundation)
    async with opening(store, tmp_path, "store") as foundation:
        await record(foundation)
    assert store.ask("SELECT sum(next) FROM ledger_slot") == [(2,)]


async def test_files_are_gone_on_with_where_nothing_was_recorded_in_the_database(
    store: Store, tmp_path: Path
) -> None:
    async with opening(store, tmp_path, "files") as foundation:
        await record(foundation)
        await record(foundation)
