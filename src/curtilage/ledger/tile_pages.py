"""The logs over HTTP, as C2SP tlog-tiles lays them out.

Checkpoints and hashes are public: whoever knows a log's origin may compare.
Entries are the records themselves and need a right.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from curtilage.core.authority import Authority
from curtilage.core.models import TenantId
from curtilage.core.page import Download, Visit
from curtilage.core.slice import Route
from curtilage.ledger.published import Published, parse_place

EXPORT = "ledger:export"
PUBLIC = ""
FOR_EVER = "public, max-age=31536000, immutable"  # a full tile never changes
FOR_NOW = "no-cache"  # may be kept, and is asked for again
BYTES = "application/octet-stream"
NOTE = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class TilePages:
    """Doors for verifiers, witnesses and mirrors."""

    published: Published
    authority: Authority

    def routes(self) -> Sequence[Route]:
        """The routes that these doors answer; entries before tiles, whose path they share."""
        log = "/ledger/{origin:path}"
        return (
            Route(
                "GET", f"{log}/checkpoint", self.give_checkpoint, PUBLIC, "ledger.checkpoint", "text/plain",
            ),
            Route(
                "GET", f"{log}/tile/entries/{{place:path}}", self.give_entries, EXPORT,
                "ledger.entries", BYTES,
            ),
            Route("GET", f"{log}/tile/{{place:path}}", self.give_tile, PUBLIC, "ledger.tile", BYTES),
        )  # fmt: skip

    async def give_checkpoint(self, visit: Visit) -> Download:
        """The newest signed note of a log."""
        note = await asyncio.to_thread(self.published.checkpoint, visit.params["origin"])
        return Download(note, NOTE, headers={"cache-control": FOR_NOW})

    async def give_tile(self, visit: Visit) -> Download:
        """Hashes of a tree."""
        place = parse_place(visit.params["place"])
        hashes = await asyncio.to_thread(self.published.tile, visit.params["origin"], place)
        cache = FOR_EVER if place.is_full else FOR_NOW
        return Download(hashes, BYTES, headers={"cache-control": cache})

    async def give_entries(self, visit: Visit) -> Download:
        """Whole records, to who may export them. No cache may keep them."""
        origin = visit.params["origin"]
        tenant = TenantId(self.published.tenant_of(origin))
        self.authority.require(visit.actor, EXPORT, tenant=tenant)
        place = parse_place(visit.params["place"], entries=True)
        return Download(await asyncio.to_thread(self.published.entries, origin, place), BYTES)
