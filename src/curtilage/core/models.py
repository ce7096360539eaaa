"""The words that cross slices: who, what was found, what was decided, what happened.

Everything here is frozen and plain. Offsets count code points; instants are
aware and in UTC; categories are fideslang's, entity types Presidio's where
one exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, NewType

from curtilage.core.canonical import Json

TenantId = NewType("TenantId", str)
"""Opaque and immutable; part of every key, associated data and log origin."""

PrincipalId = NewType("PrincipalId", str)
SubjectId = NewType("SubjectId", str)
PurposeKey = NewType("PurposeKey", str)


class PrincipalKind(StrEnum):
    PERSON = "person"
    SERVICE = "service"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts, and how far they may go.

    `act` is the chain of those who act for `id` (RFC 8693 §4.1), the nearest
    first. `assurance` is the level at which `id` signed in, 0 where it did not.
    """

    tenant: TenantId
    id: PrincipalId
    kind: PrincipalKind
    purposes: frozenset[PurposeKey] = frozenset()
    rights: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    act: tuple[PrincipalId, ...] = ()
    assurance: int = 0
    authenticated_at: datetime | None = None


class Finding(NamedTuple):
    """A span of personal data, a secret or hostile text.

    `start` and `end` are code points, half open. `score` is 0 to 1. `rivals` are what else
    stands there nearly as surely, each found as it would be without this one: of all of
    them a policy's strictest word counts.
    """

    start: int
    end: int
    type: str
    score: float
    category: str
    detector: str
    rivals: "tuple[Finding, ...]" = ()


class Treatment(StrEnum):
    """What happens to a finding on its way out, from the most open to the strictest."""

    ALLOW = "allow"
    TOKEN = "token"
    SURROGATE = "surrogate"
    ENCRYPT = "encrypt"
    MASK = "mask"
    BLOCK = "block"


STRICTNESS: Mapping[Treatment, int] = {treatment: rank for rank, treatment in enumerate(Treatment)}


class Effect(StrEnum):
    PERMIT = "permit"
    REFUSE = "refuse"
    STEP_UP = "step_up"
    ASK = "ask"


class Demand(NamedTuple):
    """How surely, and how long ago at most, somebody has to have signed in.

    `assurance` is a level of NIST SP 800-63B (0 to 3); None for no `max_age`."""

    assurance: int = 0
    max_age: timedelta | None = None

    def join(self, other: "Demand") -> "Demand":
        """What satisfies both."""
        ages = [each.max_age for each in (self, other) if each.max_age is not None]
        return Demand(max(self.assurance, other.assurance), min(ages, default=None))


NO_DEMAND = Demand()


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of `consent.rules.decide`: may it go, and each category how.

    `treatments` has one entry per category that was asked about. A category
    that it does not name was not decided, which is to say: blocked. `demand` is what
    whoever is to step up has to reach.
    """

    effect: Effect
    reason: str
    treatments: Mapping[str, Treatment] = field(default_factory=dict)
    policy: str = ""
    consent_generation: int = 0
    demand: Demand = NO_DEMAND

    @property
    def by_type(self) -> dict[str, Treatment]:
        """How each type is treated, whatever category it was asked about under."""
        return {name.rpartition(":")[2]: each for name, each in self.treatments.items()}


class Scope(NamedTuple):
    """What makes tokens consistent. Exactly one per request.

    `span` is `session` (one conversation), `epoch` (30 days) or `collection`
    (embeddings and files); `name` is the session's, the epoch's or the
    collection's name.
    """

    tenant: TenantId
    principal: PrincipalId
    subject: SubjectId | None
    span: str
    name: str

    def encode(self) -> bytes:
        """Bytes that no other scope has: version 1, then length-prefixed parts.

        No subject is the length 2^32 - 1: a subject without a name is another one."""
        parts = (self.tenant, self.principal, self.subject, self.span, self.name)
        return b"\x01" + b"".join(_encode_part(part) for part in parts)


def _encode_part(part: str | None) -> bytes:
    if part is None:
        return b"\xff\xff\xff\xff"
    raw = part.encode("utf-8", "surrogatepass")  # total: a name from outside raises nothing
    return len(raw).to_bytes(4, "big") + raw


@dataclass(frozen=True, slots=True)
class Sealed:
    """A part of an Event that only the holder of a key can open.

    `commitment` (32 bytes, salted) enters the ledger; `box` (ciphertext, with
    the opening inside) stays beside it and means nothing once the key is gone.
    """

    commitment: bytes
    box: bytes


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened and is worth knowing: the spine of the product.

    `kind` is past tense and dotted (`consent.withdrawn`). `actor` and `subject`
    are pseudonyms under the person's key. `facts` holds counts, types, sizes and
    keyed commitments, never a raw value and never an unkeyed hash of one.
    """

    id: str
    at: datetime
    kind: str
    tenant: TenantId
    actor: str = ""
    actor_kind: str = ""
    subject: str = ""
    purpose: str = ""
    decision: Mapping[str, Json] = field(default_factory=dict)
    facts: Mapping[str, Json] = field(default_factory=dict)
    sealed: Sealed | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """What a check reports about code or state. (A span in text is a `Finding`.)"""

    code: str
    title: str
    detail: str
    severity: str
    mend: str  # what to do, a sentence; where nothing is wrong, it says so

    def __post_init__(self) -> None:
        if not self.mend:
            raise ValueError(f"{self.code} does not say how to mend it")
