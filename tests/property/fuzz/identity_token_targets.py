"""Signed tokens, keys and what goes with them, as strangers send them."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from curtilage.identity.wire.access_tokens import encode_access_token, parse_access_token
from curtilage.identity.wire.algorithms import ALL_ALGORITHMS, Algorithm
from curtilage.identity.wire.base64url import (
    decode_base64url,
    decode_integer,
    encode_base64url,
    encode_integer,
)
from curtilage.identity.wire.claims import parse_audience, verify_claims
from curtilage.identity.wire.client_assertion import parse_claimed_client, verify_client_assertion
from curtilage.identity.wire.dpop import find_canonical_url, verify_proof
from curtilage.identity.wire.hash_claims import verify_hash_claim
from curtilage.identity.wire.jose import sign_jwt, verify_jwt
from curtilage.identity.wire.jwk import (
    encode_jwk,
    encode_jwks,
    parse_jwk,
    parse_jwks,
    parse_key_list,
)
from curtilage.identity.wire.jws import parse_claimed_payload, sign_jws
from curtilage.identity.wire.pkce import encode_code_challenge, parse_code_challenge
from curtilage.identity.wire.presented import parse_authorization
from curtilage.identity.wire.signing_key import encode_signing_key, parse_signing_key
from curtilage.identity.wire.strict_json import parse_object
from curtilage.identity.wire.token_kinds import TokenKind
from tests.fakes.clock import START
from tests.property.fuzz.target import Target
from tests.signed_tokens import (
    ALL_KEYS,
    CLIENT,
    EC_KEY,
    ED_KEY,
    ISSUER,
    RSA_KEY,
    an_access_token,
    claims_of,
    forge,
    public_jwk,
)
from tests.vectors.identity.jose_examples import CHALLENGE_7636, OIDC_ACCESS_TOKEN, OIDC_AT_HASH

KEYS = (EC_KEY, RSA_KEY, ED_KEY)
TOKENS = [sign_jwt(claims_of(kind), kind=kind, key=EC_KEY) for kind in TokenKind]
HEADER = {"typ": "dpop+jwt", "alg": "ES256", "jwk": public_jwk(EC_KEY)}
PROOF = forge(claims_of(TokenKind.DPOP_PROOF), kind=TokenKind.DPOP_PROOF, jwk=public_jwk(EC_KEY))
ASSERTION = forge(claims_of(TokenKind.CLIENT_ASSERTION), kind=TokenKind.CLIENT_ASSERTION)


def token_targets() -> Iterator[Target]:
    yield from _texts()
    yield from _keys()
    yield from _tokens()


def _texts() -> Iterator[Target]:
    refuses = (ValueError,)
    yield Target(
        "base64url of JOSE", (decode_base64url,), ["Zm9v", "Zg", ""], decode_base64url, encode_base64url, refuses
    )  # fmt: skip
    yield Target(
        "Base64urlUInt", (decode_integer,), ["AQAB"], decode_integer, encode_integer, refuses
    )
    yield Target(
        "strict JSON", (parse_object,), [b'{"a": [1, {"b": "c"}], "d": null}'], parse_object, None, refuses
    )  # fmt: skip
    yield Target(
        "code challenge",
        (parse_code_challenge,),
        [CHALLENGE_7636],
        lambda text: parse_code_challenge(text, method="S256"),
        encode_code_challenge,
    )
    yield Target("URL of a proof", (), [f"{ISSUER}/token?a#b"], find_canonical_url)
    yield Target("at_hash", (), [OIDC_AT_HASH], _hash)


def _keys() -> Iterator[Target]:
    jwks = [public_jwk(key) for key in KEYS]
    yield Target("JWK", (parse_jwk,), jwks, _jwk, encode_jwk)
    yield Target("JWK Set", (parse_jwks,), [encode_jwks(ALL_KEYS)], parse_jwks, encode_jwks)
    yield Target("keys of a client", (parse_key_list,), [{"keys": jwks}], _key_list)
    yield Target(
        "signing key of tokens",
        (parse_signing_key,),
        [encode_signing_key(key) for key in KEYS],
        parse_signing_key,
        encode_signing_key,
    )


def _tokens() -> Iterator[Target]:
    yield Target("signed token", (parse_claimed_payload,), TOKENS, _token)
    claims = [claims_of(kind) for kind in TokenKind]
    yield Target("claims of a token", (parse_audience,), claims, _claims)
    claims = [encode_access_token(an_access_token(jkt=EC_KEY.kid, act=("a", "b"), acr="aal2"))]
    yield Target(
        "access token", (parse_access_token,), claims, _access_token, encode_access_token
    )  # fmt: skip
    seeds = [f"Bearer {TOKENS[1]}", f"DPoP {TOKENS[1]}"]
    yield Target("Authorization", (parse_authorization,), seeds, _authorization)
    yield Target("headers of a token", (), [HEADER], _header)
    yield Target("client assertion", (parse_claimed_client,), [ASSERTION], _assertion)
    yield Target("DPoP proof", (), [PROOF], _proof)


def _access_token(document: Any) -> Any:
    return parse_access_token(document if isinstance(document, dict) else {})


def _authorization(header: str) -> Any:
    return parse_authorization([header])


def _hash(text: str) -> Any:
    return verify_hash_claim(text, value=OIDC_ACCESS_TOKEN, algorithm=Algorithm.RS256)


def _jwk(document: Any) -> Any:
    return parse_jwk(document if isinstance(document, dict) else {})


def _key_list(document: Any) -> Any:
    return parse_key_list(document.get("keys") if isinstance(document, dict) else document)


def _token(raw: str) -> Any:
    """Whatever is verified is one of the seeds: a changed token never is."""
    parse_claimed_payload(raw)
    kind = TokenKind.ACCESS_TOKEN if raw not in TOKENS else list(TokenKind)[TOKENS.index(raw)]
    return verify_jwt(raw, kind=kind, keys=ALL_KEYS, algorithms=ALL_ALGORITHMS)


def _claims(document: Any) -> Any:
    """Also a signed token with any claims at all."""
    claims = document if isinstance(document, dict) else {}
    found = verify_claims(claims, now=START, oldest=None, longest_ahead=timedelta(minutes=5))
    assert parse_audience(claims.get("aud")) == found.audience
    return found


def _header(document: Any) -> Any:
    """A proof that is signed well, with any header at all."""
    header = json.dumps(document).encode()
    payload = json.dumps(claims_of(TokenKind.DPOP_PROOF)).encode()
    return _proof(sign_jws(encode_base64url(header), payload, key=EC_KEY))


def _assertion(raw: str) -> Any:
    parse_claimed_client(raw)
    return verify_client_assertion(raw, client_id=CLIENT, keys=ALL_KEYS, issuer=ISSUER, at=START)


def _proof(raw: str) -> Any:
    return verify_proof(raw, method="POST", url=f"{ISSUER}/token", at=START)
