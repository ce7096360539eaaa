"""Our own keys: kept as bytes, named by thumbprint, never shown."""

import json
from typing import Any

import pytest
from joserfc.jwk import ECKey

from curtilage.identity.wire.algorithms import Algorithm
from curtilage.identity.wire.errors import UnacceptableJwk
from curtilage.identity.wire.signing_key import (
    SigningKey,
    encode_signing_key,
    parse_signing_key,
    signing_key,
)
from tests.signed_tokens import EC_KEY, ED_KEY, RSA_KEY
from tests.vectors.identity.jose_examples import ED25519_8037, P256_7515, RSA_7515, THUMBPRINT_8037

KEYS = [EC_KEY, RSA_KEY, ED_KEY]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_comes_back_from_its_bytes(key: SigningKey) -> None:
    again = parse_signing_key(encode_signing_key(key))
    assert again == key
    assert encode_signing_key(again) == encode_signing_key(key)


@pytest.mark.parametrize(
    ("key", "jwk"), [(EC_KEY, P256_7515), (RSA_KEY, RSA_7515), (ED_KEY, ED25519_8037)]
)
def test_the_bytes_hold_the_whole_key_and_its_repr_none_of_it(
    key: SigningKey, jwk: dict[str, str]
) -> None:
    kept = json.loads(encode_signing_key(key))
    assert {name: kept[name] for name in jwk} == jwk
    assert jwk["d"] not in repr(key)
    assert jwk["d"] not in repr(key.public)
    assert not hasattr(key.public.jose.raw_value, "private_bytes")


def test_a_key_is_named_by_its_thumbprint() -> None:
    assert ED_KEY.kid == ED_KEY.public.thumbprint == THUMBPRINT_8037


def kept(key: SigningKey, **given: Any) -> bytes:
    return json.dumps({**json.loads(encode_signing_key(key)), **given}).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        kept(EC_KEY, v=2),
        kept(EC_KEY, v=None),
        kept(EC_KEY, alg="ES384"),
        kept(EC_KEY, alg="RS256"),
        kept(EC_KEY, alg="HS256"),
        kept(EC_KEY, kid="another"),
        kept(EC_KEY, d=None),
        kept(EC_KEY, d="AQ"),
        kept(EC_KEY, d=""),
        kept(EC_KEY, d=7),
        kept(EC_KEY, x=ED25519_8037["x"]),
        kept(EC_KEY, crv="P-521"),
        kept(ED_KEY, d="A" * 43),
        kept(ED_KEY, crv="X25519"),
        kept(RSA_KEY, p="AQAB"),
        kept(RSA_KEY, d="AQAB"),
        kept(RSA_KEY, qi=None),
    ],
)
def test_bytes_that_make_no_whole_key_are_refused(raw: bytes) -> None:
    with pytest.raises(UnacceptableJwk):
        parse_signing_key(raw)


def test_a_key_without_its_private_part_signs_nothing() -> None:
    kept = json.loads(encode_signing_key(EC_KEY))
    del kept["d"]
    with pytest.raises(UnacceptableJwk, match="private"):
        parse_signing_key(json.dumps(kept).encode())


def test_a_public_number_that_was_exchanged_beside_a_good_private_one_is_refused() -> None:
    """Ed25519 would sign with the one and be published as the other."""
    with pytest.raises(UnacceptableJwk, match="named"):
        parse_signing_key(kept(ED_KEY, x=P256_7515["x"], kid=EC_KEY.kid))


@pytest.mark.parametrize("algorithm", [Algorithm.RS256, Algorithm.ES384, Algorithm.PS256])
def test_a_key_is_for_its_own_algorithm_alone(algorithm: Algorithm) -> None:
    with pytest.raises(UnacceptableJwk):
        signing_key(algorithm, ECKey.import_key(dict(P256_7515)))
    with pytest.raises(UnacceptableJwk):
        signing_key(Algorithm.ES256, ECKey.generate_key("P-384"))


def test_what_we_sign_with_is_one_of_three() -> None:
    """Others verify here, and are not for our own keys."""
    for algorithm, jose in (
        (Algorithm.ES384, ECKey.generate_key("P-384")),
        (Algorithm.PS256, RSA_KEY.jose),
        (Algorithm.ED25519, ED_KEY.jose),
    ):
        with pytest.raises(UnacceptableJwk, match="ES256, RS256 or EdDSA"):
            signing_key(algorithm, jose)
