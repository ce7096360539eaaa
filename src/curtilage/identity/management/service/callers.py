"""Who calls the management API: whom a key or a token stands for, and what they may.

A key opens with its management rights, a token with those of its scopes that whoever it
stands for still holds. A token must be for this API (RFC 8707), and one that is bound to a
key comes with a proof for this very request (RFC 9449), which works once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import Clock
from curtilage.core.db.engine import Database
from curtilage.core.models import Principal, PrincipalId, PrincipalKind, TenantId
from curtilage.identity.errors import KeyRefused
from curtilage.identity.management.errors import CallerUnknown
from curtilage.identity.management.service.machines import KeysAndApps, managing
from curtilage.identity.models import ApiKey
from curtilage.identity.oauth.errors import TokenRefused
from curtilage.identity.oauth.service.explaining import ExplainService
from curtilage.identity.people.models import Assurance
from curtilage.identity.people.service.demands import Demands
from curtilage.identity.ports import KeyStore
from curtilage.identity.principal_ids import principal_id
from curtilage.identity.token_callers import LEVELS, as_used
from curtilage.identity.wire.access_tokens import AccessToken
from curtilage.identity.wire.apikey import PREFIX, parse_api_key
from curtilage.identity.wire.dpop import VerifiedProof, find_proof, verify_proof
from curtilage.identity.wire.errors import JoseRefused
from curtilage.identity.wire.presented import (
    Presented,
    Scheme,
    parse_authorization,
    verify_binding,
)

NOTED_EVERY = timedelta(minutes=1)  # so that a busy program does not write at each call


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows of who sends it; `path` as it was sent, without the query."""

    method: str
    path: str
    authorization: Sequence[str] = field(default=(), repr=False)
    proofs: Sequence[str] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Callers:
    """For one tenant. `base` is the public address, `audience` what tokens for us name."""

    tenant: TenantId
    database: Database
    keys: KeyStore
    machines: KeysAndApps
    explaining: ExplainService
    base: str
    audience: str
    clock: Clock
    demands: Demands

    async def know(self, shown: Shown) -> Principal:
        """Who this is, with no right that does not open this API. Raises `CallerUnknown`."""
        try:
            presented = parse_authorization(shown.authorization)
            if presented is None:
                raise CallerUnknown
            if presented.token.startswith(PREFIX) and presented.scheme is Scheme.BEARER:
                return await self._know_key(presented.token)
            return await self._know_token(presented, shown)
        except (JoseRefused, KeyRefused, TokenRefused):
            raise CallerUnknown from None

    async def _know_key(self, text: str) -> Principal:
        digest = parse_api_key(text)
        async with self.database.read() as connection:
            key = await self.keys.find_by_digest(connection, self.tenant, digest)
            rights = await self.machines.reach_of(connection, key) if key else frozenset()
        if key is None or not rights:
            raise CallerUnknown
        await self._note_use(key)
        return Principal(self.tenant, key.principal, key.kind, rights=rights)

    async def _note_use(self, key: ApiKey) -> None:
        at = self.clock.now()
        if key.last_used_at is None or at - key.last_used_at >= NOTED_EVERY:
            async with self.database.begin() as connection:
                await self.keys.note_use(connection, self.tenant, key.id, at)

    async def _know_token(self, presented: Presented, shown: Shown) -> Principal:
        access = await self.explaining.minter.verify_access_token(presented.token)
        if access.audience != (self.audience,) or access.details:
            raise TokenRefused  # permissions of RFC 9396 narrow it, and none is known here
        proof = self._verify_proof(access, presented, shown, at=self.clock.now())
        actor = await self._stand_for(access)
        if proof is not None:
            await self._use(proof)
        return actor

    def _verify_proof(
        self, access: AccessToken, presented: Presented, shown: Shown, *, at: datetime
    ) -> VerifiedProof | None:
        raw = find_proof(shown.proofs)
        proof = None
        if access.jkt and raw is not None:
            proof = verify_proof(
                raw,
                method=shown.method,
                url=f"{self.base}{shown.path}",
                at=at,
                access_token=presented.token,
                expected_jkt=access.jkt,
            )
        verify_binding(access, scheme=presented.scheme, proof=proof)
        return proof

    async def _use(self, proof: VerifiedProof) -> None:
        used, once = as_used(proof), self.explaining.once
        async with self.database.begin() as connection:
            if not await once.see(connection, self.tenant, used.digest, used.until):
                raise TokenRefused

    async def _reach_of_person(
        self, connection: AsyncConnection, id: PrincipalId, acr: str
    ) -> frozenset[str]:
        """As in the console: a link by mail gives no power, and where a second factor is
        demanded of somebody, a token from before they showed one gives none either."""
        person = await self.machines.people.find(connection, self.tenant, id)
        roles = () if person is None else person.roles
        if LEVELS.get(acr, 0) < max(Assurance.ONE, self.demands.demanded(roles)):
            return frozenset()
        return await self.machines.reach_of_person(connection, self.tenant, id)

    async def _stand_for(self, access: AccessToken) -> Principal:
        grant = await self.explaining.verify_live(access)
        client = principal_id(access.client_id)
        written = await self.machines.find_rights(self.tenant, client) or frozenset()
        rights = managing(access.scopes) & written  # an app may have lost some since
        if grant is None:
            return Principal(self.tenant, client, PrincipalKind.SERVICE, rights=rights)
        async with self.database.read() as connection:
            held = await self._reach_of_person(connection, grant.person, access.acr)
        return Principal(
            self.tenant, grant.person, PrincipalKind.PERSON, rights=rights & held, act=(client,)
        )
