"""One piece of work for all who want the same at the same time.

Also across event loops and threads, since Django's synchronous views have loops of their
own. The work is never cut short because who began it went away: a refresh token that was
used and not kept would sign the person out.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

from curtilage.identity.errors import NoAnswer

T = TypeVar("T")


@dataclass(slots=True)
class Flights:
    """Work under way, by name."""

    _under_way: dict[Hashable, "Future[Any]"] = field(default_factory=dict, init=False, repr=False)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    async def run(self, name: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """What `work` gives or raises, of whoever began first."""
        with self._lock:
            result = self._under_way.get(name)
            begins = result is None
            if result is None:
                result = self._under_way[name] = Future()
        if begins:
            task = asyncio.ensure_future(self._fly(name, work, result))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        found: T = await asyncio.shield(asyncio.wrap_future(result))
        return found

    async def _fly(
        self, name: Hashable, work: Callable[[], Awaitable[T]], result: "Future[T]"
    ) -> None:
        try:
            found = await work()
        except asyncio.CancelledError:  # its loop ends: nobody will know
            self._land(name)
            result.set_exception(NoAnswer())
            raise
        except Exception as problem:  # noqa: BLE001 - whoever waits raises it
            self._land(name)
            result.set_exception(problem)
        else:
            self._land(name)
            result.set_result(found)

    def _land(self, name: Hashable) -> None:
        with self._lock:
            del self._under_way[name]
