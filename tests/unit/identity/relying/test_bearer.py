"""Access tokens at an API of an app."""

import json
from datetime import timedelta
from typing import Any

import pytest

from curtilage.core.door import Call
from curtilage.core.errors import CurtilageError
from curtilage.identity.relying.bearer import BearerService
from curtilage.identity.relying.build import build_bearer
from curtilage.identity.relying.errors import (
    NotSignedIn,
    PurposeMissing,
    RelyingSetup,
    ScopeMissing,
    SessionOver,
    StepUpNeeded,
)
from curtilage.identity.wire.access_tokens import sign_access_token
from curtilage.identity.wire.dpop import hash_access_token
from curtilage.identity.wire.errors import JoseRefused
from curtilage.identity.wire.jwk import KeySet
from curtilage.identity.wire.token_kinds import TokenKind
from tests.fakes import FixedClock
from tests.fakes.issuer import FakeIssuer
from tests.signed_tokens import (
    API,
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

JKT = ED_KEY.public.thumbprint


@pytest.fixture
def issuer(clock: FixedClock) -> FakeIssuer:
    return FakeIssuer(clock)


@pytest.fixture
def bearer(issuer: FakeIssuer) -> BearerService:
    return build_bearer(ISSUER, API, base_url=API, fetcher=issuer, clock=issuer.clock)


def a_token(**given: Any) -> str:
    return sign_access_token(an_access_token(**given), key=EC_KEY)


def a_call(*headers: tuple[str, str]) -> Call:
    return Call("GET", "/notes", headers)


def a_proof(token: str, **given: Any) -> str:
    claims = claims_of(
        TokenKind.DPOP_PROOF,
        **{"htm": "GET", "htu": f"{API}/notes", "ath": hash_access_token(token), **given},
    )
    return forge(claims, key=ED_KEY, kind=TokenKind.DPOP_PROOF, jwk=public_jwk(ED_KEY), kid=None)


async def test_a_token_for_this_api_says_who_sends_it(
    bearer: BearerService, issuer: FakeIssuer
) -> None:
    assert await bearer.find(a_call()) is None
    token = a_token(
        acr="aal2", scopes=frozenset({"notes", "purpose:research"}), purposes=frozenset({"assist"})
    )
    for _ in range(3):
        session = await bearer.find(a_call(("authorization", f"bearer {token}")))
    assert session is not None
    assert (session.id, session.acr, session.client) == ("person-ada", "aal2", CLIENT)
    assert session.purposes == {"assist", "research"}
    assert issuer.count("/jwks") == 1
    with pytest.raises(SessionOver):  # it is not this app's to pass on
        await session.token()


@pytest.mark.requirement(10, 22, 36)
@pytest.mark.complaint(10)
@pytest.mark.parametrize(
    "header",
    [
        "Bearer", "Bearer a b", "Basic YTpi", "Bearer not.a.token", f"Bearer {'a' * 20_000}",
        f"Bearer {a_token(audience=('https://other.example',))}",
        f"Bearer {a_token(issuer='https://other.example')}",
        f"Bearer {a_token(jkt=JKT)}",
        f"DPoP {a_token()}", f"DPoP {a_token(jkt=JKT)}",
        f"Bearer {forge(claims_of(TokenKind.ID_TOKEN, aud=API), kind=TokenKind.ID_TOKEN)}",
        f"Bearer {a_token()[:-4]}AAAA",
    ],
)  # fmt: skip
async def test_a_token_that_does_not_hold_is_refused(bearer: BearerService, header: str) -> None:
    with pytest.raises(JoseRefused):
        await bearer.find(a_call(("authorization", header)))
    good = ("authorization", f"Bearer {a_token()}")
    assert await bearer.find(a_call(good)) is not None
    with pytest.raises(JoseRefused):
        await bearer.find(a_call(good, good))


@pytest.mark.requirement(22)
async def test_a_bound_token_needs_a_proof_that_is_new(bearer: BearerService) -> None:
    token = a_token(jkt=JKT)
    sent = ("authorization", f"DPoP {token}")
    for proof in (
        a_proof(token, htm="POST"), a_proof(token, htu=f"{API}/other"), a_proof(token, ath="AAAA"),
        a_proof(token, iat=1),
    ):  # fmt: skip
        with pytest.raises(JoseRefused):
            await bearer.find(a_call(sent, ("dpop", proof)))
    fit = ("dpop", a_proof(token))
    with pytest.raises(JoseRefused):
        await bearer.find(a_call(sent, fit, fit))
    assert await bearer.find(a_call(sent, fit)) is not None
    with pytest.raises(JoseRefused):
        await bearer.find(a_call(sent, fit))
    assert await bearer.find(a_call(sent, ("dpop", a_proof(token, jti="b")))) is not None


@pytest.mark.requirement(34)
@pytest.mark.complaint(30)
async def test_keys_are_followed_and_a_withdrawn_one_counts_no_more(
    bearer: BearerService, issuer: FakeIssuer
) -> None:
    old = ("authorization", f"Bearer {a_token()}")
    assert await bearer.find(a_call(old)) is not None
    issuer.keys = KeySet((RSA_KEY.public,))
    issuer.clock.advance(31)
    new = sign_access_token(an_access_token(), key=RSA_KEY)
    assert await bearer.find(a_call(("authorization", f"Bearer {new}"))) is not None
    with pytest.raises(JoseRefused):
        await bearer.find(a_call(old))
    issuer.keys = KeySet((ED_KEY.public,))
    issuer.clock.advance(301)
    with pytest.raises(JoseRefused):
        await bearer.find(a_call(("authorization", f"Bearer {new}")))


@pytest.mark.requirement(23, 24)
@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (NotSignedIn(), 401, ("Bearer resource_metadata=", "DPoP ")),
        (
            StepUpNeeded(acr="aal2"),
            401,
            ('error="insufficient_user_authentication"', 'acr_values="aal2"'),
        ),
        (StepUpNeeded(max_age=60), 401, ('max_age="60"',)),
        (ScopeMissing(("notes",)), 403, ('error="insufficient_scope"', 'scope="notes"')),
        (PurposeMissing(), 403, ('error="insufficient_scope"',)),
    ],
)
def test_who_is_turned_away_is_told_what_would_be_taken(
    bearer: BearerService, error: CurtilageError, status: int, said: tuple[str, ...]
) -> None:
    reply = bearer.refuse(error)
    challenges = " ".join(value for name, value in reply.headers if name == "www-authenticate")
    assert reply.status == status
    for each in said:
        assert each in challenges


@pytest.mark.requirement(24)
def test_the_resource_describes_itself_in_the_strings_that_clients_use(
    clock: FixedClock, issuer: FakeIssuer
) -> None:
    for audience, path in (
        (API, "/.well-known/oauth-protected-resource"),
        (f"{API}/", "/.well-known/oauth-protected-resource"),
        (f"{API}/v1/notes", "/.well-known/oauth-protected-resource/v1/notes"),
        ("urn:notes", ""),
    ):
        bearer = build_bearer(ISSUER, audience, fetcher=issuer, clock=clock)
        assert bearer.described_at == path
        told = json.loads(bearer.describe().body)
        assert (told["resource"], told["authorization_servers"]) == (audience, [ISSUER])
    with pytest.raises(RelyingSetup):
        build_bearer(ISSUER, "")
    with pytest.raises(RelyingSetup):
        build_bearer(ISSUER, API, inside=("nowhere",))


async def test_a_token_ends(bearer: BearerService, issuer: FakeIssuer) -> None:
    sent = ("authorization", f"Bearer {a_token()}")
    assert await bearer.find(a_call(sent)) is not None
    issuer.clock.advance(timedelta(minutes=12))
    with pytest.raises(JoseRefused):
        await bearer.find(a_call(sent))
