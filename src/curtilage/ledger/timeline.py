"""The time that a writer puts on its records: it never decreases."""

from dataclasses import dataclass
from datetime import datetime, timedelta

TOLERANCE = timedelta(seconds=1)  # a smaller step is a correction by NTP, not news


@dataclass(slots=True)
class Timeline:
    """Stamps events, and notices once when the clock went back.

    An event keeps its own time as the record's where that is between the last
    record and now and not older than the tolerance; else the record is stamped
    with the present, or with the last record's time while the clock is behind.
    """

    last: datetime
    is_behind: bool = False

    def step_back(self, now: datetime) -> timedelta | None:
        """By how much the clock stands behind, the first time that this is seen."""
        behind = self.last - now
        if behind <= TOLERANCE:
            if behind <= timedelta(0):
                self.is_behind = False
            return None
        if self.is_behind:
            return None
        self.is_behind = True
        return behind

    def stamp(self, at: datetime, now: datetime) -> datetime:
        """The time of the next record, for an event of `at`."""
        if self.last <= at <= now and now - at <= TOLERANCE:
            self.last = at
        elif now > self.last:
            self.last = now
        return self.last
