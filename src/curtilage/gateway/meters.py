"""Counters of one worker: plain integers, no values, no labels that callers choose."""

from dataclasses import dataclass, field

BOUNDS_US = (100, 250, 500, 1000, 2500, 5000, 10_000, 50_000, 250_000, 1_000_000)


@dataclass
class Meters:
    """What `/metrics` shows, summed over workers by the control process."""

    counts: dict[str, int] = field(default_factory=dict)
    overhead: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_US) + 1))
    overhead_sum: int = 0
    active: int = 0

    def count(self, name: str, by: int = 1) -> None:
        """Add to `name`, which is `metric` or `metric:label` with labels of our own."""
        self.counts[name] = self.counts.get(name, 0) + by

    def observe_overhead(self, microseconds: int) -> None:
        """Add one call to the histogram of what we add, in microseconds."""
        self.overhead_sum += microseconds
        for index, bound in enumerate(BOUNDS_US):
            if microseconds <= bound:
                self.overhead[index] += 1
                return
        self.overhead[-1] += 1
