"""Modules of the OpenID Foundation's plans for Config and Basic OPs, re-expressed.

PKCE is required here, so each request has it: the suite's own variant for such servers.
"""

from typing import Any

import orjson
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from curtilage.identity.oauth.models.clients import AuthMethod
from curtilage.identity.oauth.service.clients import RegisteredClient
from tests.fakes.oauth import BEN
from tests.oauth_house import (
    CALLBACK,
    ISSUER,
    VERIFIER,
    Agent,
    OAuthHouse,
    a_request,
    answered,
    token_of,
)

pytestmark = pytest.mark.requirement(31)


async def published(house: OAuthHouse, path: str) -> dict[str, Any]:
    answer = await house.browser().http.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    return dict(answer.json())


async def id_token(house: OAuthHouse, tokens: dict[str, Any]) -> jwt.Token:
    """The ID token, verified with the published keys by a library of others."""
    keys = KeySet.import_key_set(orjson.loads(await house.oauth.keys.encode_jwks()))
    return jwt.decode(tokens["id_token"], keys, algorithms=["ES256", "RS256"])


async def userinfo(browser: Agent, tokens: dict[str, Any], method: str = "GET") -> dict[str, Any]:
    headers = {"authorization": f"Bearer {tokens['access_token']}"}
    answer = await browser.http.request(method, "/oauth2/userinfo", headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def signed_in(house: OAuthHouse, **given: Any) -> tuple[RegisteredClient, Agent]:
    """A client, and a browser whose person is signed in and allowed it all before."""
    made = await house.register(is_first_party=True, **given)
    house.people.sign_in("known", house.clock.now())
    return made, house.browser("known")


@pytest.mark.requirement(6, 27)
@pytest.mark.oidf("oidcc-discovery-endpoint-verification")
async def test_discovery_says_what_is_there(house: OAuthHouse) -> None:
    served = await published(house, "/.well-known/openid-configuration")
    assert served["issuer"] == ISSUER
    assert served["response_types_supported"] == ["code"]
    assert "RS256" in served["id_token_signing_alg_values_supported"]
    assert set(served["subject_types_supported"]) == {"public", "pairwise"}
    assert served["claims_parameter_supported"] is True
    assert served["request_uri_parameter_supported"] is False
    keys = await published(house, served["jwks_uri"].removeprefix(ISSUER))
    assert {key["alg"] for key in keys["keys"]} == {"ES256", "RS256"}
    assert not any({"d", "p", "q"} & key.keys() for key in keys["keys"])


@pytest.mark.requirement(29)
@pytest.mark.oidf("oidcc-server")
@pytest.mark.oidf("oidcc-idtoken-signature")
@pytest.mark.parametrize("alg", ["RS256", "ES256"])
async def test_an_id_token_is_signed_and_says_what_it_must(house: OAuthHouse, alg: str) -> None:
    made, browser = await signed_in(house, id_token_alg=alg)
    token = await id_token(house, await browser.tokens(made))
    assert token.header["alg"] == alg
    told = token.claims
    assert (told["iss"], told["aud"], told["nonce"]) == (ISSUER, made.client.id, "nonce-1")
    assert told["exp"] > told["iat"]
    assert 0 < len(told["sub"]) <= 255
    assert told["sub"].isascii()
    assert "at_hash" in told


@pytest.mark.oidf("oidcc-idtoken-unsigned")
async def test_no_client_gets_unsigned_id_tokens(house: OAuthHouse) -> None:
    served = await published(house, "/.well-known/openid-configuration")
    assert "none" not in served["id_token_signing_alg_values_supported"]


@pytest.mark.oidf("oidcc-response-type-missing")
async def test_a_request_without_response_type_is_refused(house: OAuthHouse) -> None:
    made, browser = await signed_in(house)
    answer = answered(await browser.authorize(made.client.id, response_type=""))
    assert answer["error"] == "invalid_request"
    assert answer["state"] == "state-1"
    assert answer["iss"] == ISSUER


@pytest.mark.oidf("oidcc-userinfo-get")
@pytest.mark.oidf("oidcc-userinfo-post-header")
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_userinfo_answers_with_the_token_in_the_header(
    house: OAuthHouse, method: str
) -> None:
    made, browser = await signed_in(house)
    told = await userinfo(browser, await browser.tokens(made), method)
    assert told["sub"] == "person-ada"


@pytest.mark.oidf("oidcc-userinfo-post-body")
async def test_userinfo_answers_with_the_token_in_the_form(house: OAuthHouse) -> None:
    made, browser = await signed_in(house)
    token = (await browser.tokens(made))["access_token"]
    answer = await browser.post("/oauth2/userinfo", None, access_token=token)
    assert answer.json()["sub"] == "person-ada"


@pytest.mark.oidf("oidcc-ensure-request-without-nonce-succeeds-for-code-flow")
async def test_a_request_without_nonce_succeeds(house: OAuthHouse) -> None:
    made, browser = await signed_in(house)
    token = await id_token(house, await browser.tokens(made, nonce=""))
    assert "nonce" not in token.claims


SCOPES = [
    pytest.param(
        "profile",
        {"name", "preferred_username", "locale"},
        marks=pytest.mark.oidf("oidcc-scope-profile"),
    ),
    pytest.param("email", {"email", "email_verified"}, marks=pytest.mark.oidf("oidcc-scope-email")),
    pytest.param("address", set(), marks=pytest.mark.oidf("oidcc-scope-address")),
    pytest.param("phone", set(), marks=pytest.mark.oidf("oidcc-scope-phone")),
    pytest.param(
        "profile email address phone",
        {"name", "preferred_username", "locale", "email", "email_verified"},
        marks=pytest.mark.oidf("oidcc-scope-all"),
    ),
]


@pytest.mark.parametrize(("scope", "claims"), SCOPES)
async def test_a_scope_opens_its_claims_and_no_others(
    house: OAuthHouse, scope: str, claims: set[str]
) -> None:
    every = frozenset(["openid", "profile", "email", "address", "phone"])
    made, browser = await signed_in(house, scopes=every)
    told = await userinfo(browser, await browser.tokens(made, scope=f"openid {scope}"))
    assert told.keys() == {"sub"} | claims


@pytest.mark.oidf("oidcc-alternate-happy-flow")
@pytest.mark.oidf("oidcc-ensure-request-with-unknown-parameter-succeeds")
async def test_unknown_parameters_and_scopes_are_passed_over(house: OAuthHouse) -> None:
    made, browser = await signed_in(house)
    given = {"extra": "foobar", "scope": "openid unheard-of"}
    tokens = await browser.tokens(made, **given)
    assert tokens["scope"] == "openid"


@pytest.mark.oidf("oidcc-display-page")
@pytest.mark.oidf("oidcc-display-popup")
@pytest.mark.oidf("oidcc-ui-locales")
@pytest.mark.oidf("oidcc-claims-locales")
@pytest.mark.oidf("oidcc-login-hint")
@pytest.mark.oidf("oidcc-ensure-request-with-acr-values-succeeds")
@pytest.mark.parametrize(
    "given",
    [
        {"display": "page"},
        {"display": "popup"},
        {"ui_locales": "se de"},
        {"claims_locales": "se"},
        {"login_hint": "ada@orchard.example"},
        {"acr_values": "1 2"},
    ],
    ids=lambda given: next(iter(given)) + next(iter(given.values())),
)
async def test_wishes_that_change_nothing_are_no_errors(
    house: OAuthHouse, given: dict[str, str]
) -> None:
    made, browser = await signed_in(house)
    assert await browser.tokens(made, **given)
    assert all("login_hint" not in login for login in house.logins)  # nothing personal in URLs


@pytest.mark.oidf("oidcc-prompt-login")
async def test_prompt_login_asks_again_and_auth_time_moves(house: OAuthHouse) -> None:
    made, browser = await signed_in(house)
    first = await id_token(house, await browser.tokens(made, max_age="10000"))
    house.clock.advance(60)
    again = await id_token(house, await browser.tokens(made, prompt="login"))
    assert house.logins[-1]["again"] == "1"
    assert again.claims["auth_time"] > first.claims["auth_time"]


@pytest.mark.oidf("oidcc-prompt-none-not-logged-in")
async def test_prompt_none_without_session_is_refused(house: OAuthHouse) -> None:
    made = await house.register()
    answer = answered(await house.browser().authorize(made.client.id, prompt="none"))
    assert answer["error"] == "login_required"
    assert house.logins == []


@pytest.mark.oidf("oidcc-prompt-none-logged-in")
async def test_prompt_none_with_a_session_asks_nothing(house: OAuthHouse) -> None:
    made, browser = await signed_in(house)
    first = await id_token(house, await browser.tokens(made))
    second = await id_token(house, await browser.tokens(made, prompt="none"))
    assert first.claims["sub"] == second.claims["sub"]
    assert house.logins == []


@pytest.mark.requirement(28)
async def test_prompt_none_without_consent_is_refused(house: OAuthHouse) -> None:
    made = await house.register()
    house.people.sign_in("known", house.clock.now())
    answer = answered(await house.browser("known").authorize(made.client.id, prompt="none"))
    assert answer["error"] == "consent_required"


@pytest.mark.requirement(23)
@pytest.mark.oidf("oidcc-max-age-1")
async def test_a_session_older_than_max_age_signs_in_again(house: OAuthHouse) -> None:
    made, browser = await signed_in(house)
    house.clock.advance(2)
    token = await id_token(house, await browser.tokens(made, max_age="1"))
    assert len(house.logins) == 1
    assert token.claims["auth_time"] == int(house.clock.now().timestamp())


@pytest.mark.oidf("oidcc-max-age-10000")
async def test_a_session_younger_than_max_age_is_enough(house: OAuthHouse) -> None:
    made, browser = await signed_in(house)
    token = await id_token(house, await browser.tokens(made, max_age="10000"))
    assert house.logins == []
    assert "auth_time" in token.claims


@pytest.mark.oidf("oidcc-id-token-hint")
async def test_an_id_token_hint_of_the_same_person_asks_nothing(house: OAuthHouse) -> None:
    made, browser = await signed_in(house)
    hint = (await browser.tokens(made))["id_token"]
    house.clock.advance(3600)  # it may have expired
    assert await browser.tokens(made, prompt="none", id_token_hint=hint)


async def test_an_id_token_hint_of_another_person_is_login_required(house: OAuthHouse) -> None:
    made, browser = await signed_in(house)
    hint = (await browser.tokens(made))["id_token"]
    house.people.sign_in("known", house.clock.now(), person=BEN)
    answer = answered(await browser.authorize(made.client.id, prompt="none", id_token_hint=hint))
    assert answer["error"] == "login_required"
    bad = answered(await browser.authorize(made.client.id, id_token_hint=hint[:-4] + "AAAA"))
    assert bad["error"] == "invalid_request"


@pytest.mark.requirement(4)
@pytest.mark.oidf("oidcc-codereuse")
@pytest.mark.oidf("oidcc-codereuse-30seconds")
@pytest.mark.parametrize("wait", [0, 30, 3600])
async def test_a_code_used_again_ends_what_it_gave(house: OAuthHouse, wait: int) -> None:
    made, browser = await signed_in(house)
    code = await browser.code(made.client.id)
    tokens = (await browser.exchange(made, code)).json()
    house.clock.advance(wait)
    again = await browser.exchange(made, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    headers = {"authorization": f"Bearer {tokens['access_token']}"}
    answer = await browser.http.get("/oauth2/userinfo", headers=headers)
    assert answer.status_code == 401
    assert "code.reused" in await house.kinds()


@pytest.mark.requirement(1)
@pytest.mark.oidf("oidcc-ensure-registered-redirect-uri")
async def test_nobody_is_sent_to_an_address_that_is_not_registered(house: OAuthHouse) -> None:
    made, browser = await signed_in(house)
    answer = await browser.authorize(made.client.id, redirect_uri=CALLBACK + "/other")
    assert answer.status_code == 400
    assert "location" not in answer.headers


@pytest.mark.requirement(10)
@pytest.mark.oidf("oidcc-ensure-post-request-succeeds")
async def test_a_request_can_be_posted(house: OAuthHouse) -> None:
    made, browser = await signed_in(house)
    posted = await browser.http.post("/oauth2/authorize", data=a_request(made.client.id))
    assert posted.status_code == 303
    assert answered(await browser.follow(posted))["code"]


@pytest.mark.requirement(14, 15)
@pytest.mark.oidf("oidcc-server-client-secret-post")
async def test_a_secret_in_the_form_is_one_way_and_only_where_registered(
    house: OAuthHouse,
) -> None:
    made, browser = await signed_in(house, method=AuthMethod.POST)
    given = {"client_id": made.client.id, "client_secret": made.secret}
    code = await browser.code(made.client.id)
    wanted = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    refused = await browser.exchange(made, code)  # by Basic
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Basic")
    answer = await browser.token(None, **wanted, **given, code_verifier=VERIFIER)
    assert answer.status_code == 200


@pytest.mark.oidf("oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported")
@pytest.mark.oidf("oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported")
@pytest.mark.oidf("oidcc-ensure-request-object-with-redirect-uri")
@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"request_uri": "https://app.orchard.example/r"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
    ],
)
async def test_request_objects_are_refused_as_metadata_says(
    house: OAuthHouse, given: dict[str, str], error: str
) -> None:
    made, browser = await signed_in(house)
    answer = answered(await browser.authorize(made.client.id, **given))
    assert answer["error"] == error


@pytest.mark.oidf("oidcc-claims-essential")
async def test_claims_asked_for_by_name_are_told_where_they_were_asked(house: OAuthHouse) -> None:
    made, browser = await signed_in(house)
    claims = '{"userinfo":{"name":{"essential":true}},"id_token":{"email":null}}'
    tokens = await browser.tokens(made, scope="openid", claims=claims)
    assert (await userinfo(browser, tokens)).keys() == {"sub", "name"}
    told = (await id_token(house, tokens)).claims
    assert told["email"] == "ada@orchard.example"
    assert "name" not in told


@pytest.mark.requirement(7, 34)
@pytest.mark.oidf("oidcc-refresh-token")
async def test_a_refresh_token_gives_new_tokens_about_the_same_person(house: OAuthHouse) -> None:
    made, browser = await signed_in(house)
    tokens = await browser.tokens(made)
    first = await id_token(house, tokens)
    house.clock.advance(90)
    fresh = (await browser.refresh(made, tokens["refresh_token"])).json()
    second = await id_token(house, fresh)
    for name in ("iss", "sub", "aud", "auth_time"):
        assert first.claims[name] == second.claims[name]  # OpenID Connect Core §12.2
    assert second.claims["iat"] > first.claims["iat"]


@pytest.mark.requirement(3)
@pytest.mark.oidf("oidcc-ensure-request-with-valid-pkce-succeeds")
async def test_a_wrong_verifier_is_refused_and_the_right_one_is_not(house: OAuthHouse) -> None:
    made, browser = await signed_in(house)
    code = await browser.code(made.client.id)
    for wrong in (VERIFIER[:-1] + "x", "", "short"):
        refused = await browser.exchange(made, code, code_verifier=wrong)
        assert refused.json()["error"] == "invalid_grant"
    assert (await browser.exchange(made, code)).status_code == 200


@pytest.mark.requirement(28)
async def test_a_no_is_told_to_the_app(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    page = await browser.authorize(made.client.id)
    answer = answered(await browser.allow(page, "deny"))
    assert (answer["error"], answer["iss"]) == ("access_denied", ISSUER)
    again = await browser.http.post(
        "/oauth2/continue",
        data={"_csrf": token_of(page), "request": "x" * 43, "decision": "allow"},
    )
    assert again.status_code == 404
