"""Telling those who wait."""

import asyncio

import pytest

from curtilage.ledger.entries import Entry
from curtilage.ledger.errors import LedgerUnavailable
from curtilage.ledger.waiting import Waiting, resolve_all
from tests.fakes.clock import START


def waiting(future: "asyncio.Future[None]") -> Waiting:
    return Waiting(Entry(b"", None, "", "", "", None, b"", START), future)


async def test_each_gets_the_answer_but_who_went_away() -> None:
    loop = asyncio.get_running_loop()
    first, gone, last = (loop.create_future() for _ in range(3))
    gone.cancel()
    resolve_all([waiting(each) for each in (first, gone, last)], None)
    await first
    await last
    assert gone.cancelled()


async def test_each_gets_an_error_of_its_own() -> None:
    loop = asyncio.get_running_loop()
    futures: list[asyncio.Future[None]] = [loop.create_future() for _ in range(2)]
    resolve_all([waiting(each) for each in futures], LedgerUnavailable("No room."))
    raised = []
    for each in futures:
        with pytest.raises(LedgerUnavailable, match="No room") as found:
            await each
        raised.append(found.value)
    assert raised[0] is not raised[1]


def test_a_loop_that_is_closed_is_left_alone() -> None:
    loop = asyncio.new_event_loop()
    future: asyncio.Future[None] = loop.create_future()
    loop.close()
    resolve_all([waiting(future)], None)
    assert not future.done()
