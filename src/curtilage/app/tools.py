"""The real clock, ids and generator, one set per process."""

from dataclasses import dataclass

from curtilage.core.clock import SystemClock
from curtilage.core.entropy import PooledEntropy, SystemEntropy
from curtilage.core.ids import SystemIds


@dataclass(frozen=True, slots=True)
class Tools:
    """The real clock, ids and generator of one process."""

    clock: SystemClock
    entropy: SystemEntropy
    quick: PooledEntropy
    ids: SystemIds


def make_tools() -> Tools:
    clock, entropy = SystemClock(), SystemEntropy()
    quick = PooledEntropy(entropy)
    return Tools(clock, entropy, quick, SystemIds(clock, quick))
