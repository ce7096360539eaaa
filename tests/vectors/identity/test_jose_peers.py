"""Libraries that others wrote read our tokens, and we read theirs."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from curtilage.identity.wire.algorithms import Algorithm
from curtilage.identity.wire.client_assertion import (
    LONGEST_AHEAD_OF_LIBRARIES,
    verify_client_assertion,
)
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.jose import sign_jwt
from curtilage.identity.wire.jwk import KeySet, encode_jwks
from curtilage.identity.wire.jws import verify_jws
from curtilage.identity.wire.signing_key import SigningKey, encode_signing_key
from curtilage.identity.wire.token_kinds import TokenKind
from tests.signed_tokens import ALL_KEYS, CLIENT, EC_KEY, ED_KEY, ISSUER, RSA_KEY, claims_of

# cryptojwt does its own JOSE on top of `cryptography`, and none of it is joserfc's.
key_jar = pytest.importorskip("cryptojwt.key_jar", reason="the group `clients` is not installed")
jws = pytest.importorskip("cryptojwt.jws.jws")
jwk = pytest.importorskip("cryptojwt.jwk.jwk")

KEYS = [EC_KEY, RSA_KEY, ED_KEY]


def private_of(key: SigningKey) -> Any:
    """Our key as an object of theirs."""
    members = json.loads(encode_signing_key(key))
    del members["v"]
    return jwk.key_from_jwk_dict(members)


@pytest.mark.requirement(29, 35)
@pytest.mark.oidf("oidcc-idtoken-signature")
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("kind", [TokenKind.ID_TOKEN, TokenKind.ACCESS_TOKEN])
def test_cryptojwt_verifies_our_tokens_with_our_published_keys(
    key: SigningKey, kind: TokenKind
) -> None:
    jar = key_jar.KeyJar()
    jar.import_jwks(json.loads(encode_jwks(ALL_KEYS)), ISSUER)
    raw = sign_jwt(claims_of(kind), kind=kind, key=key)
    verifier = jws.factory(raw)
    assert verifier.verify_compact(raw, jar.get_signing_key(issuer_id=ISSUER)) == claims_of(kind)


@pytest.mark.requirement(35)
@pytest.mark.parametrize("key", KEYS)
def test_we_verify_what_cryptojwt_signs(key: SigningKey) -> None:
    claims = json.dumps(claims_of(TokenKind.ID_TOKEN))
    raw = jws.JWS(claims, alg=key.algorithm.value).sign_compact(keys=[private_of(key)])
    assert json.loads(
        verify_jws(raw, keys=ALL_KEYS, algorithms={key.algorithm}).payload
    ) == json.loads(claims)


@pytest.mark.requirement(35)
def test_cryptojwt_names_our_keys_as_we_do() -> None:
    for key in KEYS:
        assert private_of(key).thumbprint("SHA-256").decode().rstrip("=") == key.kid


def by_authlib(expires_in: int) -> str:
    rfc7523 = pytest.importorskip("authlib.oauth2.rfc7523")
    private = json.loads(encode_signing_key(EC_KEY))
    signed = rfc7523.private_key_jwt_sign(
        private, CLIENT, ISSUER, alg="ES256", header={"kid": EC_KEY.kid}, expires_in=expires_in
    )
    return signed if isinstance(signed, str) else signed.decode()


@pytest.mark.requirement(14)
def test_an_assertion_of_authlib_is_taken_when_it_lives_a_minute_or_we_allow_more() -> None:
    now = datetime.now(UTC)  # noqa: TID251 - Authlib asks the machine's clock
    asked: dict[str, Any] = {
        "client_id": CLIENT,
        "keys": KeySet((EC_KEY.public,)),
        "issuer": ISSUER,
        "at": now,
        "algorithms": {Algorithm.ES256},
    }
    assert verify_client_assertion(by_authlib(60), **asked).client_id == CLIENT
    with pytest.raises(JoseRefused) as caught:
        verify_client_assertion(by_authlib(3600), **asked)
    assert caught.value.reason is JoseReason.LIFE_TOO_LONG
    lenient = verify_client_assertion(
        by_authlib(3600), longest_ahead=LONGEST_AHEAD_OF_LIBRARIES, **asked
    )
    assert lenient.forget_at - now > timedelta(minutes=59)
