"""How one upstream fares, as one worker sees it: plain numbers, no value of any call."""

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from curtilage.core.clock import encode_instant

# Until the head of an answer is there. A model may think for minutes.
BOUNDS_MS = (50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000)


@dataclass(slots=True)
class Health:
    """What a channel notes. Times are seconds on the clock of the loop; 0.0: never.

    `failure` is a word of ours (`connect`, `broken`, …) or `status 503`.
    """

    under_way: int = 0
    failure: str = ""
    failed_at: float = 0.0
    answered_at: float = 0.0
    waits: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_MS) + 1))

    def answered(self, now: float, since: float) -> None:
        """The head of an answer is there, asked for at `since`."""
        self.answered_at = now
        self.waits[bisect_left(BOUNDS_MS, 1000 * (now - since))] += 1

    def failed(self, now: float, failure: str) -> None:
        self.failed_at, self.failure = now, failure

    def tell(self, *, state: str, rests: float, monotonic: float, now: datetime) -> dict[str, Any]:
        """For the control process: durations of this process become instants."""

        def instant(at: float) -> str:
            return encode_instant(now - timedelta(seconds=monotonic - at)) if at else ""

        return {
            "state": state,
            "rests_until": encode_instant(now + timedelta(seconds=rests)) if rests > 0 else "",
            "under_way": self.under_way,
            "failure": self.failure,
            "failed_at": instant(self.failed_at),
            "answered_at": instant(self.answered_at),
            "waits": list(self.waits),
        }
