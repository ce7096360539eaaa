"""What commands read without the service."""

from pathlib import Path

import pytest

from curtilage.app.errors import NoInstallation
from curtilage.app.offline import open_offline
from curtilage.app.settings import read_settings
from curtilage.core.clock import SystemClock
from curtilage.core.entropy import SystemEntropy
from curtilage.core.errors import NotFoundError
from curtilage.core.ids import SystemIds
from curtilage.ledger.writer import LedgerWriter
from tests.builders import an_event
from tests.fakes.ids import fixed_id
from tests.unit.app.test_foundation import opening


async def test_a_request_is_explained_from_the_files_alone(tmp_path: Path) -> None:
    flags = {"server.data_dir": tmp_path / "data", "server.key_dir": tmp_path / "keys"}
    async with opening(tmp_path):
        pass
    async with open_offline(read_settings(None, {}, flags)) as offline:
        clock, ids = SystemClock(), SystemIds(SystemClock(), SystemEntropy())
        decision = {
            "effect": "permit", "reason": "purpose.covered", "policy": "balanced",
            "treatments": {"user.contact.email:EMAIL_ADDRESS": "token"},
        }  # fmt: skip
        facts = {"findings": {"EMAIL_ADDRESS": 2}, "model": "mirror", "destination": "mirror"}
        event = an_event(tenant=offline.foundation.tenant, decision=decision, facts=facts)
        writer = LedgerWriter.open(
            tmp_path / "data" / "ledger", slot="gateway-0", clock=clock, ids=ids, opens=frozenset()
        )
        await writer.append(event)
        writer.close()
        found = await offline.explain(event.id)
        assert (found.request_id, found.purpose, found.policy) == (event.id, "assist", "balanced")
        with pytest.raises(NotFoundError):
            await offline.explain(fixed_id(404))


async def test_what_only_reads_makes_nothing_where_nothing_is(tmp_path: Path) -> None:
    flags = {"server.data_dir": tmp_path / "data", "server.key_dir": tmp_path / "keys"}
    with pytest.raises(NoInstallation, match=r"no installation at .*data"):
        async with open_offline(read_settings(None, {}, flags)):
            pass
    assert not list(tmp_path.iterdir())
