"""What waits for a commit log, and how those who wait are told."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from curtilage.ledger.entries import Entry
from curtilage.ledger.errors import LedgerUnavailable


@dataclass(slots=True)
class Waiting:
    """A record in the queue, and who waits until it is durable."""

    entry: Entry
    future: "asyncio.Future[None]"


def resolve_all(batch: Sequence[Waiting], error: LedgerUnavailable | None) -> None:
    """Resolve futures on their loops: one call into each, and mostly there is one."""
    by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for waiting in batch:
        by_loop.setdefault(waiting.future.get_loop(), []).append(waiting.future)
    for loop, futures in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, futures, error)


def _resolve(futures: Sequence["asyncio.Future[None]"], error: LedgerUnavailable | None) -> None:
    for future in futures:
        if future.done():
            continue  # cancelled by a caller that went away
        if error is None:
            future.set_result(None)
        else:  # one each: a shared exception would gather the tracebacks of all who raise it
            future.set_exception(LedgerUnavailable(error.detail, hint=error.advice))
