"""What the page of routes and upstreams shows: names, counts, times; no credential."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from curtilage.gateway.settings import RouteSettings, UpstreamSettings


@dataclass(frozen=True, slots=True)
class Routing:
    """The routes and upstreams that are in force; `keeper` keeps what names no model."""

    upstreams: Mapping[str, UpstreamSettings]
    routes: Sequence[RouteSettings]
    keeper: str


class Condition(StrEnum):
    """How an upstream is, over all workers of this node."""

    WELL = "well"
    TRYING = "trying"
    RESTING = "resting"
    UNASKED = "unasked"


@dataclass(frozen=True, slots=True)
class Report:
    """One worker's view of one upstream, see `health.Health`."""

    state: str
    under_way: int
    waits: Sequence[int]
    failure: str = ""
    rests_until: datetime | None = None
    failed_at: datetime | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reports:
    """What the workers of this node reported: views by upstream, and calls since the start.

    `calls` counts by upstream and outcome: answered, failed, resting, busy.
    """

    views: Mapping[str, Sequence[Report]] = field(default_factory=dict)
    calls: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UpstreamRow:
    """One upstream: `host` is where, `limit` how many calls all workers may have open.

    `affected` of `workers` see it as `condition` says. `half_ms` and `most_ms` are
    bounds within which half, and 95 of 100, answers began; None where that is not
    known, or longer than the last bound.
    """

    name: str
    protocol: str
    destination: str
    host: str
    condition: Condition
    affected: int
    workers: int
    answered: int
    failed: int
    not_made: int
    under_way: int
    limit: int
    probed: bool
    failure: str = ""
    failed_at: datetime | None = None
    answered_at: datetime | None = None
    rests_until: datetime | None = None
    half_ms: int | None = None
    most_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """One upstream of a route: the model's name there, and its share of conversations."""

    upstream: str
    renamed: str
    percent: int | None


@dataclass(frozen=True, slots=True)
class RouteRow:
    """One route: what it matches, and where that leads, in order."""

    pattern: str
    stops: Sequence[Stop]
    protocol: str
    destination: str
    is_built_in: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Where a model would go. Without `row` no route matches.

    `speaks` are the protocols of callers that it serves; all others are refused.
    """

    model: str
    row: RouteRow | None = None
    speaks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """All of it at one instant."""

    upstreams: Sequence[UpstreamRow]
    routes: Sequence[RouteRow]
    keeper: str
