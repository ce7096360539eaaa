"""What access tokens stand on, as whoever judges them is told."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Standing:
    """Public keys as they are published, and what ended within the life of a token.

    `payer_key` opens who pays in tokens with pairwise names."""

    issuer: str
    base: str
    jwks: bytes
    grants: frozenset[str] = frozenset()
    clients: frozenset[str] = frozenset()
    tokens: frozenset[bytes] = frozenset()
    payer_key: bytes = field(default=b"", repr=False)
