"""A clock that moves only when a test moves it."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)  # a Monday morning, far from any change of clocks


class FixedClock:
    """Stands still at `START` until told otherwise.

    `advance` moves the wall and the monotonic time alike, as waiting does;
    `step` moves the wall time alone, as a correction by the operator does.
    """

    def __init__(self, at: datetime = START) -> None:
        self._at = at
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._at

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, by: timedelta | float) -> None:
        """Let time pass: `by` a timedelta, or seconds."""
        passed = by if isinstance(by, timedelta) else timedelta(seconds=by)
        assert passed >= timedelta(0), "time passes forwards; use step() for a correction"
        self._at += passed
        self._monotonic += passed.total_seconds()

    def step(self, by: timedelta | float) -> None:
        """Correct the wall clock, backwards or forwards; no time passes."""
        self._at += by if isinstance(by, timedelta) else timedelta(seconds=by)
