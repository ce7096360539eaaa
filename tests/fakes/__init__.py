"""Stand-ins for what lies outside the process: small, with state, no mocks.

A fake keeps the promise of the port that it stands in for, and passes that
port's contract suite. Each lives in a file of its own; the three of the ground
floor are named here because nearly every test takes one.
"""

from tests.fakes.clock import FixedClock
from tests.fakes.entropy import FixedEntropy
from tests.fakes.ids import FixedIds

__all__ = ["FixedClock", "FixedEntropy", "FixedIds"]
