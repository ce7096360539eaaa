"""The time, as a thing that is passed in.

Nothing else in the product reads a clock: what can be passed can be tested.
"""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time. Instants are aware and in UTC."""

    def now(self) -> datetime:
        """The wall time, aware, UTC. It may step backwards."""

    def monotonic(self) -> float:
        """Seconds since some fixed instant; never steps backwards."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def encode_instant(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds, `2026-11-23T10:20:31.123456Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_instant(raw: str) -> datetime:
    """The instant that `encode_instant` wrote. Raises ValueError."""
    if not raw.endswith("Z"):
        raise ValueError("expected an instant that ends in Z")
    return datetime.fromisoformat(raw)
