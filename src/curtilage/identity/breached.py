"""Whether a password has leaked, told without telling anybody the password.

`BreachFilter` asks a file on this machine (`breach_format`, built by `breach_building`).
`BreachRange` is the port of a service that is told five hexadecimal digits of a hash;
nothing asks one unless an operator says so.
"""

import hashlib
import mmap
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from curtilage.identity.breach_format import (
    HEAD_BYTES,
    PER_BLOCK,
    Layout,
    number_of,
    parse_layout,
    place_of,
)
from curtilage.identity.errors import BreachFilterDamaged, BreachFilterMissing, WeakPassphrase

PIECE = 1 << 20


class Screening(StrEnum):
    """What is known of a password. `UNKNOWN` where nobody could say: record it."""

    LEAKED = "leaked"
    CLEAR = "clear"
    UNKNOWN = "unknown"


class BreachRange(Protocol):
    """Asks a service about the first five digits of a hash."""

    async def screen(self, passphrase: bytes) -> Screening:
        """Never raises: a service that does not answer leaves it unknown."""


@dataclass(frozen=True, slots=True)
class BreachFilter:
    """A filter, mapped and read only. What it holds it always finds; it errs in one of
    13,000 others, who then take another password."""

    layout: Layout
    _map: mmap.mmap = field(repr=False)

    @classmethod
    def open(cls, path: Path, *, is_trusted: bool = False) -> "BreachFilter":
        """Map the file, and read all of it once to see that it is what was built.

        `is_trusted` leaves that out: a second process need not read it again.
        Raises `BreachFilterMissing` or `BreachFilterDamaged`."""
        try:
            with path.open("rb") as file:
                layout = parse_layout(file.read(HEAD_BYTES))
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except OSError:
            raise BreachFilterMissing from None
        if len(mapped) != layout.size or not (is_trusted or _body_of(mapped) == layout.body):
            mapped.close()
            raise BreachFilterDamaged
        return cls(layout, mapped)

    def holds(self, passphrase: bytes) -> bool:
        """Whether it is in the list, or looks exactly like one that is."""
        layout = self.layout
        bucket, rest = place_of(number_of(passphrase), layout.buckets)
        block = bucket // PER_BLOCK
        offset_at = layout.offsets_at + 8 * block
        counts = self._map[HEAD_BYTES + block * PER_BLOCK : HEAD_BYTES + bucket + 1]
        begin = int.from_bytes(self._map[offset_at : offset_at + 8], "little") + sum(counts[:-1])
        if begin + counts[-1] > layout.keys:
            raise BreachFilterDamaged
        at = layout.rests_at + 2 * begin
        rests = self._map[at : at + 2 * counts[-1]]
        wanted = rest.to_bytes(2, "little")
        return any(rests[each : each + 2] == wanted for each in range(0, len(rests), 2))

    def close(self) -> None:
        self._map.close()


def verify_not_leaked(passphrase: bytes, *, leaked: BreachFilter | None) -> bytes:
    """The passphrase, unless the filter knows it. Raises `WeakPassphrase`."""
    if leaked is not None and leaked.holds(passphrase):
        raise WeakPassphrase(
            "The passphrase is in a list of leaked ones; others try all of those first."
        )
    return passphrase


def _body_of(mapped: mmap.mmap) -> bytes:
    found = hashlib.sha256()
    for at in range(HEAD_BYTES, len(mapped), PIECE):
        found.update(mapped[at : at + PIECE])
    return found.digest()
