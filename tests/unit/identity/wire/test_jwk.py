"""Keys of others, read strictly."""

import json
from math import prod
from typing import Any

import pytest
from joserfc.jwk import ECKey
from joserfc.jws import serialize_compact

from curtilage.identity.wire.algorithms import ALL_ALGORITHMS, RSA_ALGORITHMS, Algorithm
from curtilage.identity.wire.base64url import decode_base64url, encode_base64url, encode_integer
from curtilage.identity.wire.errors import UnacceptableJwk
from curtilage.identity.wire.jwk import (
    LONGEST_SET,
    MOST_KEYS,
    KeySet,
    encode_jwk,
    encode_jwks,
    key_set,
    parse_jwk,
    parse_jwks,
    parse_key_list,
    thumbprint,
)
from curtilage.identity.wire.jws import verify_jws
from tests.signed_tokens import ALL_KEYS, EC_KEY, ED_KEY, RSA_KEY, public_jwk
from tests.vectors.identity.jose_examples import P521_7515, RSA_7638

pytestmark = pytest.mark.requirement(35)

EC = public_jwk(EC_KEY)
RSA = public_jwk(RSA_KEY)
OKP = public_jwk(ED_KEY)
WITHOUT_POINT = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"  # 1, as x and y: on no curve


def a_set(*keys: Any) -> bytes:
    return json.dumps({"keys": [*keys]}).encode()


@pytest.mark.parametrize(
    ("jwk", "algorithms"),
    [
        (EC, {Algorithm.ES256}),
        (P521_7515, {Algorithm.ES512}),
        (OKP, {Algorithm.EDDSA, Algorithm.ED25519}),
        (RSA, RSA_ALGORITHMS),
        (RSA | {"alg": "PS256"}, {Algorithm.PS256}),
        (RSA_7638, {Algorithm.RS256}),
    ],
)
def test_a_key_says_which_algorithms_it_verifies(
    jwk: dict[str, str], algorithms: set[Algorithm]
) -> None:
    assert parse_jwk(jwk).algorithms == algorithms


def test_a_key_without_a_name_is_named_by_its_thumbprint() -> None:
    key = parse_jwk(EC)
    assert key.kid == key.thumbprint == thumbprint(EC)
    assert parse_jwk(EC | {"kid": "mine"}).kid == "mine"


def test_a_key_shows_no_numbers() -> None:
    assert EC["x"] not in repr(parse_jwk(EC))


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "RSA"},
        {"kty": ["RSA"]},
        EC | {"d": "AQ"},
        EC | {"x": 7},
        EC | {"x": EC["x"] + "="},
        EC | {"x": "AA" + EC["x"]},
        EC | {"x": EC["x"][:-4]},
        EC | {"x": WITHOUT_POINT, "y": WITHOUT_POINT},
        EC | {"crv": "secp256k1"},
        EC | {"crv": "P-384"},
        OKP | {"crv": "X25519"},
        OKP | {"crv": "Ed448"},
        OKP | {"x": "AQAB"},
        RSA | {"e": "Aw"},  # 3
        RSA | {"e": "AQ"},  # 1: what is signed is the signature
        RSA | {"e": encode_integer(2**40 + 1)},
        RSA | {"n": encode_integer(2**2047 - 1)},
        RSA | {"n": encode_integer(2**9000 + 1)},
        RSA | {"n": encode_integer(2**2100)},  # even
        RSA | {"n": "AA" + RSA["n"]},
        RSA | {"kid": ""},
        RSA | {"kid": 7},
        RSA | {"kid": "k" * 257},
        RSA | {"e": encode_integer(2**17)},  # even
        RSA | {"alg": "ES256"},
        RSA | {"alg": "HS256"},
        RSA | {"alg": None},
        EC | {"alg": "ES384"},
        EC | {"use": "enc"},
        EC | {"use": None},
        EC | {"key_ops": ["sign"]},
        EC | {"key_ops": []},
        EC | {"key_ops": "verify"},
    ],
)
def test_a_key_that_is_not_for_verifying_or_is_weak_is_refused(jwk: dict[str, Any]) -> None:
    with pytest.raises(UnacceptableJwk):
        parse_jwk(jwk)


def test_the_bounds_of_rsa_themselves_are_taken() -> None:
    for bits in (2048, 8192):
        assert parse_jwk(RSA | {"n": encode_integer(2**bits - 1)})
    for bits in (2047, 8193):
        with pytest.raises(UnacceptableJwk, match="2048 to 8192"):
            parse_jwk(RSA | {"n": encode_integer(2**bits - 1)})
    for exponent in (2**16 + 1, 2**32 - 1):
        assert parse_jwk(RSA | {"e": encode_integer(exponent)})
    for exponent in (2**16 - 1, 2**32 + 1):
        with pytest.raises(UnacceptableJwk, match="65537"):
            parse_jwk(RSA | {"e": encode_integer(exponent)})


@pytest.mark.parametrize("name", ["x", "y"])
def test_a_coordinate_has_one_length_so_that_a_key_has_one_thumbprint(name: str) -> None:
    longer = encode_base64url(b"\0" + decode_base64url(EC[name]))
    with pytest.raises(UnacceptableJwk, match="full length"):
        parse_jwk(EC | {name: longer})


def test_a_member_that_is_no_text_is_told_apart_from_a_bad_number() -> None:
    with pytest.raises(UnacceptableJwk, match="no text"):
        parse_jwk(EC | {"x": 7})
    with pytest.raises(UnacceptableJwk, match="make no key"):
        parse_jwk(EC | {"x": "7"})


def test_a_name_may_be_long() -> None:
    assert parse_jwk(EC | {"kid": "k" * 256}).kid == "k" * 256


@pytest.mark.parametrize(
    ("curve", "algorithm"), [("P-256", "ES256"), ("P-384", "ES384"), ("P-521", "ES512")]
)
def test_every_curve_verifies_with_its_own_digest(curve: str, algorithm: str) -> None:
    """joserfc as the other side; the RFCs print nothing for P-384."""
    stranger = ECKey.generate_key(curve)
    raw = serialize_compact({"alg": algorithm}, b"text", stranger, algorithms=[algorithm])
    keys = key_set([parse_jwk(stranger.as_dict(private=False))])
    assert verify_jws(raw, keys=keys, algorithms=ALL_ALGORITHMS).payload == b"text"


def test_a_set_of_the_greatest_size_is_read() -> None:
    keys = (EC | {"kid": str(number)} for number in range(MOST_KEYS))
    raw = a_set(*keys)
    assert len(parse_jwks(raw.ljust(LONGEST_SET)).keys) == MOST_KEYS == 32
    assert LONGEST_SET == 65536
    with pytest.raises(UnacceptableJwk, match="too long"):
        parse_jwks(raw.ljust(LONGEST_SET + 1))


def test_a_key_of_a_broken_chip_is_refused() -> None:
    primorial = prod((11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157))
    modulus = pow(65537, 5, primorial) + primorial * (1 << 2050)
    with pytest.raises(UnacceptableJwk, match="chip"):
        parse_jwk(RSA | {"n": encode_integer(modulus)})


@pytest.mark.parametrize("extra", [{"use": "sig"}, {"key_ops": ["verify"]}, {"x5c": ["ignored"]}])
def test_what_is_for_verifying_is_taken(extra: dict[str, Any]) -> None:
    assert parse_jwk(EC | extra).thumbprint == thumbprint(EC)


def test_a_set_is_published_and_read() -> None:
    published = encode_jwks(ALL_KEYS)
    assert parse_jwks(published) == ALL_KEYS
    assert json.loads(published)["keys"][0] == EC | {
        "kid": EC_KEY.kid,
        "use": "sig",
        "alg": "ES256",
    }
    assert "alg" not in encode_jwk(parse_jwk(RSA))


def test_keys_for_something_else_are_passed_over() -> None:
    others = [
        RSA | {"use": "enc", "kid": "enc"},
        RSA | {"key_ops": ["wrapKey"], "kid": "wrap"},
        RSA | {"alg": "RSA-OAEP", "kid": "oaep"},
        EC | {"alg": "ECDH-ES", "kid": "ecdh"},
        RSA | {"alg": ["RS256"], "kid": "list"},
        {"kty": "EC", "crv": "secp256k1", "x": "AQ", "y": "AQ"},
        {"kty": "OKP", "crv": "X25519", "x": "AQ"},
        {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AQ"},
        {"kty": "EC", "crv": ["P-256"]},
    ]
    assert parse_jwks(a_set(EC, *others)) == KeySet((parse_jwk(EC),))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b'{"keys": {}}',
        b'{"keys": [], "keys": []}',
        a_set("text"),
        a_set(EC, {"kty": "oct", "k": "c2VjcmV0"}),
        a_set(EC, {"kty": "oct"}),
        a_set(EC, RSA | {"use": "enc", "d": "AQAB"}),
        a_set(EC, EC),
        a_set(EC | {"kid": "one"}, EC | {"kid": "one"}),
        a_set(RSA | {"kid": "one"}, RSA_7638 | {"kid": "one"}),
        a_set(EC | {"key_ops": "verify"}),
        a_set(EC | {"key_ops": 7}),
        a_set(EC, RSA | {"n": encode_integer(2**1023 + 1)}),
        a_set(*(EC | {"kid": str(number)} for number in range(MOST_KEYS + 1))),
        b" " * LONGEST_SET + a_set(EC),
    ],
)
def test_a_set_with_a_private_broken_or_ambiguous_key_is_refused_whole(raw: bytes) -> None:
    with pytest.raises(UnacceptableJwk):
        parse_jwks(raw)


def test_one_name_for_keys_of_two_types_is_told_apart() -> None:
    keys = parse_key_list([EC | {"kid": "one"}, RSA | {"kid": "one"}])
    found = keys.find("one", algorithm=Algorithm.RS256)
    assert found is not None and found.thumbprint == thumbprint(RSA)


def test_a_key_is_found_by_name_or_when_it_is_the_only_one() -> None:
    first, second = parse_jwk(EC | {"kid": "first"}), parse_jwk(EC | {"kid": "second"})
    keys = key_set([first, second])
    assert keys.find("second", algorithm=Algorithm.ES256) is second
    assert keys.find("third", algorithm=Algorithm.ES256) is None
    assert keys.find("second", algorithm=Algorithm.RS256) is None
    assert keys.find(None, algorithm=Algorithm.ES256) is None
    assert KeySet((first,)).find(None, algorithm=Algorithm.ES256) is first
    assert KeySet().find(None, algorithm=Algorithm.ES256) is None


def test_equal_keys_are_equal_whatever_objects_stand_behind_them() -> None:
    assert parse_jwk(RSA) == parse_jwk(RSA)
    assert parse_jwk(RSA) != parse_jwk(RSA_7638)
