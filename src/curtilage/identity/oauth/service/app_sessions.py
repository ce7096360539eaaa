"""What apps have of sessions ends with them: their grants, and each app is told.

Told are those that have an address for it (OpenID Connect Back-Channel Logout §2.5), by the job
that sends what is due. It is queued in the transaction that ends the session, so that neither
happens alone, however it ended: signed out here or by an app, from elsewhere, replaced in its
browser, by its age or for nobody used it, disabled, deleted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.db import outbox
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.oauth.models.grants import Grant, LogoutNotice
from curtilage.identity.oauth.service.directory import ClientDirectory
from curtilage.identity.oauth.service.ground import Ground
from curtilage.identity.oauth.store_ports import GrantStore, NoticeStore


@dataclass(frozen=True, slots=True)
class AppSessions:
    """Implements `people.ports.SessionEnds`.

    Grants with `offline_access` stay (OpenID Connect Core §11); whoever is disabled or deleted
    loses them by `GrantHolder`."""

    ground: Ground
    directory: ClientDirectory
    grants: GrantStore
    notices: NoticeStore

    async def end(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId, session: str
    ) -> None:
        """One session ended: a token for each app that has something of it."""
        grants = await self.grants.load_grants(connection, tenant, person=person, session=session)
        if not grants:
            return
        at = self.ground.now()
        await self.grants.revoke(
            connection, tenant, at, person=person, session=session, spares_offline=True
        )
        await self._tell(connection, person, grants, session=session)

    async def end_all(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> None:
        """All of a person's sessions ended: one token for each app, without `sid`."""
        grants = await self.grants.load_grants(connection, tenant, person=person)
        if not grants:
            return
        at = self.ground.now()
        await self.grants.revoke(connection, tenant, at, person=person, spares_offline=True)
        await self._tell(connection, person, grants, session="")

    async def list_used(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        sessions: Sequence[str],
        since: datetime,
    ) -> frozenset[str]:
        """Those of which an app renewed a token since then."""
        return await self.grants.list_used(connection, tenant, sessions, since)

    async def _tell(
        self,
        connection: AsyncConnection,
        person: PrincipalId,
        grants: Sequence[Grant],
        *,
        session: str,
    ) -> None:
        event = await self.ground.event(
            self.ground.as_person(person), "app_sessions.ended", {"all": not session}
        )
        await outbox.record(connection, event)
        for grant in {each.client: each for each in grants}.values():
            await self._queue(connection, grant, session)

    async def _queue(self, connection: AsyncConnection, grant: Grant, session: str) -> None:
        client, at = await self.directory.find(grant.client), self.ground.now()
        if client is None or not client.backchannel_logout_uri:
            return
        notice = LogoutNotice(
            id=self.ground.ids.new(),
            tenant=self.ground.tenant,
            client=client.id,
            subject=self.ground.subject_of(client, grant.person),
            session=session,
            made_at=at,
            next_at=at,
        )
        await self.notices.insert(connection, self.ground.tenant, notice)
