"""Ends sessions, and lets those hear of it who have something of them.

Each way to an end (signing out, from elsewhere, replaced in its browser, over by age or
idleness, disabled, deleted) deletes the row, records it and tells them in one transaction. Of
several who end the same session at once, one does. When sessions are over is not decided here
(`rules`, `session_sweep`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.people.models import Person, Session
from curtilage.identity.people.ports import SessionEnds
from curtilage.identity.people.service.session_events import SessionEvents
from curtilage.identity.people.store_ports import SessionStore
from curtilage.identity.wire.secrets import find_digest


@dataclass(frozen=True, slots=True)
class SessionEndings:
    """How sessions end. `hearers` are told of each."""

    database: Database
    store: SessionStore
    hearers: Sequence[SessionEnds]
    events: SessionEvents

    async def end(self, session: Session, id: str) -> bool:
        """End one session of whose this is. False where it is not there."""
        if not id:
            return False  # to the store no id is every session
        return await self._end(session, id=id) > 0

    async def end_others(self, session: Session) -> int:
        """End all sessions of whose this is but this one; gives how many there were."""
        return await self._end(session, keep=session.id)

    async def end_all(self, connection: AsyncConnection, person: Person) -> int:
        """End all sessions of a person in the caller's transaction."""
        ended = await self.store.delete_of(connection, person.tenant, person.id)
        for id in ended:
            event = await self.events.ended(person.tenant, person.id, id)
            await outbox.record(connection, event)
        for each in self.hearers:
            await each.end_all(connection, person.tenant, person.id)
        return len(ended)

    async def end_one(self, connection: AsyncConnection, person: Person, id: str) -> bool:
        """End one session of a person in the caller's transaction. False where it is not there."""
        if not id:
            return False  # to the store no id is every session
        ended = await self.store.delete_of(connection, person.tenant, person.id, id=id)
        await self._tell(connection, person.tenant, person.id, ended)
        return bool(ended)

    async def end_replaced(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> None:
        """End what this browser had, whoever's it was, in the caller's transaction."""
        await self._end_found(connection, tenant, digest)

    async def end_quiet(self, session: Session) -> bool:
        """End a session that was found to be over. False where it was seen or ended meanwhile."""
        async with self.database.begin() as connection:
            return await self._end_found(
                connection, session.tenant, session.digest, seen_at=session.seen_at
            )

    async def sign_out(self, tenant: TenantId, secret: str) -> None:
        """End the session; one that is not there is no error.

        Looked for first: what anybody may send must not begin to write."""
        digest = find_digest(secret)
        if digest is None:
            return
        async with self.database.read() as connection:
            if await self.store.find(connection, tenant, digest) is None:
                return
        async with self.database.begin() as connection:
            await self._end_found(connection, tenant, digest)

    async def _end(self, session: Session, *, id: str = "", keep: str = "") -> int:
        tenant, person = session.tenant, session.person
        async with self.database.begin() as connection:
            ended = await self.store.delete_of(connection, tenant, person, id=id, keep=keep)
            await self._tell(connection, tenant, person, ended)
        return len(ended)

    async def _end_found(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        digest: bytes,
        *,
        seen_at: datetime | None = None,
    ) -> bool:
        ended = await self.store.delete(connection, tenant, digest, seen_at=seen_at)
        if ended is not None:
            await self._tell(connection, tenant, ended.person, [ended.id])
        return ended is not None

    async def _tell(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        person: PrincipalId,
        sessions: Sequence[str],
    ) -> None:
        """Record each of these, and let those hear of it who have something of it."""
        for session in sessions:
            await outbox.record(connection, await self.events.ended(tenant, person, session))
            for each in self.hearers:
                await each.end(connection, tenant, person, session)
