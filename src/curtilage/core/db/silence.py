"""Connections to PostgreSQL that give up another side which takes bytes and answers none.

What libpq is told (`postgres.connect_arguments`) covers a peer whose machine is gone. A
pooler or a balancer that hangs, or lost the connection behind it, still takes bytes, and
who asked would wait for ever. Needs the extra `postgres`, which imports alone tell.
"""

from collections.abc import Callable, Generator
from time import monotonic
from typing import Any, TypeVar

import psycopg

T = TypeVar("T")
# Of state: nothing here lasts longer, not even waiting for another node that starts or migrates.
STATE_SECONDS = 75.0


class PatientConnection(psycopg.AsyncConnection[Any]):
    """One for state, through SQLAlchemy."""

    silence_seconds = STATE_SECONDS

    async def wait(self, gen: Generator[Any, Any, T], *given: Any, **more: Any) -> T:
        listening = listen(gen, seconds=self.silence_seconds, end=self.pgconn.finish)
        return await super().wait(listening, *given, **more)


def listen(
    gen: Generator[Any, Any, T], *, seconds: float, end: Callable[[], None]
) -> Generator[Any, Any, T]:
    """As `gen`, which is told of each event on the socket, and of none by 0.

    After so many seconds without one it calls `end` and raises an OperationalError."""
    try:
        waits_for, heard_at = next(gen), monotonic()
        while True:
            ready = yield waits_for
            if ready:
                heard_at = monotonic()
            elif monotonic() - heard_at >= seconds:
                end()
                raise psycopg.OperationalError
            waits_for = gen.send(ready)
    except StopIteration as finished:
        result: T = finished.value
        return result
