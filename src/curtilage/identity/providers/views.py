"""What the pages of providers need, and the port that gives it to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from curtilage.core.page import NewSession
from curtilage.identity.people.desk_ports import Elsewhere
from curtilage.identity.people.views import Arrival
from curtilage.identity.providers.models import Intent


@dataclass(frozen=True, slots=True)
class ListedLink:
    """An account elsewhere as its owner sees it."""

    id: str
    label: str
    shown: str = field(repr=False)
    created_at: datetime
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OverseenProvider:
    """A provider as an administrator sees it: what is configured, and how it fares.

    `state` is `unknown` until somebody looked, then `answers` or `fails`, with `problem`."""

    name: str
    label: str
    issuer: str
    client_id: str
    domains: tuple[str, ...]
    tenants: tuple[str, ...]
    may_create: bool
    trusts_email: bool
    trusts_mfa: bool
    links: int
    state: str = "unknown"
    checked_at: datetime | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Departure:
    """Where somebody is sent, and what the page on the way says."""

    label: str
    location: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Back:
    """Who came back, what for, and where they go on; `session` is None where nobody is
    signed in by it, because that account is nobody's here."""

    label: str
    intent: Intent
    onward: str = "/"
    session: NewSession | None = field(default=None, repr=False)


class ProviderDesk(Elsewhere, Protocol):
    """Sends people to providers and takes them back. `session` is the secret in the cookie.

    All raise `UnknownProvider`; the ways out and back a PeerError besides."""

    async def leave(self, name: str, *, browser: str, onward: str, hint: str = "") -> Departure: ...

    async def leave_to_connect(self, name: str, session: str) -> Departure:
        """Raises `ProveAgain`."""

    async def leave_again(self, name: str, session: str, *, onward: str) -> Departure: ...

    async def come_back(self, name: str, given: Mapping[str, str], arrival: Arrival) -> Back:
        """Raises `ProviderRefused` or `LinkTaken`."""

    async def list_links(self, session: str) -> Sequence[ListedLink]: ...

    async def remove(self, session: str, id: str) -> None:
        """Raises `ProveAgain`, `UnknownLink` or `LastWayIn`."""
