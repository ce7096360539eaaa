"""One call over a connection that many share: its reply as far as it came (RFC 9113 §5)."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from curtilage.gateway.errors import UpstreamFailed


class Windows(Protocol):
    """The connection, as a stream sees it."""

    def give_back(self, id: int, size: int) -> None:
        """So much was read: the provider may send as much again."""

    def let_go(self, stream: "Stream", owed: int) -> None:
        """Nobody waits for the rest of it."""


class Stream:
    """One call: its reply as far as it came, and who waits for it."""

    __slots__ = (
        "_chunks", "_connection", "_owed", "_waiter", "failed", "has_head", "headers", "id",
        "interim", "is_complete", "status",
    )  # fmt: skip

    def __init__(self, connection: Windows, id: int) -> None:
        self._connection = connection
        self.id = id
        self.status = 0
        self.headers: Sequence[tuple[str, str]] = ()
        self.has_head = self.is_complete = False
        self.failed: UpstreamFailed | None = None
        self.interim = 0
        self._chunks: list[bytes] = []
        self._owed = 0  # of the window, until the caller has read it
        self._waiter: asyncio.Future[None] | None = None

    async def read(self) -> bytes:
        """All that has come since; waits where nothing has, b"" at the end."""
        while not self._chunks:
            if self.is_complete:
                return b""
            await self.wait()
        chunks, self._chunks = self._chunks, []
        owed, self._owed = self._owed, 0
        self._connection.give_back(self.id, owed)
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    async def close(self) -> None:
        """Let go of the call; what the provider still sends is cut off."""
        owed, self._owed, self._chunks = self._owed, 0, []
        self._connection.let_go(self, owed)

    async def wait(self) -> None:
        """Until something changes. Raises UpstreamFailed once the stream has failed."""
        if self.failed is not None:
            raise self.failed
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def fail(self, *, sent: bool) -> None:
        """End it, unless its reply is whole already."""
        if not self.is_complete and self.failed is None:
            self.failed = UpstreamFailed("broken", sent=sent)
        self.wake()

    def take(self, data: bytes, size: int) -> None:
        """A piece of the reply that takes `size` of the window."""
        self._owed += size
        if data:
            self._chunks.append(data)
            self.wake()
