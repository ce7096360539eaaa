"""What access tokens stand on, for whoever judges them elsewhere: keys, and what ended.

A worker of the gateway has no database. It verifies by what is told here, and asks one
thing while it does: whether a proof of possession came before.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import Clock
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.oauth.models.standing import Standing
from curtilage.identity.oauth.service.ground import Ground
from curtilage.identity.oauth.service.keys import KeyService
from curtilage.identity.oauth.settings import ACCESS_LIFE
from curtilage.identity.oauth.store_ports import ClientStore, GrantStore, OnceStore
from curtilage.identity.wire.claims import SKEW


@dataclass(frozen=True, slots=True)
class StandingService:
    """Tells workers. Asks for no right: it is the product itself."""

    ground: Ground
    keys: KeyService
    grants: GrantStore
    clients: ClientStore
    once: OnceStore

    async def load(self) -> Standing:
        """As it is now, read anew. What ended before any token that still holds is left out."""
        tenant, at = self.ground.tenant, self.ground.now()
        since = at - ACCESS_LIFE - 2 * SKEW  # of the issuer's clock, and of the verifier's
        async with self.ground.database.read() as connection:
            grants = await self.grants.load_ended(connection, tenant, since)
            clients = await self.clients.load_ended(connection, tenant, since)
            tokens = await self.once.load_ended(connection, tenant, at)
        return Standing(
            issuer=self.ground.settings.issuer,
            base=self.ground.settings.base,
            jwks=await self.keys.read_jwks(),
            grants=grants,
            clients=clients,
            tokens=tokens,
            payer_key=self.ground.secrets.payer,
        )

    async def use_proof(self, digest: bytes, until: datetime) -> bool:
        """Whether this proof comes for the first time: true for exactly one caller, anywhere."""
        async with self.ground.database.begin() as connection:
            return await self.once.see(connection, self.ground.tenant, digest, until)


@dataclass(frozen=True, slots=True)
class GrantHolder:
    """Implements `people.ports.Holder`: what apps were granted by somebody ends with them."""

    clock: Clock
    grants: GrantStore

    async def end_all(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int:
        return await self.grants.revoke(connection, tenant, self.clock.now(), person=person)
