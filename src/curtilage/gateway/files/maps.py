"""How much of maps a worker holds at once: what the tokens of files stand for is large.

A map is held as long as the call that needs it, and a caller who reads slowly makes that
long. So each call borrows room for what it opens, and what does not fit is refused.
"""

from dataclasses import dataclass, field

from curtilage.gateway.errors import Busy, HoldsTooMuch

MOST_OF_MAP = 24 * 1024 * 1024  # bytes of one map: some 150,000 values; and of all of one call
MOST_AT_ONCE = 4 * MOST_OF_MAP  # some four times that in memory, as objects


@dataclass
class MapRoom:
    """The room of one worker."""

    most: int = MOST_AT_ONCE
    taken: int = field(default=0)

    def borrow(self) -> "Borrowed":
        return Borrowed(self)


@dataclass
class Borrowed:
    """What one call has taken of it."""

    room: MapRoom
    size: int = field(default=0)

    def take(self, size: int) -> None:
        """Room for so many bytes more.

        Raises HoldsTooMuch for more than one call may open, and Busy while others have it."""
        if self.size + size > MOST_OF_MAP:
            raise HoldsTooMuch
        if self.room.taken + size > self.room.most:
            raise Busy("As many maps of files as this worker holds are in use.")
        self.size += size
        self.room.taken += size

    def give_back(self) -> None:
        self.room.taken -= self.size
        self.size = 0
