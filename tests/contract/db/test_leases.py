"""One holds a lease at a time, by the database's clock; on PostgreSQL, where nodes are."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from curtilage.app.migrations import SCRIPTS
from curtilage.core.db.engine import open_database
from curtilage.core.db.leases import HoldLease, Leases
from curtilage.core.db.migrate import migrate
from curtilage.core.lease import Lease
from tests.fakes.clock import FixedClock

NAME = "leader"


pytestmark = pytest.mark.postgres


@pytest.fixture
async def leases(postgres_url: str, data_dir: Path) -> AsyncIterator[Leases]:
    database = open_database(postgres_url, data_dir)
    await migrate(database, SCRIPTS)
    yield Leases(database)
    await database.close()


async def taken(leases: Leases, holder: str = "one", seconds: float = 60) -> Lease:
    lease = await leases.take(NAME, holder=holder, seconds=seconds)
    assert lease is not None
    return lease


async def test_what_one_holds_no_other_takes(leases: Leases) -> None:
    lease = await taken(leases)
    assert await leases.take(NAME, holder="other") is None
    assert await leases.take("something-else", holder="other") is not None
    assert await leases.renew(lease)


async def test_who_held_it_cannot_take_it_twice(leases: Leases) -> None:
    await taken(leases)
    assert await leases.take(NAME, holder="one") is None


async def test_one_that_is_given_back_is_free_at_once(leases: Leases) -> None:
    lease = await taken(leases)
    await leases.give_back(lease)
    assert await leases.take(NAME, holder="other") == Lease(NAME, "other", lease.fence + 1)


async def test_one_that_ended_is_taken_and_its_holder_learns_it(leases: Leases) -> None:
    lease = await taken(leases, seconds=0)
    following = await taken(leases, "other")
    assert following.fence > lease.fence
    assert not await leases.renew(lease)
    await leases.give_back(lease)
    assert await leases.renew(following)


async def test_one_from_before_the_clock_was_set_back_holds_nobody_up(leases: Leases) -> None:
    lease = await taken(leases, seconds=3600)
    following = await taken(leases, "other")
    assert not await leases.renew(lease)
    assert await leases.renew(following)


async def test_a_fence_that_was_given_out_twice_is_the_holders_alone(leases: Leases) -> None:
    """As in a database that was put back to an earlier time, with a node that was away."""
    earlier = Lease(NAME, "one", 1)
    following = await taken(leases, "other")
    assert following.fence == earlier.fence
    assert not await leases.renew(earlier)
    await leases.give_back(earlier)
    assert await leases.renew(following)


async def test_one_that_ended_and_nobody_took_is_renewed(leases: Leases) -> None:
    lease = await taken(leases, seconds=0)
    assert await leases.renew(lease)
    assert await leases.take(NAME, holder="other") is None


async def test_of_many_who_ask_at_once_one_gets_it(leases: Leases) -> None:
    asked = (leases.take(NAME, holder=str(number)) for number in range(8))
    found = [lease for lease in await asyncio.gather(*asked) if lease is not None]
    assert [lease.fence for lease in found] == [1]


async def test_a_holding_holds_until_its_own_clock_says_that_it_may_have_ended(
    leases: Leases,
) -> None:
    clock = FixedClock()
    one = HoldLease(leases, NAME, "one", clock.monotonic)
    other = HoldLease(leases, NAME, "other", clock.monotonic)
    assert one.current is None
    await one.step()
    await other.step()
    assert one.current is not None
    assert other.current is None
    clock.advance(60)
    assert one.current is None
    await one.step()
    assert one.current is not None


async def test_a_holding_that_stops_lets_the_next_one_go_on(leases: Leases) -> None:
    clock = FixedClock()
    one = HoldLease(leases, NAME, "one", clock.monotonic)
    other = HoldLease(leases, NAME, "other", clock.monotonic)
    running = asyncio.create_task(one.run())
    while one.current is None:
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert one.current is not None
    await one.give_back()
    assert one.current is None
    await other.step()
    assert other.current is not None


async def test_a_holding_that_lost_its_lease_takes_it_again_when_it_is_free(
    leases: Leases,
) -> None:
    clock = FixedClock()
    one = HoldLease(leases, NAME, "one", clock.monotonic)
    await one.step()
    assert one.current is not None
    await leases.give_back(one.current)
    following = await taken(leases, "other")
    await one.step()
    assert one.current is None
    await leases.give_back(following)
    await one.step()
    assert one.current is not None
    assert one.current.fence == following.fence + 1


async def test_a_holding_that_may_hold_no_more_stops_and_then_lets_another_have_it(
    leases: Leases,
) -> None:
    clock, fit = FixedClock(), [True]
    one = HoldLease(leases, NAME, "one", clock.monotonic, lambda: fit[0])
    other = HoldLease(leases, NAME, "other", clock.monotonic)
    await one.step()
    fit[0] = False
    await one.step()
    assert one.current is None
    await other.step()
    assert other.current is None
    await one.step()
    await other.step()
    assert other.current is not None
    await one.step()
    fit[0] = True
    await one.step()
    assert one.current is None
    await other.give_back()
    await one.step()
    assert one.current is not None
