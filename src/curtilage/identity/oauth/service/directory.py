"""Finds clients for the protocol, from memory where it looked a moment ago."""

from dataclasses import dataclass, field
from datetime import timedelta

from curtilage.identity.oauth.models.clients import Client
from curtilage.identity.oauth.service.ground import Ground
from curtilage.identity.oauth.store_ports import ClientStore

FRESH = timedelta(seconds=1)  # a client that is revoked elsewhere is refused within it
MOST = 4096


@dataclass(frozen=True, slots=True)
class ClientDirectory:
    """Clients by id. What is not there is not remembered: nobody can fill this with names."""

    ground: Ground
    store: ClientStore
    known: dict[str, tuple[float, Client]] = field(default_factory=dict, repr=False)

    async def find(self, client_id: str) -> Client | None:
        """A client that is registered and not revoked."""
        now = self.ground.clock.monotonic()
        found = self.known.get(client_id)
        if found is not None and now - found[0] <= FRESH.total_seconds():
            return found[1]
        if not client_id or len(client_id) > 255 or not client_id.isprintable():
            return None
        async with self.ground.database.read() as connection:
            client = await self.store.find(connection, self.ground.tenant, client_id)
        if client is None or client.revoked_at is not None:
            self.known.pop(client_id, None)
            return None
        if len(self.known) >= MOST:
            self.known.clear()
        self.known[client_id] = (now, client)
        return client

    def forget(self, client_id: str) -> None:
        """Look again at the next request: it was changed here."""
        self.known.pop(client_id, None)
