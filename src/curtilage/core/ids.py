"""Ids: UUIDv7 (RFC 9562 §5.7), so that they sort by time of making."""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from curtilage.core.clock import Clock
from curtilage.core.entropy import Entropy

UNIX_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


class Ids(Protocol):
    """Makes ids that nobody else makes."""

    def new(self) -> str:
        """A UUIDv7 in its usual 36 characters."""


class SystemIds:
    """UUIDv7 from the given clock and generator.

    Ids of one process never decrease: within one millisecond, and while the
    clock stands behind the last id, the 12 bits of `rand_a` count up
    (RFC 9562 §6.2, method 1).
    """

    def __init__(self, clock: Clock, entropy: Entropy) -> None:
        self._clock = clock
        self._entropy = entropy
        self._last_ms = 0
        self._count = 0

    def new(self) -> str:
        ms = (self._clock.now() - UNIX_ZERO) // MILLISECOND
        if ms > self._last_ms:
            self._last_ms, self._count = ms, 0
        else:
            self._count += 1
            if self._count > 0xFFF:
                self._last_ms, self._count = self._last_ms + 1, 0
        tail = int.from_bytes(self._entropy.token_bytes(8), "big") & ((1 << 62) - 1)
        value = (self._last_ms << 80) | (0x7 << 76) | (self._count << 64) | (0b10 << 62) | tail
        digits = f"{value:032x}"  # three times as fast as by way of a UUID
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def id_instant(raw: str) -> datetime:
    """When a UUIDv7 was made, to the millisecond. Raises ValueError."""
    value = UUID(raw)
    if value.version != 7:
        raise ValueError("expected a UUIDv7")
    try:
        return UNIX_ZERO + (value.int >> 80) * MILLISECOND
    except OverflowError:
        raise ValueError("expected a UUIDv7 of an instant in the calendar") from None
