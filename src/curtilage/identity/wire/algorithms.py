"""Signature algorithms of JOSE, and the keys each is for (RFC 7518, RFC 8037, RFC 9864).

All are asymmetric. `none` and the HS family have no member here, so no key, header or
setting can ask for them.
"""

from enum import StrEnum


class Algorithm(StrEnum):
    """What a header's `alg` may say."""

    ES256 = "ES256"
    ES384 = "ES384"
    ES512 = "ES512"
    RS256 = "RS256"
    RS384 = "RS384"
    RS512 = "RS512"
    PS256 = "PS256"
    PS384 = "PS384"
    PS512 = "PS512"
    EDDSA = "EdDSA"  # with Ed25519 only
    ED25519 = "Ed25519"  # the same signature by its newer name (RFC 9864 §2)


OUR_ALGORITHMS = (Algorithm.ES256, Algorithm.RS256, Algorithm.EDDSA)  # what we sign with
# FAPI 2.0 Security Profile §5.4.1: no RSASSA-PKCS1-v1_5.
STRONG_ALGORITHMS = frozenset(
    {Algorithm.ES256, Algorithm.PS256, Algorithm.EDDSA, Algorithm.ED25519}
)
ALL_ALGORITHMS = frozenset(Algorithm)

RSA_ALGORITHMS = frozenset(each for each in Algorithm if each[:2] in {"RS", "PS"})
CURVE_ALGORITHMS = {
    "P-256": frozenset({Algorithm.ES256}),
    "P-384": frozenset({Algorithm.ES384}),
    "P-521": frozenset({Algorithm.ES512}),
    "Ed25519": frozenset({Algorithm.EDDSA, Algorithm.ED25519}),
}


def find_algorithm(claimed: object) -> Algorithm | None:
    """The algorithm of this exact name; None for everything else, `nOnE` and HS256 too."""
    return _BY_NAME.get(claimed) if isinstance(claimed, str) else None


_BY_NAME = {each.value: each for each in Algorithm}
