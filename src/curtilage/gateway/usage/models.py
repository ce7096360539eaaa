"""Words of usage: what a call is counted under, and the counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from curtilage.core.canonical import Json


class By(StrEnum):
    """What sums can be shown by."""

    KEY = "key"
    GROUP = "group"
    PERSON = "person"
    APP = "app"
    MODEL = "model"
    PURPOSE = "purpose"
    UPSTREAM = "upstream"
    DAY = "day"


class UsageKey(NamedTuple):
    """What a call is counted under. `actor` is the pseudonym of who holds the key, or of whom
    the token of `app` stands for; `kind` says what kind of principal that is."""

    tenant: str
    day: str
    actor: str
    group_id: str
    model: str
    upstream: str
    purpose: str
    currency: str
    app: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """What was used. `calls` were let out; of these, `estimated` stand at their reservation.

    `tokens_in` holds those that the provider had `tokens_cached`; `cost` is in millionths.
    """

    calls: int = 0
    refused: int = 0
    estimated: int = 0
    unpriced: int = 0
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    cost: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """Field by field, by hand: every call of the ledger comes through here."""
        return Counts(
            self.calls + other.calls,
            self.refused + other.refused,
            self.estimated + other.estimated,
            self.unpriced + other.unpriced,
            self.tokens_in + other.tokens_in,
            self.tokens_cached + other.tokens_cached,
            self.tokens_out + other.tokens_out,
            self.cost + other.cost,
        )


@dataclass(frozen=True, slots=True)
class OpenCall:
    """An intent whose outcome has not come: what it is counted under, and what it reserved."""

    day: str
    actor: str
    group_id: str
    model: str
    upstream: str
    purpose: str
    app: str = ""
    kind: str = ""
    reserved: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Folded:
    """What a batch of Events adds: sums, calls that are open, and those that no longer are."""

    sums: Mapping[UsageKey, Counts]
    opened: Mapping[tuple[str, str], OpenCall]
    closed: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One line of a report. `label` is for people, and for a person their id; each currency
    has lines of its own. `path` is the page about it, for who may open that."""

    label: str
    currency: str
    counts: Counts
    path: str = ""


@dataclass(frozen=True, slots=True)
class UsageView:
    """The first lines of a report and how many there are more, with the days that it spans,
    the newest first."""

    rows: Sequence[UsageRow]
    days: Sequence[UsageRow]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """Days in UTC, the last one too; an empty one is open."""

    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A sum that the ledger does not bear out."""

    key: UsageKey
    kept: Counts
    recounted: Counts
