"""One upstream of a worker: its connections, how it is, and how much it takes at once.

A call costs it two comparisons; what a reply costs, it does not see.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from curtilage.gateway.breaker import Breaker, State
from curtilage.gateway.errors import UpstreamBusy, UpstreamFailed, UpstreamResting
from curtilage.gateway.health import Health
from curtilage.gateway.ports import Upstream, UpstreamReply, UpstreamRequest
from curtilage.gateway.settings import UpstreamSettings

# Answers that speak of the provider. A 500 may speak of one request, and whoever can provoke
# it could close the way for everybody; 429 speaks of one credential.
UNWELL = frozenset((502, 503, 504, 529))


class Channel:
    """Sends while the upstream is well and has room. Made inside the loop that uses it."""

    __slots__ = ("_breaker", "_count", "_health", "_places", "_time", "_wait", "_waiting", "settings", "upstream")  # fmt: skip

    def __init__(
        self, settings: UpstreamSettings, upstream: Upstream, count: Callable[[str], None]
    ) -> None:
        self.settings, self.upstream = settings, upstream
        self._breaker = Breaker(failures=settings.breaker_failures, rest=settings.breaker_rest)
        self._places = (
            asyncio.Semaphore(settings.max_concurrent) if settings.max_concurrent else None
        )
        self._wait, self._waiting = settings.max_wait, 0
        self._time = asyncio.get_running_loop().time
        self._count = count
        self._health = Health()

    @property
    def state(self) -> State:
        return self._breaker.state

    def tell(self, now: datetime) -> dict[str, Any]:
        """How the upstream fares, for the control process."""
        monotonic = self._time()
        return self._health.tell(
            state=self.state.value,
            rests=self._breaker.rests(monotonic),
            monotonic=monotonic,
            now=now,
        )

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        """As the upstream's. Raises UpstreamResting or UpstreamBusy where nothing was tried."""
        if self._places is None:
            return await self._send(request)
        await self._take_place(self._places)
        try:
            return await self._send(request, self._places.release)
        except BaseException:  # cancelled too: a place that nobody has is free, all goes on up
            self._places.release()
            raise

    async def _take_place(self, places: asyncio.Semaphore) -> None:
        """Wait for a place: not long, and not behind more than could be served at once."""
        if places.locked() and self._waiting >= self.settings.max_concurrent:
            self._count("busy")
            raise UpstreamBusy
        self._waiting += 1
        try:
            async with asyncio.timeout(self._wait):
                await places.acquire()
        except TimeoutError:
            self._count("busy")
            raise UpstreamBusy from None
        finally:
            self._waiting -= 1

    async def _send(
        self, request: UpstreamRequest, release: Callable[[], None] | None = None
    ) -> UpstreamReply:
        begun = self._time()
        if not self._breaker.admits(begun):
            self._count("resting")
            raise UpstreamResting
        self._health.under_way += 1
        try:
            reply = await self.upstream.send(request)
        except BaseException as error:
            self._health.under_way -= 1
            if isinstance(error, UpstreamFailed):
                self.note(failure=error.reason)
            else:  # the caller left, or the worker stops
                self._breaker.gave_up()
            raise
        if reply.status in UNWELL:
            self.note(failure=f"status {reply.status}")
        else:
            self.note()
            self._health.answered(self._time(), begun)
        return Placed(reply, self._health, release)

    def note(self, *, failure: str = "") -> None:
        """How a call went, as far as it says something of the upstream."""
        now = self._time()
        if failure:
            self._health.failed(now, failure)
            self._breaker.failed(now)
        else:
            self._breaker.succeeded(now)
        self._count("failed" if failure else "answered")


class Placed:
    """A reply that counts as under way, and may hold one of the places, until it is closed."""

    __slots__ = ("_health", "_release", "_reply", "headers", "read", "status")

    def __init__(
        self, reply: UpstreamReply, health: Health, release: Callable[[], None] | None
    ) -> None:
        self._reply, self._release = reply, release
        self._health: Health | None = health
        self.status, self.headers, self.read = reply.status, reply.headers, reply.read

    async def close(self) -> None:
        health, self._health = self._health, None
        if health is not None:
            health.under_way -= 1
            if self._release is not None:
                self._release()
        await self._reply.close()
