"""What a process holds that may do a thing alone for a while. `core.db.leases` gives it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lease:
    """What was taken. A later taking of the same name has a higher fence."""

    name: str
    holder: str
    fence: int
