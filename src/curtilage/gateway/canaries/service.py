"""Mints canaries under a key of the vault; that there is one makes workers look for them."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from curtilage.core.acts import Pseudonyms, describe_act
from curtilage.core.authority import Authority
from curtilage.core.clock import Clock
from curtilage.core.db import broadcast, outbox
from curtilage.core.db.engine import Database
from curtilage.core.ids import Ids
from curtilage.core.models import Principal
from curtilage.detect.hostile.canary import CanaryKey
from curtilage.gateway.errors import UnfitCanaryName

SECRET = "canaries"
TOPIC = "canaries"
MINT = "canaries:mint"
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class CanaryService:
    """`load_key` gives 32 bytes of the vault, made at the first use."""

    database: Database
    authority: Authority
    pseudonyms: Pseudonyms
    load_key: Callable[[], Awaitable[bytes]]
    clock: Clock
    ids: Ids

    async def mint(self, actor: Principal, name: str) -> str:
        """The canary of this name: always the same. Raises `UnfitCanaryName`.

        The record says that one was minted, and neither which nor its name."""
        self.authority.require(actor, MINT, tenant=actor.tenant)
        if _NAME.fullmatch(name) is None:
            raise UnfitCanaryName
        canary = CanaryKey(await self.load_key()).mint_named(name)
        event = await describe_act(
            actor, "canary.minted", {}, ids=self.ids, clock=self.clock, pseudonyms=self.pseudonyms
        )
        async with self.database.begin() as connection:
            await outbox.record(connection, event)
            await broadcast.bump(connection, TOPIC)
        return canary
