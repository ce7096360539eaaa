"""For one process: nothing is shared, and nothing outlives it."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from curtilage.core.shared.ports import Rule, T


@dataclass(frozen=True, slots=True)
class MemoryBroadcast:
    """Wakes this process alone; others find a change at their next look."""

    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def wake(self) -> None:
        self._woken.set()

    async def wait(self, at_most: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(at_most):
                await self._woken.wait()
        self._woken.clear()


@dataclass(frozen=True, slots=True)
class MemoryCounters:
    """Counts where one process counts for all. `clock` never steps back."""

    clock: Callable[[], float]
    _kept: dict[str, tuple[bytes, float]] = field(default_factory=dict)

    async def change(self, name: str, rule: Rule[T]) -> T:
        at = self.clock()
        state, until = self._kept.get(name, (None, at))
        change = rule(state if at < until else None, at)
        self._kept[name] = change.state, at + change.seconds
        return change.result

    async def forget_idle(self) -> None:
        """Drop what matters no longer; call it now and then."""
        at = self.clock()
        for name in [name for name, (_, until) in self._kept.items() if until <= at]:
            del self._kept[name]
