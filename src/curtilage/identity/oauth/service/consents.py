"""What people allowed apps: listed, narrowed, taken back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.db import outbox
from curtilage.core.models import Principal, PrincipalId, TenantId
from curtilage.identity.models import MANAGE_PEOPLE
from curtilage.identity.oauth.errors import UnknownClient
from curtilage.identity.oauth.models.clients import Client
from curtilage.identity.oauth.models.requests import AuthorizationRequest, Consent
from curtilage.identity.oauth.service.directory import ClientDirectory
from curtilage.identity.oauth.service.ground import Ground
from curtilage.identity.oauth.store_ports import CallerStore, ConsentStore, GrantStore


@dataclass(frozen=True, slots=True)
class AllowedApp:
    """A consent with the app that has it; None for one that is gone."""

    consent: Consent
    client: Client | None


@dataclass(frozen=True, slots=True)
class ConsentService:
    """A person's own apps: `…_of` are for whoever may manage people, all else is for
    the person alone."""

    ground: Ground
    directory: ClientDirectory
    consents: ConsentStore
    grants: GrantStore

    async def list(self, person: PrincipalId) -> Sequence[AllowedApp]:
        """All that this person allowed, the oldest first."""
        async with self.ground.database.read() as connection:
            kept = await self.consents.load(connection, self.ground.tenant, person)
        return [AllowedApp(each, await self.directory.find(each.client)) for each in kept]

    async def list_of(self, actor: Principal, person: PrincipalId) -> Sequence[AllowedApp]:
        """What somebody allowed, for who manages people."""
        self.ground.authority.require(actor, MANAGE_PEOPLE, tenant=self.ground.tenant)
        return await self.list(person)

    async def revoke_of(self, actor: Principal, person: PrincipalId, client: str) -> None:
        """End what an app has of somebody, for who manages people. Raises `UnknownClient`."""
        self.ground.authority.require(actor, MANAGE_PEOPLE, tenant=self.ground.tenant)
        await self._revoke(actor, person, client)

    async def narrow(self, person: PrincipalId, client: str, *, keeps: frozenset[str]) -> Consent:
        """Leave an app only these scopes. What it holds ends, so that nothing wider lives on.

        Raises `UnknownClient` where nothing was allowed."""
        event = await self.ground.event(
            self.ground.as_person(person), "app_access.narrowed", {"client": client}
        )
        async with self.ground.database.begin() as connection:
            consent = await self.consents.find(connection, self.ground.tenant, person, client)
            if consent is None:
                raise UnknownClient
            left = replace(consent, scopes=consent.scopes & keeps, changed_at=event.at)
            await self.grants.revoke(
                connection, self.ground.tenant, event.at, person=person, client=client
            )
            await self.consents.put(connection, self.ground.tenant, left)
            await outbox.record(connection, event)
        return left

    async def revoke(self, person: PrincipalId, client: str) -> None:
        """Take everything back from an app; its tokens end now. Raises `UnknownClient`."""
        await self._revoke(self.ground.as_person(person), person, client)

    async def _revoke(self, actor: Principal, person: PrincipalId, client: str) -> None:
        whom = {} if actor.id == person else {"person": await self._pseudonym(person)}
        event = await self.ground.event(
            actor, "app_access.revoked", {"client": client[:255], **whom}
        )
        async with self.ground.database.begin() as connection:
            ended = await self.grants.revoke(
                connection, self.ground.tenant, event.at, person=person, client=client
            )
            had = await self.consents.delete(connection, self.ground.tenant, person, client)
            if not had and not ended:
                raise UnknownClient
            await outbox.record(connection, event)

    async def _pseudonym(self, person: PrincipalId) -> str:
        return await self.ground.pseudonyms.pseudonym(self.ground.tenant, person)


@dataclass(frozen=True, slots=True)
class AppEraser:
    """Implements `people.ports.Eraser`: what somebody allowed apps, what apps got by it, and
    what records of their calls name them by.

    Codes and device requests that came to nothing go by themselves within a day."""

    consents: ConsentStore
    grants: GrantStore
    callers: CallerStore

    async def erase(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int:
        grants = await self.grants.erase(connection, tenant, person)
        names = await self.callers.erase(connection, tenant, person)
        return grants + names + await self.consents.erase(connection, tenant, person)


def widen(
    consent: Consent | None,
    request: AuthorizationRequest,
    *,
    tenant: TenantId,
    person: PrincipalId,
    at: datetime,
) -> Consent:
    """The consent with what was just allowed in it."""
    if consent is None:
        return Consent(
            tenant=tenant,
            person=person,
            client=request.client,
            scopes=frozenset(request.consented_scopes),
            resources=frozenset(request.resources),
            given_at=at,
            changed_at=at,
        )
    return replace(
        consent,
        scopes=consent.scopes | set(request.consented_scopes),
        resources=consent.resources | set(request.resources),
        changed_at=at,
    )
