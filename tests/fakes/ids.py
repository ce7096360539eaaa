"""Ids that a test can foresee."""

from uuid import UUID

FIRST_MS = 1_772_443_800_000  # the FixedClock's start, 2026-03-02T09:30:00Z


class FixedIds:
    """Counts: valid, sorted UUIDv7s whose last digits are 1, 2, 3 …"""

    def __init__(self, first: int = 1) -> None:
        self._next = first

    def new(self) -> str:
        made = fixed_id(self._next)
        self._next += 1
        return made


def fixed_id(number: int) -> str:
    """The id that `FixedIds` gives at its `number`-th call, counted from 1."""
    value = ((FIRST_MS + number) << 80) | (0x7 << 76) | (0b10 << 62) | number
    return str(UUID(int=value))
