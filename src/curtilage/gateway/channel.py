"""One upstream of a worker: its connections, how it is, and how much it takes at once.

A call costs it two comparisons; what a reply costs, it does not see.
"""

import asyncio
from collections.abc import Callable

from curtilage.gateway.breaker import Breaker, State
from curtilage.gateway.errors import UpstreamBusy, UpstreamFailed, UpstreamResting
from curtilage.gateway.ports import Upstream, UpstreamReply, UpstreamRequest
from curtilage.gateway.settings import UpstreamSettings

# Answers that speak of the provider. A 500 may speak of one request, and whoever can provoke
# it could close the way for everybody; 429 speaks of one credential.
UNWELL = frozenset((502, 503, 504, 529))


class Channel:
    """Sends while the upstream is well and has room. Made inside the loop that uses it."""

    __slots__ = ("_breaker", "_count", "_places", "_time", "_wait", "_waiting", "settings", "upstream")  # fmt: skip

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

    @property
    def state(self) -> State:
        return self._breaker.state

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        """As the upstream's. Raises UpstreamResting or UpstreamBusy where nothing was tried."""
        if self._places is None:
            return await self._send(request)
        await self._take_place(self._places)
        try:
            return Placed(await self._send(request), self._places.release)
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

    async def _send(self, request: UpstreamRequest) -> UpstreamReply:
        if not self._breaker.admits(self._time()):
            self._count("resting")
            raise UpstreamResting
        try:
            reply = await self.upstream.send(request)
        except UpstreamFailed:
            self.note(failed=True)
            raise
        except BaseException:  # the caller left, or the worker stops
            self._breaker.gave_up()
            raise
        self.note(failed=reply.status in UNWELL)
        return reply

    def note(self, *, failed: bool) -> None:
        """How a call went, as far as it says something of the upstream."""
        self._count("failed" if failed else "answered")
        (self._breaker.failed if failed else self._breaker.succeeded)(self._time())


class Placed:
    """A reply that holds one of the places until it is closed."""

    __slots__ = ("_release", "_reply", "headers", "read", "status")

    def __init__(self, reply: UpstreamReply, release: Callable[[], None]) -> None:
        self._reply, self._release = reply, release
        self.status, self.headers, self.read = reply.status, reply.headers, reply.read

    async def close(self) -> None:
        release, self._release = self._release, _nothing
        release()
        await self._reply.close()


def _nothing() -> None: ...
