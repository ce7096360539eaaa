"""No kind of token is ever taken for another."""

import re
from itertools import permutations
from typing import Any

import pytest

from curtilage.identity.wire.algorithms import ALL_ALGORITHMS
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.jose import sign_jwt, verify_jwt
from curtilage.identity.wire.token_kinds import TokenKind, has_type_of
from tests.shared_material import REPOSITORY
from tests.signed_tokens import ALL_KEYS, CLIENT, EC_KEY, ISSUER, claims_of, forge

pytestmark = pytest.mark.requirement(36)

PAIRS = list(permutations(TokenKind, 2))
THIRD_PARTY = (TokenKind.ID_TOKEN, TokenKind.CLIENT_ASSERTION)


def verify_as(kind: TokenKind, raw: str) -> None:
    verify_jwt(raw, kind=kind, keys=ALL_KEYS, algorithms=ALL_ALGORITHMS)


def test_there_are_as_many_substitutions_as_there_are_pairs() -> None:
    assert len(PAIRS) == len(TokenKind) * (len(TokenKind) - 1) == 90


@pytest.mark.parametrize(
    ("made", "expected"), PAIRS, ids=[f"{a.name}-as-{b.name}" for a, b in PAIRS]
)
def test_a_token_of_one_kind_is_refused_as_another(made: TokenKind, expected: TokenKind) -> None:
    """By the same key, under the same name, in time: only the kind is wrong."""
    raw = sign_jwt(claims_of(made), kind=made, key=EC_KEY)
    verify_as(made, raw)
    with pytest.raises(JoseRefused) as caught:
        verify_as(expected, raw)
    assert caught.value.reason is JoseReason.KIND


@pytest.mark.parametrize("kind", TokenKind)
@pytest.mark.parametrize("typ", [None, "JWT"])
def test_without_its_own_type_a_token_is_of_no_kind_of_ours(
    kind: TokenKind, typ: str | None
) -> None:
    raw = forge(claims_of(kind), kind=kind, typ=typ)
    for expected in set(TokenKind) - set(THIRD_PARTY):
        with pytest.raises(JoseRefused):
            verify_as(expected, raw)
    if kind in THIRD_PARTY:
        verify_as(kind, raw)


def test_an_id_token_and_a_client_assertion_part_by_their_subject() -> None:
    """Each with every claim of the other, so that nothing but the subject tells them apart."""
    both: dict[str, Any] = claims_of(TokenKind.ID_TOKEN, nonce=None)
    verify_as(TokenKind.ID_TOKEN, forge(both, kind=TokenKind.ID_TOKEN))
    with pytest.raises(JoseRefused):
        verify_as(TokenKind.CLIENT_ASSERTION, forge(both, kind=TokenKind.ID_TOKEN))
    by_itself = both | {"iss": CLIENT, "sub": CLIENT}
    verify_as(TokenKind.CLIENT_ASSERTION, forge(by_itself, kind=TokenKind.ID_TOKEN))
    with pytest.raises(JoseRefused):
        verify_as(TokenKind.ID_TOKEN, forge(by_itself, kind=TokenKind.ID_TOKEN))


@pytest.mark.parametrize("claim", ["nonce", "at_hash", "auth_time", "acr", "sid", "azp", "scope"])
def test_an_assertion_says_nothing_of_an_authentication(claim: str) -> None:
    raw = forge(
        claims_of(TokenKind.CLIENT_ASSERTION, **{claim: "x"}), kind=TokenKind.CLIENT_ASSERTION
    )
    with pytest.raises(JoseRefused):
        verify_as(TokenKind.CLIENT_ASSERTION, raw)


@pytest.mark.requirement(33)
def test_a_logout_token_with_a_nonce_is_none() -> None:
    kind = TokenKind.LOGOUT_TOKEN
    verify_as(kind, forge(claims_of(kind), kind=kind))
    with pytest.raises(JoseRefused):
        verify_as(kind, forge(claims_of(kind, nonce="n-1"), kind=kind))


@pytest.mark.parametrize(
    ("kind", "claim"),
    [(kind, claim) for kind in TokenKind for claim in sorted(kind.rule.required)],
)
def test_a_claim_that_the_kind_needs_is_needed(kind: TokenKind, claim: str) -> None:
    claims = claims_of(kind, **{claim: None})
    with pytest.raises(JoseRefused) as caught:
        verify_as(kind, forge(claims, kind=kind))
    assert caught.value.reason is JoseReason.KIND
    with pytest.raises(ValueError, match="claims of this kind"):
        sign_jwt(claims, kind=kind, key=EC_KEY)


@pytest.mark.parametrize(
    ("kind", "claim"),
    [(kind, claim) for kind in TokenKind for claim in sorted(kind.rule.forbidden)],
)
def test_a_claim_of_another_kind_is_refused(kind: TokenKind, claim: str) -> None:
    raw = forge(claims_of(kind, **{claim: "x"}), kind=kind)
    with pytest.raises(JoseRefused):
        verify_as(kind, raw)


@pytest.mark.requirement(35)
@pytest.mark.parametrize(
    ("kind", "typ", "fits"),
    [
        (TokenKind.ACCESS_TOKEN, "at+jwt", True),
        (TokenKind.ACCESS_TOKEN, "AT+JWT", True),
        (TokenKind.ACCESS_TOKEN, "application/at+jwt", True),
        (TokenKind.ACCESS_TOKEN, "application/application/at+jwt", False),
        (TokenKind.ACCESS_TOKEN, "at+jwt ", False),
        (TokenKind.ACCESS_TOKEN, "JWT", False),
        (TokenKind.ACCESS_TOKEN, ["at+jwt"], False),
        (TokenKind.DPOP_PROOF, "application/dpop+jwt", False),
        (TokenKind.CLIENT_ASSERTION, "client-authentication+jwt", True),
        (TokenKind.CLIENT_ASSERTION, "jwt", True),
        (TokenKind.ID_TOKEN, "client-authentication+jwt", False),
        (TokenKind.ID_TOKEN, "", False),
    ],
)
def test_types_are_compared_without_case_and_whole(kind: TokenKind, typ: Any, fits: bool) -> None:
    assert has_type_of(kind, {"typ": typ}) is fits


@pytest.mark.parametrize("kind", TokenKind)
def test_a_type_that_is_there_and_null_is_no_type(kind: TokenKind) -> None:
    assert not has_type_of(kind, {"typ": None})


@pytest.mark.parametrize("kind", TokenKind)
def test_the_page_about_tokens_says_what_the_rule_says(kind: TokenKind) -> None:
    page = (REPOSITORY / "docs/reference/signed-tokens.md").read_text(encoding="utf-8")
    rows = [row.split("|") for row in page.splitlines() if row.startswith("| ")]
    told = [[set(re.findall(r"`([^`]+)`", cell)) for cell in row[2:5]] for row in rows]
    rule = kind.rule
    types = {each for each in rule.types if each and not each.startswith("application/")}
    wanted = [types, set(rule.required), set(rule.forbidden)]
    assert wanted in [[{each.lower() for each in row[0]}, *row[1:]] for row in told if row]


def test_our_own_kinds_all_have_a_type_of_their_own() -> None:
    typed = [kind for kind in TokenKind if None not in kind.rule.types]
    types = [each for kind in typed for each in kind.rule.types]
    assert len(set(types)) == len(types)
    assert set(TokenKind) - set(typed) == set(THIRD_PARTY)
    assert "jwt" not in types
    assert ISSUER != CLIENT
