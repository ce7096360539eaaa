"""What a second policy would have done to the calls of a time, added up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

CALLS, REFUSED, PERMITTED = "calls", "refused", "permitted"  # of whole calls
STRICTER, LOOSER = "stricter", "looser"  # of values, by their type


@dataclass(frozen=True, slots=True)
class Tally:
    """How often `change` was seen. `kind` is a type, or empty for whole calls.

    `policy` is the reference of the second policy."""

    policy: str
    purpose: str
    kind: str
    change: str
    count: int


@dataclass(frozen=True, slots=True)
class ShadowRow:
    """Values of one type, asked for one purpose, that it would treat otherwise."""

    kind: str
    purpose: str
    stricter: int
    looser: int


@dataclass(frozen=True, slots=True)
class ShadowSummary:
    """What one second policy would have done. `refused` and `permitted` are whole calls
    that it would have refused, or let through, where the policy in force did not."""

    policy: str
    since: datetime
    calls: int
    refused: int
    permitted: int
    rows: Sequence[ShadowRow]


def summarise_shadow(tallies: Sequence[Tally], since: datetime) -> list[ShadowSummary]:
    """One summary for each version of a second policy, in the order of their names."""
    policies = sorted({tally.policy for tally in tallies})
    return [
        _summarise([tally for tally in tallies if tally.policy == policy], policy, since)
        for policy in policies
    ]


def _summarise(tallies: Sequence[Tally], policy: str, since: datetime) -> ShadowSummary:
    calls, refused, permitted = (
        sum(tally.count for tally in tallies if tally.change == change)
        for change in (CALLS, REFUSED, PERMITTED)
    )
    places = sorted({(tally.kind, tally.purpose) for tally in tallies if tally.kind})
    rows = [_row(tallies, kind, purpose) for kind, purpose in places]
    return ShadowSummary(policy, since, calls, refused, permitted, rows)


def _row(tallies: Sequence[Tally], kind: str, purpose: str) -> ShadowRow:
    here = [tally for tally in tallies if (tally.kind, tally.purpose) == (kind, purpose)]
    stricter, looser = (
        sum(tally.count for tally in here if tally.change == change)
        for change in (STRICTER, LOOSER)
    )
    return ShadowRow(kind, purpose, stricter, looser)
