"""Keeps silent streams alive and ends stuck or deserted calls, without a timer per chunk.

Every waiting call is in one set; a single task looks at all of them a few
times a second. A model may think for minutes: load balancers cut a silent
connection long before that, and a provider that never answers must not hold a
call for ever. Nor must a caller who does not send what was announced, or does
not read what was asked for: places are few.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum

TICK = 0.25  # seconds between two looks
FOREVER = float("inf")


class Turn(Enum):
    """Whom a call waits for: a caller who sends, a provider, a caller who reads."""

    SENDER = "sender"
    PROVIDER = "provider"
    READER = "reader"


# Bound once: they are set for every chunk.
_SENDER, _PROVIDER, _READER = Turn.SENDER, Turn.PROVIDER, Turn.READER


@dataclass(eq=False, slots=True)
class Waiting:
    """One call that waits. Times are on the monotonic clock.

    `reason` is `idle` or `timeout` once the call was ended for it; `turn` then
    says whose fault that was.
    """

    task: "asyncio.Task[object]"
    idle_at: float = FOREVER
    ends_at: float = FOREVER
    beat_at: float = FOREVER
    beat: Callable[[], Awaitable[None]] | None = None
    watch: Callable[[], None] | None = None
    """Begins to watch whether the caller is still there. Most short calls never need it."""
    reason: str = ""
    beating: "asyncio.Future[None] | None" = None
    turn: Turn = _PROVIDER

    @property
    def is_overdue(self) -> bool:
        """Whether the call was ended because it took too long."""
        return self.reason in ("idle", "timeout")


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
        """The call begins to wait for bytes of its provider."""
        now = self.monotonic()
        waiting.turn = _PROVIDER
        waiting.idle_at = now + self.idle_timeout
        waiting.beat_at = now + self.keepalive_after
        self._waiting.add(waiting)

    def enter_reader(self, waiting: Waiting) -> None:
        """The call begins to wait for its caller to take what is sent."""
        waiting.turn = _READER
        waiting.idle_at = self.monotonic() + self.idle_timeout
        waiting.beat_at = FOREVER  # a sign of life would only wait behind what is sent
        self._waiting.add(waiting)

    def enter_sender(self, waiting: Waiting, *, within: float) -> None:
        """The call begins to wait for its body, all of which is to come within so many seconds."""
        waiting.turn = _SENDER
        waiting.idle_at = self.monotonic() + within
        waiting.beat_at = FOREVER
        self._waiting.add(waiting)

    def leave(self, waiting: Waiting) -> None:
        self._waiting.discard(waiting)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            self.look(self.monotonic())

    def look(self, now: float) -> None:
        """End what is overdue; send a sign of life where one is due; watch over what lasts."""
        for waiting in tuple(self._waiting):
            if waiting.watch is not None:
                watch, waiting.watch = waiting.watch, None
                watch()
            if now >= min(waiting.idle_at, waiting.ends_at):
                waiting.reason = "idle" if now >= waiting.idle_at else "timeout"
                self._waiting.discard(waiting)
                waiting.task.cancel()
            elif now >= waiting.beat_at and waiting.beat is not None:
                waiting.beat_at = now + self.keepalive_after
                if waiting.beating is None or waiting.beating.done():
                    waiting.beating = asyncio.ensure_future(waiting.beat())
