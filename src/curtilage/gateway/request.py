"""A request on its two sides: as it came and was understood, and as it may leave."""

from dataclasses import dataclass, field
from typing import Any

from curtilage.gateway.records import Account
from curtilage.gateway.routes import Target
from curtilage.gateway.wire.facts import RequestFacts
from curtilage.shield.held import Held, HeldValue


@dataclass(frozen=True, slots=True)
class Kept:
    """Which upstream keeps a reply, of which model, and the values behind its tokens."""

    upstream: str
    model: str
    values: tuple[tuple[str, HeldValue], ...] = field(default=(), repr=False)


@dataclass(slots=True)
class Inbound:
    """A request whose body is understood: where it goes, and what is to be scanned.

    `untouched` is its body, where nothing but the policy could change it and the
    policy only observes. `account` is what the record will say of it. `recalled` is what is
    kept already of what it adds to.
    """

    document: Any
    facts: RequestFacts
    target: Target
    untouched: bytes = field(default=b"", repr=False)
    account: Account = field(default_factory=Account)
    recalled: dict[str, Kept] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class Outbound:
    """What may leave and what it stands for. `outbound_tools` get no value of the reply.

    `files` are ids of files that it names, and `stored` ids of other things that the provider
    stores; they have to be the caller's own."""

    body: bytes = field(repr=False)
    held: Held = field(repr=False)
    outbound_tools: frozenset[str]
    files: tuple[str, ...] = ()
    stored: tuple[str, ...] = ()
