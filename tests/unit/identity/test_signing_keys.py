"""New keys sign what their public part verifies."""

import pytest

from curtilage.identity.signing_keys import RSA_BITS, generate_signing_key
from curtilage.identity.wire.algorithms import OUR_ALGORITHMS, Algorithm
from curtilage.identity.wire.jose import sign_jwt, verify_jwt
from curtilage.identity.wire.jwk import KeySet
from curtilage.identity.wire.signing_key import encode_signing_key, parse_signing_key
from curtilage.identity.wire.token_kinds import TokenKind
from tests.signed_tokens import claims_of


@pytest.mark.parametrize("algorithm", OUR_ALGORITHMS)
def test_a_new_key_signs_and_survives_being_kept(algorithm: Algorithm) -> None:
    key = parse_signing_key(encode_signing_key(generate_signing_key(algorithm)))
    claims = claims_of(TokenKind.ACCESS_TOKEN)
    token = sign_jwt(claims, kind=TokenKind.ACCESS_TOKEN, key=key)
    keys = KeySet((key.public,))
    verified = verify_jwt(token, kind=TokenKind.ACCESS_TOKEN, keys=keys, algorithms=OUR_ALGORITHMS)
    assert (verified.claims, verified.kid, verified.algorithm) == (claims, key.kid, algorithm)


def test_the_default_is_es256_and_two_keys_differ() -> None:
    one, other = generate_signing_key(), generate_signing_key()
    assert one.algorithm is Algorithm.ES256
    assert one.kid != other.kid


@pytest.mark.requirement(35)
def test_an_rsa_key_is_long_enough() -> None:
    key = generate_signing_key(Algorithm.RS256)
    assert len(key.public.members["n"]) * 6 >= RSA_BITS >= 2048
