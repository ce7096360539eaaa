"""A provider, and the house that trusts it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from curtilage.core.clock import SystemClock
from curtilage.core.db.engine import open_database
from tests.fakes import FixedClock
from tests.fakes.openid import FakeInternet, FakeOpenID
from tests.provider_house import ProviderHouse, a_provider, a_provider_house


@pytest.fixture
def clock() -> FixedClock:
    """At a time at which the browser's own clock keeps cookies."""
    return FixedClock(SystemClock().now().replace(microsecond=0))


@pytest.fixture
def harbour(clock: FixedClock) -> FakeOpenID:
    return FakeOpenID("https://harbour.example", clock)


@pytest.fixture
def valley(clock: FixedClock) -> FakeOpenID:
    return FakeOpenID("https://valley.example", clock)


@pytest.fixture
async def house(
    filled_dir: Path, clock: FixedClock, harbour: FakeOpenID, valley: FakeOpenID
) -> AsyncIterator[ProviderHouse]:
    """Harbour is trusted with addresses and lets new people in; Valley is not and does not."""
    database = open_database("sqlite", filled_dir)
    built = a_provider_house(
        database,
        filled_dir,
        [
            a_provider("harbour", trusts_email=True, may_create=True),
            a_provider("valley", domains=frozenset({"valley.example"})),
        ],
        FakeInternet([harbour, valley]),
        clock=clock,
    )
    await built.add("Grace")
    yield built
    built.close()
    await database.close()
