"""Where an app keeps its sessions. Redis or a database of the app's own can stand here."""

from datetime import datetime
from typing import Protocol


class SessionStore(Protocol):
    """Keeps sealed boxes under 32-byte keys until a time; tags end several at once.

    Shared by all workers, or people are signed in on one of them alone. Whoever reads it
    learns no token, name or id: boxes are sealed, keys and tags are digests."""

    async def load(self, key: bytes, *, at: datetime) -> bytes | None:
        """The box, None where there is none or its time is over."""

    async def save(
        self, key: bytes, box: bytes, *, tags: tuple[bytes, ...], until: datetime
    ) -> None:
        """A new box under a key that nobody used."""

    async def replace(self, key: bytes, box: bytes) -> bool:
        """Another box under the same key; False where it is gone, which stays so."""

    async def touch(self, key: bytes, *, until: datetime) -> None:
        """Another end for a box that is there."""

    async def delete(self, key: bytes) -> None:
        """No more box here."""

    async def end(self, tag: bytes) -> int:
        """Delete all boxes with this tag; gives how many."""

    async def once(self, mark: bytes, *, at: datetime, until: datetime) -> bool:
        """Whether nobody asked for this mark before; kept until then, atomically."""
