"""A job that does its work now and then, for whatever identity has to do in time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from curtilage.core.errors import CurtilageError

log = logging.getLogger("curtilage.identity")


@dataclass(frozen=True, slots=True)
class Repeated:
    """Does its work now and then until it is cancelled; what fails is done the next time."""

    name: str
    work: Callable[[], Awaitable[object]]
    every: timedelta

    async def run(self) -> None:
        while True:
            try:
                await self.work()
            except CurtilageError as problem:
                log.warning("a job failed", extra={"event": self.name, "code": problem.code})
            await asyncio.sleep(self.every.total_seconds())
