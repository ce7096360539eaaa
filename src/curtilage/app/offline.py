"""What commands read without the service: its files, opened for reading."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from curtilage.app.foundation import Foundation, open_foundation
from curtilage.app.installation import refuse_absent
from curtilage.app.settings import Settings
from curtilage.app.tools import make_tools
from curtilage.detect.catalogue import load_catalogue
from curtilage.gateway.service.explain import ExplainService
from curtilage.ledger.read import LedgerReader
from curtilage.ledger.views import Explanation


@dataclass(frozen=True, slots=True)
class Offline:
    """The foundation, and readers over the data directory."""

    foundation: Foundation

    async def explain(self, request_id: str) -> Explanation:
        """Why a request was treated so. Raises UnknownRequest."""
        foundation = self.foundation
        titles = {name: kind.title for name, kind in load_catalogue().kinds.items()}
        ledger = LedgerReader(foundation.settings.server.data_dir / "ledger")
        service = ExplainService(
            ledger, foundation.policies, foundation.kept, titles, foundation.authority
        )
        return await service.explain(foundation.operator(), request_id)


@contextlib.asynccontextmanager
async def open_offline(settings: Settings) -> AsyncIterator[Offline]:
    """Open what is there. Raises NoInstallation where nothing is."""
    refuse_absent(settings)
    tools = make_tools()
    async with open_foundation(
        settings, clock=tools.clock, ids=tools.ids, entropy=tools.entropy
    ) as foundation:
        yield Offline(foundation)
