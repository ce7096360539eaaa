"""Pure work beside the loop: one caller's book must not stop everybody's calls.

Scanning megabytes takes seconds. In a thread it shares the processor with the
loop instead of stopping it; one such piece at a time, so that many of them
leave the loop its half. A scan that waits for another process is in a thread
too, however short: there it takes no processor at all.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

# Bytes that are worked on in the loop: ten milliseconds, a third of a second at worst.
AT_ONCE = 32 * 1024
SCANS = 16  # at once that wait; what comes later waits for one of them


class Aside:
    """Runs work in the loop where it is short, else in a thread. One per worker.

    `scans_wait` says that scanning waits for another process."""

    def __init__(self, *, scans_wait: bool = False) -> None:
        self._turn = asyncio.Semaphore(1)
        self._waiting = asyncio.Semaphore(SCANS) if scans_wait else None
        self._threads = ThreadPoolExecutor(SCANS + 1, thread_name_prefix="aside")

    async def run(self, size: int, work: Callable[[], T]) -> T:
        """What `work` gives; `size` is how many bytes it goes through."""
        return work() if size <= AT_ONCE else await self._in_thread(self._turn, work)

    async def scan(self, size: int, work: Callable[[], T]) -> T:
        """The same for work that scans."""
        if size > AT_ONCE or self._waiting is None:
            return await self.run(size, work)
        return await self._in_thread(self._waiting, work)

    async def _in_thread(self, turn: asyncio.Semaphore, work: Callable[[], T]) -> T:
        await turn.acquire()
        loop = asyncio.get_running_loop()
        running = loop.run_in_executor(self._threads, work)
        running.add_done_callback(lambda ran: _end_turn(turn, ran))
        return await asyncio.shield(running)  # a caller who leaves stops no thread


def _end_turn(turn: asyncio.Semaphore, ran: "asyncio.Future[T]") -> None:
    turn.release()
    if not ran.cancelled():
        ran.exception()  # whose caller has left tells nobody
