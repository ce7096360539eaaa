"""What is kept of policies over time: versions, and when each was in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from curtilage.core.models import PrincipalId


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A policy as it was written, and who stands behind it.

    `version` is the hash of what it decides. `author` is empty where the file was
    changed and nobody proposed it; `approved_at` is set once another person did.
    """

    name: str
    version: str
    text: str
    seen_at: datetime
    author: PrincipalId | None = None
    reason: str = ""
    approved_by: PrincipalId | None = None
    approved_at: datetime | None = None

    @property
    def reference(self) -> str:
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class Activation:
    """A version that came into force, and when."""

    name: str
    version: str
    since: datetime

    @property
    def reference(self) -> str:
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class PastPolicy:
    """An earlier policy as it was written, and until when it was in force."""

    name: str
    text: str
    until: datetime


def list_past(activations: Sequence[Activation]) -> list[tuple[Activation, datetime]]:
    """Every earlier version once, with when it was in force last; the last one first.

    `activations` are in the order of time. What is in force again is not past."""
    past: dict[str, tuple[Activation, datetime]] = {}
    for each, following in pairwise(activations):
        past[each.reference] = each, following.since
    if activations:
        past.pop(activations[-1].reference, None)
    return sorted(past.values(), key=lambda found: found[1], reverse=True)
