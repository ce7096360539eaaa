"""Modules of the FAPI 2.0 security profile (final), re-expressed.

The client signs for itself, pushes its requests, and binds its tokens with DPoP.
"""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey, RSAKey

from curtilage.identity.oauth.models.clients import AuthMethod, Client
from tests.oauth_house import (
    CALLBACK,
    ISSUER,
    VERIFIER,
    Agent,
    OAuthHouse,
    a_request,
    answered,
)
from tests.proofs import a_key, a_proof, an_assertion

pytestmark = pytest.mark.requirement(14, 16, 22)
PREFIX = "fapi2-security-profile-final-"
TOKEN_URL = f"{ISSUER}/oauth2/token"


def fapi(name: str) -> pytest.MarkDecorator:
    return pytest.mark.oidf(PREFIX + name)


@dataclass
class Bank:
    """A client of the profile, and the browser of its customer."""

    house: OAuthHouse
    client: Client
    browser: Agent
    key: ECKey
    holder: ECKey

    def assertion(self, **given: Any) -> dict[str, str]:
        return an_assertion(self.key, self.client.id, ISSUER, self.house.clock.now(), **given)

    def proof(self, url: str = TOKEN_URL, key: ECKey | None = None, **given: Any) -> str:
        return a_proof(key or self.holder, url, self.house.clock.now(), **given)

    async def push(
        self, *, assertion: dict[str, str] | None = None, dpop: str = "", **given: str
    ) -> httpx.Response:
        form = a_request(self.client.id, **given) | (assertion or self.assertion())
        return await self.browser.post("/oauth2/par", None, dpop=dpop, **form)

    async def visit(self, uri: str, **given: str) -> httpx.Response:
        query = {"client_id": self.client.id, "request_uri": uri} | given
        return await self.browser.follow(
            await self.browser.http.get("/oauth2/authorize", params=query)
        )

    async def code(self, **given: str) -> str:
        pushed = await self.push(**given)
        assert pushed.status_code == 201, pushed.text
        return answered(await self.visit(pushed.json()["request_uri"]))["code"]

    async def redeem(
        self,
        code: str,
        *,
        assertion: dict[str, str] | None = None,
        dpop: str | None = None,
        **given: str,
    ) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        } | (self.assertion() if assertion is None else assertion)
        proof = self.proof() if dpop is None else dpop
        return await self.browser.post("/oauth2/token", None, dpop=proof, **(form | given))


@pytest.fixture
async def bank(house: OAuthHouse) -> Bank:
    return await a_bank(house)


async def a_bank(house: OAuthHouse, **given: Any) -> Bank:
    key = a_key()
    wanted = {
        "method": AuthMethod.KEY,
        "jwks": {"keys": [key.as_dict(private=False)]},
        "must_push": True,
        "is_dpop_bound": True,
        "is_first_party": True,
    } | given
    made = await house.register(**wanted)
    house.people.sign_in("known", house.clock.now())
    return Bank(house, made.client, house.browser("known"), key, a_key())


def refused(answer: httpx.Response, *errors: str) -> bool:
    return answer.status_code in (400, 401) and answer.json()["error"] in errors


@pytest.mark.requirement(6, 27)
@fapi("discovery-end-point-verification")
async def test_discovery_names_what_the_profile_needs(house: OAuthHouse) -> None:
    served = (await house.browser().http.get("/.well-known/openid-configuration")).json()
    assert served["pushed_authorization_request_endpoint"] == f"{ISSUER}/oauth2/par"
    assert "ES256" in served["dpop_signing_alg_values_supported"]
    assert "RS256" not in served["token_endpoint_auth_signing_alg_values_supported"]
    assert served["authorization_response_iss_parameter_supported"] is True


@fapi("happy-flow")
@fapi("refresh-token")
async def test_the_whole_road(bank: Bank) -> None:
    tokens = (await bank.redeem(await bank.code())).json()
    assert tokens["token_type"] == "DPoP"
    url = f"{ISSUER}/oauth2/userinfo"
    access = tokens["access_token"]
    headers = {
        "authorization": f"DPoP {access}",
        "dpop": bank.proof(url, method="GET", token=access),
    }
    told = await bank.browser.http.get("/oauth2/userinfo", headers=headers)
    assert told.json()["sub"] == "person-ada"
    assert told.headers["cache-control"] == "no-store"
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    fresh = await bank.browser.post(
        "/oauth2/token", None, dpop=bank.proof(), **form, **bank.assertion()
    )
    assert fresh.json()["token_type"] == "DPoP"


@fapi("user-rejects-authentication")
async def test_a_no_is_an_error_for_the_client(house: OAuthHouse) -> None:
    bank = await a_bank(house, is_first_party=False)
    page = await bank.visit((await bank.push()).json()["request_uri"])
    assert answered(await bank.browser.allow(page, "deny"))["error"] == "access_denied"


@fapi("ensure-authorization-request-without-state-success")
@fapi("ensure-authorization-request-without-nonce-success")
@fapi("ensure-authorization-request-with-64-char-nonce-success")
@fapi("ensure-other-scope-order-succeeds")
@fapi("test-claims-parameter-identity-claims")
@pytest.mark.parametrize(
    "given",
    [
        {"state": ""},
        {"nonce": ""},
        {"nonce": "n" * 64},
        {"scope": "email openid"},
        {"claims": '{"id_token":{"name":null}}'},
    ],
)
async def test_harmless_variations_succeed(bank: Bank, given: dict[str, str]) -> None:
    answer = await bank.redeem(await bank.code(**given))
    assert answer.status_code == 200, answer.text


@fapi("access-token-type-header-case-sensitivity")
async def test_the_scheme_of_a_token_knows_no_case(bank: Bank) -> None:
    access = (await bank.redeem(await bank.code())).json()["access_token"]
    url = f"{ISSUER}/oauth2/userinfo"
    for scheme in ("DPoP", "dpop", "DPOP"):
        proof = bank.proof(url, method="GET", token=access)
        headers = {"authorization": f"{scheme} {access}", "dpop": proof}
        answer = await bank.browser.http.get("/oauth2/userinfo", headers=headers)
        assert answer.status_code == 200


@fapi("ensure-holder-of-key-required")
@fapi("dpop-negative-tests")
async def test_a_bound_token_is_worth_nothing_without_its_key(bank: Bank) -> None:
    assert refused(await bank.redeem(await bank.code(), dpop=""), "invalid_dpop_proof")
    access = (await bank.redeem(await bank.code())).json()["access_token"]
    url = f"{ISSUER}/oauth2/userinfo"
    good = bank.proof(url, method="GET", token=access)
    for headers in (
        [("authorization", f"Bearer {access}")],
        [("authorization", f"Bearer {access}"), ("dpop", good)],
        [("authorization", f"DPoP {access}")],
        [("authorization", f"DPoP {access}"), ("dpop", good), ("dpop", good)],
        [("authorization", f"DPoP {access}"), ("dpop", bank.proof(url, method="GET"))],
        [
            ("authorization", f"DPoP {access}"),
            ("dpop", bank.proof(url, a_key(), method="GET", token=access)),
        ],
    ):
        answer = await bank.browser.http.get("/oauth2/userinfo", headers=headers)
        assert answer.status_code in (400, 401), headers
        assert answer.headers.get("www-authenticate", "").startswith(("Bearer", "DPoP"))


@fapi("dpop-negative-tests")
async def test_a_proof_works_once(bank: Bank) -> None:
    proof = bank.proof()
    assert (await bank.redeem(await bank.code(), dpop=proof)).status_code == 200
    assert refused(await bank.redeem(await bank.code(), dpop=proof), "invalid_request")


@fapi("check-dpop-proof-nbf-exp")
@fapi("ensure-dpopproof-with-iat-10seconds-before-succeeds")
@fapi("ensure-dpopproof-with-iat-10seconds-after-succeeds")
@pytest.mark.parametrize(
    ("shift", "fits"), [(-10, True), (10, True), (-3600, False), (3600, False)]
)
async def test_the_time_of_a_proof_is_about_now(bank: Bank, shift: int, fits: bool) -> None:
    iat = int(bank.house.clock.now().timestamp()) + shift
    answer = await bank.redeem(await bank.code(), dpop=bank.proof(iat=iat))
    assert answer.status_code == (200 if fits else 400)


@fapi("ensure-mismatched-dpop-jkt-fails")
@fapi("ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt")
@fapi("ensure-token-endpoint-fails-with-mismatched-dpop-jkt")
@fapi("ensure-dpop-auth-code-binding-success")
async def test_a_code_is_bound_to_the_key_that_was_named(bank: Bank) -> None:
    code = await bank.code(dpop_jkt=bank.holder.thumbprint())
    other = await bank.redeem(code, dpop=bank.proof(key=a_key()))
    assert refused(other, "invalid_grant", "invalid_dpop_proof")
    assert (await bank.redeem(code)).status_code == 200


@fapi("ensure-dpopproof-at-par-endpoint-binding-success")
async def test_a_proof_at_par_binds_the_code(bank: Bank) -> None:
    url = f"{ISSUER}/oauth2/par"
    pushed = await bank.push(dpop=bank.proof(url))
    code = answered(await bank.visit(pushed.json()["request_uri"]))["code"]
    other = await bank.redeem(code, dpop=bank.proof(key=a_key()))
    assert refused(other, "invalid_grant")
    assert (await bank.redeem(code)).status_code == 200
    mismatched = await bank.push(dpop=bank.proof(url), dpop_jkt=a_key().thumbprint())
    assert refused(mismatched, "invalid_dpop_proof")


@pytest.mark.requirement(1)
@fapi("ensure-registered-redirect-uri")
@fapi("ensure-redirect-uri-in-authorization-request")
@pytest.mark.parametrize("uri", [f"{CALLBACK}/x", "https://evil.example/", ""])
async def test_a_wrong_address_is_refused_when_it_is_pushed(bank: Bank, uri: str) -> None:
    assert refused(await bank.push(redirect_uri=uri), "invalid_request")


@fapi("ensure-unsigned-authorization-request-without-using-par-fails")
async def test_a_client_that_must_push_cannot_ask_in_the_browser(bank: Bank) -> None:
    answer = answered(await bank.browser.authorize(bank.client.id))
    assert answer["error"] == "invalid_request"


@pytest.mark.requirement(2)
@fapi("ensure-response-type-code-idtoken-fails")
@fapi("ensure-response-type-token-fails")
@pytest.mark.parametrize("kind", ["token", "id_token", "code id_token", "code token", "none"])
async def test_only_codes_come_through_the_browser(bank: Bank, kind: str) -> None:
    assert refused(await bank.push(response_type=kind), "unsupported_response_type")


@fapi("ensure-authorization-code-is-bound-to-client")
@fapi("ensure-client-id-in-token-endpoint")
async def test_a_code_is_for_its_client_alone(bank: Bank) -> None:
    other = await a_bank(bank.house)
    code = await bank.code()
    assert refused(await other.redeem(code), "invalid_grant")
    mixed = await bank.redeem(code, client_id=other.client.id)
    assert refused(mixed, "invalid_client")
    assert (await bank.redeem(code)).status_code == 200


@pytest.mark.requirement(4)
@fapi("attempt-reuse-authorization-code-after-one-second")
@fapi("ensure-token-endpoint-fails-with-expired-auth-code")
async def test_a_code_is_good_once_and_for_a_minute(bank: Bank) -> None:
    code, late = await bank.code(), await bank.code()
    assert (await bank.redeem(code)).status_code == 200
    bank.house.clock.advance(1)
    assert refused(await bank.redeem(code), "invalid_grant")
    bank.house.clock.advance(60)
    assert refused(await bank.redeem(late), "invalid_grant")


ASSERTIONS = [
    pytest.param(
        lambda now: {"exp": now - 300},
        marks=fapi("ensure-client-assertion-with-exp-is-5-minutes-in-past-fails"),
    ),
    pytest.param(
        lambda now: {"aud": "https://other.example"},
        marks=fapi("ensure-client-assertion-with-wrong-aud-fails"),
    ),
    pytest.param(
        lambda now: {"without": ("sub",)},
        marks=fapi("ensure-client-assertion-with-no-sub-fails"),
    ),
    pytest.param(lambda now: {"aud": [ISSUER]}, marks=fapi("par-test-array-as-audience-fails")),
    pytest.param(
        lambda now: {"aud": f"{ISSUER}/oauth2/par"},
        marks=fapi("par-test-par-endpoint-url-as-audience-fails"),
    ),
    pytest.param(
        lambda now: {"aud": TOKEN_URL},
        marks=fapi("par-test-token-endpoint-url-as-audience-fails"),
    ),
    pytest.param(
        lambda now: {"nbf": now + 70, "exp": now + 100},
        marks=fapi("par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails"),
    ),
    pytest.param(lambda now: {"without": ("jti",)}),
    pytest.param(lambda now: {"without": ("exp",)}),
    pytest.param(lambda now: {"exp": now + 3600}),
    pytest.param(lambda now: {"iss": "someone"}),
]


@pytest.mark.parametrize("wrong", ASSERTIONS)
async def test_a_wrong_assertion_proves_nobody(bank: Bank, wrong: Any) -> None:
    now = int(bank.house.clock.now().timestamp())
    assertion = bank.assertion(**wrong(now))
    assert refused(await bank.push(assertion=assertion), "invalid_client")
    code = await bank.code()
    assert refused(
        await bank.redeem(code, assertion=bank.assertion(**wrong(now))), "invalid_client"
    )


@fapi("par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted")
async def test_an_assertion_from_a_clock_that_is_ahead_is_taken(bank: Bank) -> None:
    now = int(bank.house.clock.now().timestamp())
    assert (await bank.push(assertion=bank.assertion(nbf=now + 8))).status_code == 201


@fapi("ensure-client-assertion-in-token-endpoint")
async def test_the_token_endpoint_wants_an_assertion_each_time(bank: Bank) -> None:
    code, assertion = await bank.code(), bank.assertion()
    assert refused(await bank.redeem(code, assertion={}), "invalid_client")
    unproved = {"client_id": bank.client.id}
    assert refused(await bank.redeem(code, assertion=unproved), "invalid_client")
    assert (await bank.redeem(code, assertion=assertion)).status_code == 200
    again = await bank.redeem(await bank.code(), assertion=assertion)
    assert refused(again, "invalid_request")


@fapi("ensure-signed-client-assertion-with-RS256-fails")
async def test_an_assertion_with_rs256_proves_nobody(house: OAuthHouse) -> None:
    rsa = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
    bank = await a_bank(house, jwks={"keys": [rsa.as_dict(private=False)]})
    now = house.clock.now()
    for alg, status in (("RS256", 401), ("PS256", 201)):
        signed = an_assertion(rsa, bank.client.id, ISSUER, now, header={"alg": alg})
        assert (await bank.push(assertion=signed)).status_code == status


@fapi("par-ensure-reused-request-uri-prior-to-auth-completion-succeeds")
@fapi("par-attempt-reuse-request_uri")
async def test_a_pushed_request_is_completed_once(house: OAuthHouse) -> None:
    bank = await a_bank(house, is_first_party=False)
    uri = (await bank.push()).json()["request_uri"]
    first = await bank.visit(uri)
    second = await bank.visit(uri)  # a reload, before anything was decided
    assert answered(await bank.browser.allow(second))["code"]
    assert (await bank.visit(uri)).status_code == 404
    again = await bank.browser.allow(first)
    assert again.status_code == 404


@fapi("par-attempt-to-use-expired-request_uri")
@fapi("par-attempt-to-use-request_uri-for-different-client")
async def test_a_pushed_request_is_for_its_client_and_for_a_minute(bank: Bank) -> None:
    other = await a_bank(bank.house)
    pushed = (await bank.push()).json()
    assert pushed["expires_in"] <= 60
    assert len(pushed["request_uri"].rpartition(":")[2]) >= 22  # 128 bits
    stolen = await bank.visit(pushed["request_uri"], client_id=other.client.id)
    assert stolen.status_code == 404
    bank.house.clock.advance(61)
    assert (await bank.visit(pushed["request_uri"])).status_code == 404


@fapi("par-authorization-request-containing-request_uri")
@fapi("par-authorization-request-containing-request_uri-form-param")
async def test_a_pushed_request_has_no_request_uri(bank: Bank) -> None:
    uri = (await bank.push()).json()["request_uri"]
    assert refused(await bank.push(request_uri=uri), "invalid_request")


@fapi("par-attempt-invalid-http-method")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_requests_are_pushed_with_post_alone(bank: Bank, method: str) -> None:
    answer = await bank.browser.http.request(method, "/oauth2/par")
    assert answer.status_code == 405


@pytest.mark.requirement(3)
@fapi("par-ensure-pkce-required")
@fapi("par-plain-pkce-rejected")
@pytest.mark.parametrize(
    "given",
    [
        {"code_challenge": "", "code_challenge_method": ""},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": ""},
        {"code_challenge": "short"},
    ],
)
async def test_pkce_is_for_every_client_and_never_plain(bank: Bank, given: dict[str, str]) -> None:
    assert refused(await bank.push(**given), "invalid_request")


@pytest.mark.requirement(3)
@fapi("ensure-pkce-code-verifier-required")
@fapi("incorrect-pkce-code-verifier-rejected")
async def test_a_code_is_worth_nothing_without_its_verifier(bank: Bank) -> None:
    code = await bank.code()
    for wrong in ("", "x" * 43):
        assert refused(await bank.redeem(code, code_verifier=wrong), "invalid_grant")


@fapi("par-without-duplicate-parameters")
async def test_at_authorize_a_pushed_request_stands_alone(bank: Bank) -> None:
    uri = (await bank.push()).json()["request_uri"]
    location = await bank.visit(uri, redirect_uri="https://evil.example/", scope="other")
    assert answered(location)["code"]


async def test_a_server_that_gives_nonces_wants_them_back(house: OAuthHouse) -> None:
    from tests.oauth_house import an_oauth_house  # noqa: PLC0415

    strict = an_oauth_house(house.database, clock=house.clock, dpop_nonce=True)
    bank = await a_bank(strict)
    at_par = await bank.push(dpop=bank.proof(f"{ISSUER}/oauth2/par"))
    assert refused(at_par, "use_dpop_nonce")
    assert at_par.headers["dpop-nonce"]
    code = await bank.code()
    first = await bank.redeem(code)
    assert refused(first, "use_dpop_nonce")
    nonce = first.headers["dpop-nonce"]
    second = await bank.redeem(code, dpop=bank.proof(nonce=nonce))
    assert second.status_code == 200
    assert second.headers["dpop-nonce"]
