"""Long pure work beside the loop: one caller's book must not stop everybody's calls.

Scanning megabytes takes seconds. In a thread it shares the processor with the
loop instead of stopping it; one such piece at a time, so that many of them
leave the loop its half.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

AT_ONCE = 128 * 1024  # bytes that are worked on in the loop: some ten milliseconds, dense


class Aside:
    """Runs work in the loop where it is short, else in a thread. One per worker."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(1)

    async def run(self, size: int, work: Callable[[], T]) -> T:
        """What `work` gives; `size` is how many bytes it goes through."""
        if size <= AT_ONCE:
            return work()
        await self._turn.acquire()
        running = asyncio.ensure_future(asyncio.to_thread(work))
        running.add_done_callback(self._end_turn)
        return await asyncio.shield(running)  # a caller who leaves stops no thread

    def _end_turn(self, ran: "asyncio.Future[T]") -> None:
        self._turn.release()
        if not ran.cancelled():
            ran.exception()  # whose caller has left tells nobody
