"""Whatever comes as token and proof is refused in one of our own words, or let in by keys."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.core.errors import CurtilageError
from curtilage.gateway.admitting import Admitted, admit
from curtilage.identity.token_cache import TokenCache
from curtilage.identity.token_callers import TokenBook, audience_of
from curtilage.identity.wire.access_tokens import sign_access_token
from curtilage.identity.wire.base64url import encode_base64url
from curtilage.identity.wire.jws import parse_claimed_payload, sign_jws
from tests.fakes.clock import START
from tests.fakes.dataplane import a_snapshot
from tests.signed_tokens import ALL_KEYS, EC_KEY, ISSUER, an_access_token

BASE = "https://ai.orchard.example"
SNAPSHOT = a_snapshot(tokens=TokenBook(TokenCache(ISSUER, audience_of(BASE), ALL_KEYS), BASE))
GOOD = sign_access_token(
    an_access_token(audience=(audience_of(BASE),), scopes=frozenset({"models:call"})), key=EC_KEY
)
HEADERS = st.sampled_from(
    [b"authorization", b"x-api-key", b"api-key", b"x-goog-api-key", b"x-curtilage-key", b"dpop"]
)
SCHEMES = st.sampled_from([b"", b"Bearer ", b"DPoP ", b"dpop  ", b"bearer\t"])
PARTS = st.sampled_from(GOOD.split("."))
MIXED = st.lists(st.one_of(PARTS, st.text("eyJ.=_-A", max_size=9)), min_size=1, max_size=6)
VALUES = st.one_of(st.binary(max_size=60), MIXED.map(lambda parts: ".".join(parts).encode()))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=6,
)
CLAIMS = st.sampled_from(
    ["iss", "sub", "aud", "exp", "iat", "jti", "scope", "acr", "cnf", "act", "rights", "purposes"]
)


def outcome(raw: list[tuple[bytes, bytes]]) -> Admitted | CurtilageError:
    """Who is let in, or the refusal; anything else escapes."""
    try:
        return admit(SNAPSHOT, raw, START, method="POST", path="/v1/messages")
    except CurtilageError as refusal:
        return refusal


@pytest.mark.requirement(9, 35)
@given(st.lists(st.tuples(HEADERS, st.tuples(SCHEMES, VALUES).map(b"".join)), max_size=4))
def test_nothing_but_our_own_refusals_comes_of_hostile_headers(
    raw: list[tuple[bytes, bytes]],
) -> None:
    came = outcome(raw)
    if isinstance(came, CurtilageError):
        assert came.status in (400, 401)
        assert GOOD not in f"{came} {came.detail}"
    else:
        assert any(GOOD.encode() in value for _, value in raw)
        assert came.principal.id == "person-ada"


@pytest.mark.requirement(9, 35)
@given(st.dictionaries(CLAIMS, JSON, max_size=3))
def test_signed_claims_of_any_kind_let_nobody_in_as_somebody_else(
    claims: dict[str, object],
) -> None:
    """Even our own key makes no token of what is none."""
    whole = json.loads(parse_claimed_payload(GOOD)) | claims
    header = {"alg": "ES256", "typ": "at+jwt", "kid": EC_KEY.kid}
    text = json.dumps(whole).encode()
    raw = sign_jws(encode_base64url(json.dumps(header).encode()), text, key=EC_KEY)
    came = outcome([(b"authorization", b"Bearer " + raw.encode())])
    if isinstance(came, CurtilageError):
        assert came.status == 401
    else:
        assert whole["iss"] == ISSUER and audience_of(BASE) in whole["aud"]
        assert came.principal.id == whole["sub"]
