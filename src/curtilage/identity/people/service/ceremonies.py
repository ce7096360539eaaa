"""Steps that wait for their end: begun with a secret, ended with it, once.

What they carry is sealed under the service's key. A new one of a kind makes the person's one
before worthless. That a secret is unknown, over, somebody else's or of another kind is one
refusal.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import Clock
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.entropy import Entropy
from curtilage.core.models import Event, PrincipalId, TenantId
from curtilage.identity.errors import CeremonyOver
from curtilage.identity.people.models import Ceremony, CeremonyKind
from curtilage.identity.people.ports import Boxes
from curtilage.identity.people.rules import MOST_TRIES, is_open
from curtilage.identity.people.store_ports import CeremonyStore
from curtilage.identity.wire.secrets import find_digest, mint_secret

NOBODY = PrincipalId("")  # for whom the same work is done: how long it takes tells nothing
Carried = Mapping[str, str]
"""What a ceremony carries to its end."""


@dataclass(frozen=True, slots=True)
class CeremonyBook:
    """Begins, finds and ends them."""

    database: Database
    store: CeremonyStore
    boxes: Boxes
    clock: Clock
    entropy: Entropy

    async def begin(
        self,
        tenant: TenantId,
        kind: CeremonyKind,
        *,
        within: timedelta,
        person: PrincipalId | None = None,
        browser: bytes = b"",
        carried: Carried | None = None,
        id: str = "",
        event: Event | None = None,
    ) -> str:
        """Begin one; gives the secret that ends it. Where `event` tells of it, either both are
        kept or neither."""
        secret, at = mint_secret(self.entropy), self.clock.now()
        ceremony = Ceremony(
            tenant=tenant,
            digest=secret.digest,
            kind=kind,
            expires_at=at + within,
            person=person,
            browser=browser,
            data=self.boxes.seal_own(orjson.dumps(carried or {}), kind.value),
            id=id,
        )
        async with self.database.begin() as connection:
            await self.store.sweep(connection, tenant, at)
            await self.store.delete_of(connection, tenant, person or NOBODY, kind)
            await self.store.insert(connection, tenant, ceremony)
            if event is not None:
                await outbox.record(connection, event)
        return secret.text

    async def find(self, tenant: TenantId, kind: CeremonyKind, secret: str) -> Ceremony:
        """The ceremony of a secret, still open. Raises `CeremonyOver`."""
        return await self.find_one_of(tenant, (kind,), secret)

    async def find_one_of(
        self, tenant: TenantId, kinds: Collection[CeremonyKind], secret: str
    ) -> Ceremony:
        """The same, where it may be of several kinds."""
        digest = find_digest(secret)
        if digest is None:
            raise CeremonyOver
        async with self.database.read() as connection:
            found = await self.store.find(connection, tenant, digest)
        if found is None or found.kind not in kinds or not is_open(found, at=self.clock.now()):
            raise CeremonyOver
        return found

    async def find_of_browser(
        self, tenant: TenantId, kind: CeremonyKind, browser: bytes
    ) -> Ceremony:
        """The newest that this browser began, still open. Raises `CeremonyOver`."""
        async with self.database.read() as connection:
            found = await self.store.find_of_browser(connection, tenant, kind, browser)
        if not browser or found is None or not is_open(found, at=self.clock.now()):
            raise CeremonyOver
        return found

    def open(self, ceremony: Ceremony) -> Carried:
        """What it carries."""
        carried: Carried = orjson.loads(self.boxes.open_own(ceremony.data, ceremony.kind.value))
        return carried

    async def count_try(self, ceremony: Ceremony) -> None:
        """Count a code before it is looked at. Raises `CeremonyOver` after too many."""
        async with self.database.begin() as connection:
            counted = await self.store.count_try(
                connection, ceremony.tenant, ceremony.digest, most=MOST_TRIES
            )
        if not counted:
            raise CeremonyOver

    async def spend(self, connection: AsyncConnection, ceremony: Ceremony) -> None:
        """Keep, until it is over anyway, that something without a row was used. Raises
        `CeremonyOver` for all but one caller."""
        await self.store.sweep(connection, ceremony.tenant, self.clock.now())
        if not await self.store.spend(connection, ceremony.tenant, ceremony):
            raise CeremonyOver

    async def end(self, connection: AsyncConnection, ceremony: Ceremony) -> None:
        """End it in the caller's transaction. Raises `CeremonyOver` for all but one caller."""
        if not await self.store.end(connection, ceremony.tenant, ceremony.digest):
            raise CeremonyOver
