"""Our own signing keys: named by their thumbprint, kept as sealed bytes, never shown.

They are made in `identity.signing_keys`; whoever stores one seals what
`encode_signing_key` gives: the private JWK in JSON, with `v` for the version.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from curtilage.identity.wire.algorithms import OUR_ALGORITHMS, Algorithm, find_algorithm
from curtilage.identity.wire.errors import UnacceptableJwk
from curtilage.identity.wire.jwk import JoseKey, PublicKey, encode_jwk, parse_jwk
from curtilage.identity.wire.strict_json import parse_object

VERSION = 1
KINDS: dict[Algorithm, type[JoseKey]] = {
    Algorithm.ES256: ECKey,
    Algorithm.RS256: RSAKey,
    Algorithm.EDDSA: OKPKey,
}
_PRIVATE = {"EC": ("d",), "OKP": ("d",), "RSA": ("d", "p", "q", "dp", "dq", "qi")}


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key of ours. `kid` is the RFC 7638 thumbprint of its public part."""

    algorithm: Algorithm
    public: PublicKey
    jose: JoseKey = field(repr=False, compare=False)

    @property
    def kid(self) -> str:
        return self.public.kid


def signing_key(algorithm: Algorithm, jose: JoseKey) -> SigningKey:
    """The key as we use it. Raises UnacceptableJwk where it is not for `algorithm`."""
    if algorithm not in OUR_ALGORITHMS or not isinstance(jose, KINDS[algorithm]):
        raise UnacceptableJwk("Expected a key for ES256, RS256 or EdDSA.")
    if not jose.is_private:
        raise UnacceptableJwk("Expected a private key.")
    public = {**jose.as_dict(private=False), "alg": algorithm.value}
    return SigningKey(algorithm, parse_jwk(public), jose)


def encode_signing_key(key: SigningKey) -> bytes:
    """The whole key as bytes, to be sealed before they are kept."""
    private = {name: key.jose.dict_value[name] for name in _PRIVATE[key.public.members["kty"]]}
    return orjson.dumps({"v": VERSION, **encode_jwk(key.public), **private})


def parse_signing_key(raw: bytes) -> SigningKey:
    """The key that `encode_signing_key` wrote. Raises UnacceptableJwk.

    cryptography proves that private and public part belong together for RSA and EC keys;
    for Ed25519 it does not, and `kid` does it for all.
    """
    try:
        members = parse_object(raw)
    except ValueError:
        raise UnacceptableJwk("Expected a key of this service.") from None
    algorithm = find_algorithm(members.get("alg"))
    if members.get("v") != VERSION or algorithm not in OUR_ALGORITHMS:
        raise UnacceptableJwk("Expected a key of this service, of version 1.")
    key = signing_key(algorithm, _read_private(algorithm, members))
    if members.get("kid") != key.kid:
        raise UnacceptableJwk("The key is not the one it is named.")
    return key


def _read_private(algorithm: Algorithm, members: Mapping[str, Any]) -> JoseKey:
    kind = KINDS[algorithm]
    jwk = {name: members[name] for name in kind.value_registry if name in members}
    try:
        return _import_private(kind, {**jwk, "kty": kind.key_type})
    except (ValueError, KeyError, TypeError, AttributeError, JoseError):
        raise UnacceptableJwk("The numbers of the key make no key.") from None


def _import_private(kind: type[JoseKey], jwk: dict[str, Any]) -> JoseKey:
    """Twice: the second is made from the key's own numbers, not from what was told of them."""
    if kind is ECKey:
        return ECKey.import_key(ECKey.import_key(jwk).raw_value)
    if kind is OKPKey:
        return OKPKey.import_key(OKPKey.import_key(jwk).raw_value)
    return RSAKey.import_key(RSAKey.import_key(jwk).raw_value)
