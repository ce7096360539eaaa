"""When an upstream is left alone for a while. Pure: whoever asks tells the time.

closed ─ failures ─► open ─ rest is over ─► half-open: one call is let through
   ▲                   ▲                        │
   └───── it went well ┼────────────────────────┤
                       └── it did not: twice the rest, up to eight times
"""

from enum import Enum

WINDOW = 30.0  # seconds that the rate of failures looks back, and half of that at least
LEAST = 20  # calls in the window below which a rate says nothing
LONGEST = 8  # times the first rest


class State(Enum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Breaker:
    """Opens after `failures` in a row, or where half of a window's calls failed.

    With `failures` of 0 it never opens.
    """

    __slots__ = ("_before", "_failures", "_in_a_row", "_now", "_rest", "_since", "_times", "_trying", "_until", "state")  # fmt: skip

    def __init__(self, *, failures: int, rest: float) -> None:
        self._failures, self._rest = failures, rest
        self.state = State.CLOSED
        self._times = 1
        self._until = 0.0
        self._trying = False
        self._begin(0.0)

    def _begin(self, now: float) -> None:
        self._in_a_row, self._since = 0, now
        self._before = self._now = (
            0,
            0,
        )  # failed calls, all calls: of the half window before, of this

    def admits(self, now: float) -> bool:
        """Whether a call may be made. One that may is told of by one of the three below."""
        if self.state is State.CLOSED:
            return True
        if now < self._until or self._trying:
            return False
        self.state, self._trying = State.HALF_OPEN, True
        return True

    def rests(self, now: float) -> float:
        """For how many seconds it is still left alone."""
        return 0.0 if self.state is State.CLOSED else max(0.0, self._until - now)

    def succeeded(self, now: float) -> None:
        """The upstream answered as one that is well."""
        if self.state is State.CLOSED:
            self._in_a_row = 0
            self._count(now, failed=0)
        elif self.state is State.HALF_OPEN:
            self.state, self._times, self._trying = State.CLOSED, 1, False
            self._begin(now)

    def failed(self, now: float) -> None:
        """It could not be reached, broke off, or said that it is not well."""
        if self.state is State.HALF_OPEN:
            self._times = min(2 * self._times, LONGEST)
            self._open(now)
        elif self.state is State.CLOSED and self._failures:
            self._in_a_row += 1
            self._count(now, failed=1)
            failed, calls = (sum(pair) for pair in zip(self._before, self._now, strict=True))
            if self._in_a_row >= self._failures or (calls >= LEAST and 2 * failed >= calls):
                self._open(now)

    def gave_up(self) -> None:
        """The call ended before anything could be said of the upstream."""
        self._trying = False

    def _open(self, now: float) -> None:
        self.state, self._trying = State.OPEN, False
        self._until = now + self._times * self._rest

    def _count(self, now: float, *, failed: int) -> None:
        if now - self._since >= WINDOW / 2:
            is_next = now - self._since < WINDOW
            self._before, self._now, self._since = self._now if is_next else (0, 0), (0, 0), now
        self._now = (self._now[0] + failed, self._now[1] + 1)
