"""Keeps silent streams alive and ends stuck ones, without a timer per chunk.

Every waiting call is in one set; a single task looks at all of them a few
times a second. A model may think for minutes: load balancers cut a silent
connection long before that, and a provider that never answers must not hold a
call for ever.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

TICK = 0.25  # seconds between two looks


@dataclass(eq=False, slots=True)
class Waiting:
    """One call that waits for its provider. Times are on the monotonic clock."""

    task: "asyncio.Task[object]"
    idle_at: float
    ends_at: float
    beat_at: float
    beat: Callable[[], Awaitable[None]] | None = None
    reason: str = ""
    beating: "asyncio.Task[None] | None" = None


@dataclass
class Pulse:
    """Looks after all calls of one worker."""

    monotonic: Callable[[], float]
    idle_timeout: float
    keepalive_after: float
    _waiting: set[Waiting] = field(default_factory=set)
    _task: "asyncio.Task[None] | None" = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def enter(self, waiting: Waiting) -> None:
        """The call begins to wait for bytes."""
        now = self.monotonic()
        waiting.idle_at = now + self.idle_timeout
        waiting.beat_at = now + self.keepalive_after
        self._waiting.add(waiting)

    def leave(self, waiting: Waiting) -> None:
        self._waiting.discard(waiting)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            self.look(self.monotonic())

    def look(self, now: float) -> None:
        """End what is overdue; send a sign of life where one is due."""
        for waiting in tuple(self._waiting):
            if now >= min(waiting.idle_at, waiting.ends_at):
                waiting.reason = "idle" if now >= waiting.idle_at else "timeout"
                self._waiting.discard(waiting)
                waiting.task.cancel()
            elif now >= waiting.beat_at and waiting.beat is not None:
                waiting.beat_at = now + self.keepalive_after
                waiting.beating = asyncio.ensure_future(waiting.beat())
