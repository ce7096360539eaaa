"""Signed tokens, for any claims and any change."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.identity.wire.access_tokens import (
    AccessToken,
    encode_access_token,
    parse_access_token,
)
from curtilage.identity.wire.algorithms import ALL_ALGORITHMS
from curtilage.identity.wire.base64url import decode_base64url, encode_base64url
from curtilage.identity.wire.claims import verify_claims
from curtilage.identity.wire.errors import JoseRefused, PkceRefused
from curtilage.identity.wire.jose import sign_jwt, verify_jwt
from curtilage.identity.wire.pkce import challenge_of, verify_code_verifier
from curtilage.identity.wire.signing_key import SigningKey
from curtilage.identity.wire.token_kinds import TokenKind
from tests.fakes.clock import START
from tests.signed_tokens import ALL_KEYS, EC_KEY, ED_KEY, NOW, claims_of

KEYS = st.sampled_from([EC_KEY, ED_KEY])
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
kinds = st.sampled_from(TokenKind)


@pytest.mark.requirement(35)
@given(kinds, st.dictionaries(texts.map(lambda name: f"x-{name}"), values, max_size=5), KEYS)
def test_what_was_signed_is_what_is_verified(
    kind: TokenKind, more: dict[str, Any], key: SigningKey
) -> None:
    claims = claims_of(kind) | more
    raw = sign_jwt(claims, kind=kind, key=key)
    verified = verify_jwt(raw, kind=kind, keys=ALL_KEYS, algorithms=ALL_ALGORITHMS)
    assert verified.claims == claims
    assert all(
        math.copysign(1, verified.claims[name]) == math.copysign(1, value)
        for name, value in more.items()
        if isinstance(value, float)
    )


GOOD = {kind: sign_jwt(claims_of(kind), kind=kind, key=EC_KEY) for kind in TokenKind}


@pytest.mark.requirement(35)
@given(kinds, st.integers(0), st.characters(max_codepoint=0x2FF))
def test_a_token_with_one_other_character_is_refused(kind: TokenKind, at: int, new: str) -> None:
    raw = GOOD[kind]
    at %= len(raw)
    if raw[at] == new:
        return
    with pytest.raises(JoseRefused):
        verify_jwt(
            raw[:at] + new + raw[at + 1 :], kind=kind, keys=ALL_KEYS, algorithms=ALL_ALGORITHMS
        )


@pytest.mark.requirement(35)
@pytest.mark.parametrize("kind", TokenKind)
def test_a_token_with_any_byte_of_a_part_altered_is_refused(kind: TokenKind) -> None:
    parts = GOOD[kind].split(".")
    for number, part in enumerate(parts):
        data = decode_base64url(part)
        for at in range(len(data)):
            changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            forged = [*parts[:number], encode_base64url(changed), *parts[number + 1 :]]
            with pytest.raises(JoseRefused):
                verify_jwt(".".join(forged), kind=kind, keys=ALL_KEYS, algorithms=ALL_ALGORITHMS)


@given(st.binary(max_size=80))
def test_bytes_have_one_spelling(data: bytes) -> None:
    text = encode_base64url(data)
    assert decode_base64url(text) == data


@given(st.text("ABCDabcd0189-_=+/ \n", max_size=12))
def test_a_spelling_has_one_value(text: str) -> None:
    try:
        data = decode_base64url(text)
    except ValueError:
        return
    assert encode_base64url(data) == text


@given(st.integers(-200, 200), st.integers(-200, 200), st.integers(-200, 200))
def test_a_token_holds_between_its_times_give_or_take_the_skew(
    exp: int, nbf: int, iat: int
) -> None:
    claims = {"exp": NOW + exp, "nbf": NOW + nbf, "iat": NOW + iat}
    holds = exp > -60 and nbf <= 60 and iat <= 60
    try:
        verify_claims(claims, now=START, skew=timedelta(seconds=60))
    except JoseRefused:
        assert not holds
    else:
        assert holds


names = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=" "), min_size=1, max_size=9
)
instants = st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
some_names = st.frozensets(names, max_size=4)
access_tokens = st.builds(
    AccessToken,
    issuer=names,
    subject=names,
    audience=st.lists(names, min_size=1, max_size=3).map(tuple),
    client_id=names,
    jti=names,
    issued_at=instants,
    expires_at=instants,
    scopes=some_names,
    purposes=some_names,
    rights=some_names,
    authenticated_at=st.none() | instants,
    acr=st.just("") | names,
    amr=st.lists(names, max_size=3).map(tuple),
    jkt=st.just("") | names,
    session_id=st.just("") | names,
    act=st.lists(names, max_size=4).map(tuple),
)


@pytest.mark.requirement(9)
@given(access_tokens)
def test_any_access_token_comes_back_from_its_claims(token: AccessToken) -> None:
    assert parse_access_token(encode_access_token(token)) == token


verifiers = st.text("abcXYZ019-._~", min_size=43, max_size=128)


@pytest.mark.requirement(3)
@given(verifiers, verifiers)
def test_a_verifier_fits_its_own_challenge_alone(one: str, other: str) -> None:
    assert verify_code_verifier(one, challenge=challenge_of(one))
    if one != other:
        with pytest.raises(PkceRefused):
            verify_code_verifier(other, challenge=challenge_of(one))
