"""What access tokens stand on, as whoever judges them is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ChangedKind(StrEnum):
    """Whose rights changed."""

    PERSON = "person"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class Standing:
    """Public keys as they are published, and what ended within the life of a token.

    `rights` are those that a person has now, by grant, where they changed within that time;
    `scopes` those that a client may have, None where it may not come here at all any more.
    `payer_key` opens who pays in tokens with pairwise names; `nonce_key` makes the nonces
    of proofs, where they need any."""

    issuer: str
    base: str
    jwks: bytes
    grants: frozenset[str] = frozenset()
    clients: frozenset[str] = frozenset()
    tokens: frozenset[bytes] = frozenset()
    rights: Mapping[str, frozenset[str]] = field(default_factory=dict)
    scopes: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    payer_key: bytes = field(default=b"", repr=False)
    nonce_key: bytes = field(default=b"", repr=False)
