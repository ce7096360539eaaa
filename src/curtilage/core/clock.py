"""The time, as a thing that is passed in.

Nothing else in the product reads a clock: what can be passed can be tested.
"""

import re
import time
from datetime import UTC, datetime
from typing import Protocol

import orjson

_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


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
    """RFC 3339 in UTC with microseconds, `2026-11-23T10:20:31.123456Z`.

    One form only, so that texts sort as the instants do."""
    if at.tzinfo is UTC:  # nearly always, and then six times as fast
        return f"{orjson.dumps(at)[1:20].decode()}.{at.microsecond:06d}Z"
    if at.tzinfo is None:
        raise ValueError("expected an aware instant")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_instant(raw: str) -> datetime:
    """The instant that `encode_instant` wrote. Raises ValueError."""
    if _FORM.fullmatch(raw) is None:
        raise ValueError("expected an instant in UTC with microseconds")
    try:
        return datetime.fromisoformat(raw)
    except ValueError:
        raise ValueError("expected an instant that is in the calendar") from None
