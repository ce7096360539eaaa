"""Puts reveals together, over the accounts of people."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import Clock
from curtilage.core.models import PrincipalId, TenantId
from curtilage.core.slice import Slice
from curtilage.identity.ground import Ground
from curtilage.identity.people.build import People
from curtilage.identity.reveal.adapters.people import (
    PersonReasons,
    RecordSealer,
    RegisteredColleagues,
    SessionProofs,
)
from curtilage.identity.reveal.desk import Desk
from curtilage.identity.reveal.pages import RevealPages
from curtilage.identity.reveal.ports import Originals
from curtilage.identity.reveal.service import RevealService
from curtilage.identity.reveal.settings import Mode
from curtilage.identity.reveal.store.reveals import SqlRevealStore


@dataclass(frozen=True, slots=True)
class RevealHolder:
    """Ends what somebody asked for once they are disabled."""

    clock: Clock

    async def end_all(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int:
        at = self.clock.now()
        return await SqlRevealStore().close_all(connection, tenant, person, at)

    async def judge_anew(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> None:
        """Nothing to do: whether they may is looked up when a request is opened."""


@dataclass(frozen=True, slots=True)
class Reveals:
    """The slice, built."""

    service: RevealService

    def as_slice(self) -> Slice:
        """What it offers to the control process. Templates are found as `reveals/…`."""
        pages = RevealPages(Desk(self.service))
        return Slice(
            name="reveals",
            routes=pages.routes(),
            nav=pages.nav(),
            templates=str(Path(__file__).parent / "templates"),
        )


def build_reveals(
    ground: Ground, people: People, *, mode: Mode, originals: Originals, sealer: RecordSealer
) -> Reveals:
    """For the people of one tenant. `originals` finds and opens values, wherever they are."""
    return Reveals(
        RevealService(
            tenant=people.tenant,
            mode=mode,
            database=ground.database,
            store=SqlRevealStore(),
            originals=originals,
            proofs=SessionProofs(people.tenant, people.sessions, people.guard),
            colleagues=RegisteredColleagues(people.register, ground.authority),
            reasons=PersonReasons(people.register.boxes, sealer),
            authority=ground.authority,
            pseudonyms=ground.pseudonyms,
            clock=ground.clock,
            ids=ground.ids,
        )
    )
