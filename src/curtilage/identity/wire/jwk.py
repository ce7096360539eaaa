"""JSON Web Keys (RFC 7517): what others publish, read strictly, and what we publish.

A key says by itself which algorithms it may verify; the caller's list can only make that
fewer. Here are public keys only. Our own private ones are in `signing_key`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    SECP521R1,
    EllipticCurve,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from joserfc.jwk import ECKey, OKPKey, RSAKey

from curtilage.identity.wire.algorithms import (
    CURVE_ALGORITHMS,
    RSA_ALGORITHMS,
    Algorithm,
    find_algorithm,
)
from curtilage.identity.wire.base64url import decode_base64url, decode_integer, encode_base64url
from curtilage.identity.wire.errors import UnacceptableJwk
from curtilage.identity.wire.roca import is_roca
from curtilage.identity.wire.strict_json import parse_object

JoseKey: TypeAlias = ECKey | OKPKey | RSAKey

MOST_KEYS = 32  # an issuer has two or three, a few more while they are rotated
LONGEST_SET = 64 * 1024
LONGEST_KID = 256
SHORTEST_RSA, LONGEST_RSA = 2048, 8192  # bits; RFC 7518 §3.3, and what verifying may cost
SHORTEST_EXPONENT, LONGEST_EXPONENT = 2**16 + 1, 2**32  # FIPS 186-5 §5.4, and the same
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})  # RFC 7518 §6
CURVES: dict[str, tuple[type[EllipticCurve], int]] = {  # and the octets of one coordinate
    "P-256": (SECP256R1, 32),
    "P-384": (SECP384R1, 48),
    "P-521": (SECP521R1, 66),
}
_THUMBPRINT_MEMBERS = {  # RFC 7638 §3.2, RFC 8037 §2; in the order of their names
    "EC": ("crv", "kty", "x", "y"),
    "OKP": ("crv", "kty", "x"),
    "RSA": ("e", "kty", "n"),
}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that verifies, by the name that headers call it."""

    kid: str
    thumbprint: str  # RFC 7638 with SHA-256, base64url
    algorithms: frozenset[Algorithm]
    members: Mapping[str, str] = field(repr=False)  # those of the thumbprint
    jose: JoseKey = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class KeySet:
    """Keys of one owner. No two share a name and an algorithm."""

    keys: tuple[PublicKey, ...] = ()

    def find(self, kid: object, *, algorithm: Algorithm) -> PublicKey | None:
        """The key of this name for this algorithm; without a name, the only one there is.

        A name is compared and nothing else: it is never a path, a query or an address."""
        fitting = [key for key in self.keys if algorithm in key.algorithms]
        if kid is not None:
            fitting = [key for key in fitting if key.kid == kid]
        return fitting[0] if len(fitting) == 1 else None


def thumbprint(members: Mapping[str, Any]) -> str:
    """The SHA-256 thumbprint of a JWK (RFC 7638 §3). Raises UnacceptableJwk."""
    return _thumbprint(_key_members(members))


def parse_jwk(raw: Mapping[str, Any]) -> PublicKey:
    """The public key of one JWK, already read from JSON. Raises UnacceptableJwk."""
    if not PRIVATE_MEMBERS.isdisjoint(raw):
        raise UnacceptableJwk("The key has private members; expected a public key.")
    members = _key_members(raw)
    jose, possible = read_key(members)
    algorithms = _agreed_algorithms(raw, possible)
    _refuse_other_use(raw, operation="verify")
    own_name = _thumbprint(members)
    return PublicKey(_parse_kid(raw, default=own_name), own_name, algorithms, members, jose)


def parse_jwks(raw: bytes) -> KeySet:
    """The keys of a JWK Set (RFC 7517 §5) that verify signatures. Raises UnacceptableJwk.

    Keys for encryption, and of kinds and algorithms that are not known here, are passed
    over, as the RFC has it. A private or symmetric one, or a broken one, refuses all.
    """
    if len(raw) > LONGEST_SET:
        raise UnacceptableJwk("The key set is too long; expected at most 64 KiB.")
    try:
        listed = parse_object(raw).get("keys")
    except ValueError:
        raise UnacceptableJwk("Expected a JSON object with `keys`.") from None
    return parse_key_list(listed)


def parse_key_list(listed: object) -> KeySet:
    """The same of the value of `keys`, as client metadata holds it. Raises UnacceptableJwk."""
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise UnacceptableJwk(f"Expected `keys` to be a list of at most {MOST_KEYS} keys.")
    return key_set(parse_jwk(raw) for raw in listed if _is_for_signatures(raw))


def key_set(keys: Iterable[PublicKey]) -> KeySet:
    """A set whose names are told apart. Raises UnacceptableJwk."""
    kept = tuple(keys)
    names = [(key.kid, algorithm) for key in kept for algorithm in key.algorithms]
    if len(set(names)) != len(names):
        raise UnacceptableJwk("Two keys of the set have one `kid`.")
    return KeySet(kept)


def encode_jwk(key: PublicKey) -> dict[str, str]:
    """The JWK to publish. `alg` is there where the key has only one."""
    jwk = {**key.members, "kid": key.kid, "use": "sig"}
    if len(key.algorithms) == 1:
        jwk["alg"] = next(iter(key.algorithms)).value
    return jwk


def encode_jwks(keys: KeySet) -> bytes:
    """The JWK Set to publish (RFC 7517 §5), as JSON."""
    return orjson.dumps({"keys": [encode_jwk(key) for key in keys.keys]})


def read_key(members: Mapping[str, str]) -> tuple[JoseKey, frozenset[Algorithm]]:
    """The key of these members, and what it can verify. Raises UnacceptableJwk."""
    try:
        if members["kty"] == "RSA":
            return _read_rsa(members), RSA_ALGORITHMS
        if members["kty"] == "EC":
            return _read_ec(members), CURVE_ALGORITHMS[members["crv"]]
        return _read_okp(members), CURVE_ALGORITHMS[members["crv"]]
    except ValueError:  # what is not base64url, not on the curve, not a modulus
        raise UnacceptableJwk("The numbers of the key make no key.") from None


def _read_rsa(members: Mapping[str, str]) -> RSAKey:
    modulus, exponent = decode_integer(members["n"]), decode_integer(members["e"])
    if not SHORTEST_RSA <= modulus.bit_length() <= LONGEST_RSA:
        raise UnacceptableJwk("Expected an RSA key of 2048 to 8192 bits.")
    if modulus % 2 == 0 or exponent % 2 == 0:  # of two odd primes, and prime to their orders
        raise UnacceptableJwk("Expected an odd RSA modulus and exponent.")
    if not SHORTEST_EXPONENT <= exponent <= LONGEST_EXPONENT:
        raise UnacceptableJwk("Expected an RSA exponent of 65537 or a little more.")
    if is_roca(modulus):
        raise UnacceptableJwk("The RSA key was made by a chip whose keys can be factored.")
    return RSAKey.import_key(RSAPublicNumbers(exponent, modulus).public_key())


def _read_ec(members: Mapping[str, str]) -> ECKey:
    curve, octets = _curve(members["crv"])
    x, y = decode_base64url(members["x"]), decode_base64url(members["y"])
    if len(x) != octets or len(y) != octets:  # RFC 7518 §6.2.1.2: the full size, always
        raise UnacceptableJwk("Expected coordinates of the curve's full length.")
    numbers = EllipticCurvePublicNumbers(
        int.from_bytes(x, "big"), int.from_bytes(y, "big"), curve()
    )
    return ECKey.import_key(numbers.public_key())


def _read_okp(members: Mapping[str, str]) -> OKPKey:
    if members["crv"] != "Ed25519":
        raise UnacceptableJwk("Expected Ed25519 as curve of an OKP key.")
    return OKPKey.import_key(Ed25519PublicKey.from_public_bytes(decode_base64url(members["x"])))


def _curve(name: str) -> tuple[type[EllipticCurve], int]:
    if name not in CURVES:
        raise UnacceptableJwk("Expected P-256, P-384 or P-521 as curve of an EC key.")
    return CURVES[name]


def _key_members(raw: Mapping[str, Any]) -> dict[str, str]:
    kty = raw.get("kty")
    names = _THUMBPRINT_MEMBERS.get(kty) if isinstance(kty, str) else None
    if names is None:
        raise UnacceptableJwk("Expected `kty` to be EC, OKP or RSA.")
    members = {name: raw.get(name) for name in names}
    if not all(isinstance(value, str) for value in members.values()):
        raise UnacceptableJwk("A member that the key needs is not there, or is no text.")
    return {name: str(value) for name, value in members.items()}


def _thumbprint(members: Mapping[str, str]) -> str:
    return encode_base64url(hashlib.sha256(orjson.dumps(members)).digest())


def _parse_kid(raw: Mapping[str, Any], *, default: str) -> str:
    kid = raw.get("kid", default)
    if not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_KID:
        raise UnacceptableJwk(f"Expected `kid` to be text of at most {LONGEST_KID} characters.")
    return kid


def _agreed_algorithms(
    raw: Mapping[str, Any], possible: frozenset[Algorithm]
) -> frozenset[Algorithm]:
    if "alg" not in raw:
        return possible
    algorithm = find_algorithm(raw["alg"])
    if algorithm is None or algorithm not in possible:
        raise UnacceptableJwk("The key's `alg` is not one that such a key can have.")
    return frozenset({algorithm})


def _refuse_other_use(raw: Mapping[str, Any], *, operation: str) -> None:
    """RFC 7517 §4.2-3: a key for something else signs nothing here."""
    if raw.get("use", "sig") != "sig":
        raise UnacceptableJwk("The key's `use` is another one; expected `sig`.")
    operations = raw.get("key_ops", [operation])
    if not isinstance(operations, list) or operation not in operations:
        raise UnacceptableJwk(f"The key's `key_ops` do not allow `{operation}`.")


def _is_for_signatures(raw: object) -> bool:
    """Whether a member of a set is to be read; RFC 7517 §5 passes over the others."""
    if not isinstance(raw, dict):
        raise UnacceptableJwk("Expected each key to be a JSON object.")
    if not PRIVATE_MEMBERS.isdisjoint(raw) or raw.get("kty") == "oct":
        raise UnacceptableJwk("The set has a private or symmetric key; expected public ones.")
    operations = raw.get("key_ops", ["verify"])
    if not isinstance(operations, list):
        raise UnacceptableJwk("Expected `key_ops` to be a list.")
    if raw.get("use", "sig") != "sig" or "verify" not in operations:
        return False
    if "alg" in raw and find_algorithm(raw["alg"]) is None:  # RSA-OAEP without a `use`, say
        return False
    if raw.get("kty") in ("EC", "OKP"):
        return raw.get("crv") in [*CURVE_ALGORITHMS]
    return raw.get("kty") == "RSA"
