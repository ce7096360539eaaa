"""Portions of a key's limits, counted in one place."""

import asyncio

import pytest

from curtilage.core.errors import UnavailableError
from curtilage.core.models import PrincipalId, TenantId
from curtilage.core.shared.memory import MemoryCounters
from curtilage.core.shared.ports import Rule, T
from curtilage.identity.limits import REMEMBER, Ask
from curtilage.identity.models import ApiKey
from curtilage.identity.service.limits import LimitService
from tests.fakes import FixedClock
from tests.fakes.clock import START


def a_key(name: str = "k", *, tenant: str = "t", rpm: int = 1) -> ApiKey:
    return ApiKey(
        name, TenantId(tenant), PrincipalId("s"), "a", b"d" * 32, START, requests_per_minute=rpm
    )


class Silent:
    """Counters that do not answer."""

    async def change(self, name: str, rule: Rule[T]) -> T:
        await asyncio.sleep(0)
        raise UnavailableError


async def test_keys_and_tenants_do_not_share(clock: FixedClock) -> None:
    limits = LimitService(MemoryCounters(clock.monotonic))
    for key in (a_key(), a_key("other"), a_key(tenant="other")):
        assert (await limits.lease(key, Ask(key.id, 1, 0))).requests == 1
        assert (await limits.lease(key, Ask(key.id, 1, 0))).wait > 0


async def test_a_minute_later_there_is_room_again(clock: FixedClock) -> None:
    counters = MemoryCounters(clock.monotonic)
    limits = LimitService(counters)
    assert (await limits.lease(a_key(), Ask("k", 1, 0))).wait == 0
    await counters.forget_idle()
    assert (await limits.lease(a_key(), Ask("k", 1, 0))).wait > 0
    clock.advance(REMEMBER)
    await counters.forget_idle()
    assert counters._kept == {}
    assert (await limits.lease(a_key(), Ask("k", 1, 0))).wait == 0


async def test_where_nobody_counts_nothing_is_granted() -> None:
    with pytest.raises(UnavailableError):
        await LimitService(Silent()).lease(a_key(), Ask("k", 1, 0))
