"""Asks a service whether a new passphrase has leaked, where the operator named one.

It is told five hexadecimal digits of a hash, once all rules of this machine have passed. Where it
does not answer the passphrase is taken, and that it was not screened is recorded: people
must be able to choose one while somebody else's service is down.
"""

from dataclasses import dataclass

from curtilage.core.clock import Clock
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.ids import Ids
from curtilage.core.models import Event, TenantId
from curtilage.identity.breached import BreachRange, Screening
from curtilage.identity.errors import WeakPassphrase


@dataclass(frozen=True, slots=True)
class Screen:
    """For one tenant."""

    service: BreachRange
    database: Database
    tenant: TenantId
    clock: Clock
    ids: Ids

    async def verify(self, passphrase: bytes) -> None:
        """Raises `WeakPassphrase` where the service knows it."""
        found = await self.service.screen(passphrase)
        if found is Screening.LEAKED:
            raise WeakPassphrase(
                "The passphrase is in a list of leaked ones; others try all of those first."
            )
        if found is Screening.UNKNOWN:
            await self._record()

    async def _record(self) -> None:
        """Of whom it is, is not said: it is no fault of theirs."""
        event = Event(
            id=self.ids.new(),
            at=self.clock.now(),
            kind="passphrase.unscreened",
            tenant=self.tenant,
            facts={},
        )
        async with self.database.begin() as connection:
            await outbox.record(connection, event)
