"""Modules of the OpenID Foundation's plan for dynamic OPs, re-expressed; RFC 7592 beside."""

from typing import Any

import httpx
import orjson
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.oauth_house import ADMIN, CALLBACK, ISSUER, VERIFIER, OAuthHouse, answered
from tests.proofs import a_key, an_assertion

pytestmark = pytest.mark.requirement(26)
BASE: dict[str, Any] = {
    "client_name": "Ünïcode notes",
    "redirect_uris": [CALLBACK],
    "grant_types": ["authorization_code", "refresh_token"],
    "scope": "openid profile email files:read",
}


async def ask(
    house: OAuthHouse, token: str, method: str = "POST", path: str = "", **given: Any
) -> httpx.Response:
    return await house.browser().http.request(
        method,
        f"/oauth2/register{path}",
        content=orjson.dumps({name: value for name, value in (BASE | given).items() if value}),
        headers={"authorization": f"Bearer {token}", "accept": "application/json"},
    )


async def registered(house: OAuthHouse, **given: Any) -> dict[str, Any]:
    token = await house.oauth.clients.invite(ADMIN)
    answer = await ask(house, token, **given)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def allowed(house: OAuthHouse, made: dict[str, Any], **given: str) -> dict[str, Any]:
    """All the way to tokens, with the secret in the header."""
    browser = house.browser()
    code = await browser.code(made["client_id"], **given)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    auth = httpx.BasicAuth(made["client_id"], made["client_secret"])
    answer = await browser.http.post("/oauth2/token", data=form, auth=auth)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.requirement(6, 27)
@pytest.mark.oidf("oidcc-discovery-endpoint-verification")
async def test_registration_is_advertised_where_it_is_on(house: OAuthHouse) -> None:
    served = (await house.browser().http.get("/.well-known/openid-configuration")).json()
    assert served["registration_endpoint"] == f"{ISSUER}/oauth2/register"


@pytest.mark.oidf("oidcc-server")
@pytest.mark.oidf("oidcc-idtoken-rs256")
async def test_a_client_that_registered_itself_signs_people_in(house: OAuthHouse) -> None:
    made = await registered(house)
    tokens = await allowed(house, made)
    keys = KeySet.import_key_set(orjson.loads(await house.oauth.keys.encode_jwks()))
    token = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
    assert token.header["alg"] == "RS256"  # what a client gets that asks for nothing else


async def test_a_stranger_gets_neither_trust_nor_scopes_of_others(house: OAuthHouse) -> None:
    made = await registered(house, is_first_party=True, scope="openid files:read")
    assert made["scope"] == "openid"
    page = await house.browser().authorize(made["client_id"], scope="openid")
    assert "registered itself" in page.text


async def test_registration_needs_a_token_that_we_gave(house: OAuthHouse) -> None:
    for token in ("", "x" * 43, "short"):
        answer = await ask(house, token)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.oidf("oidcc-idtoken-unsigned")
@pytest.mark.oidf("oidcc-redirect-uri-regfrag")
@pytest.mark.oidf("oidcc-registration-sector-bad")
@pytest.mark.oidf("oidcc-registration-sector-uri")
@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"id_token_signed_response_alg": "none"}, "invalid_client_metadata"),
        ({"id_token_signed_response_alg": "HS256"}, "invalid_client_metadata"),
        ({"redirect_uris": [f"{CALLBACK}#part"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://app.orchard.example/cb"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://*.orchard.example/cb"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://user@orchard.example/"]}, "invalid_redirect_uri"),
        ({"redirect_uris": [7]}, "invalid_redirect_uri"),
        ({"redirect_uris": None}, "invalid_redirect_uri"),
        ({"sector_identifier_uri": "https://x.example/s"}, "invalid_client_metadata"),
        ({"logo_uri": "javascript:alert(1)"}, "invalid_redirect_uri"),
        ({"policy_uri": "data:text/html,hi"}, "invalid_redirect_uri"),
        ({"response_types": ["token"]}, "invalid_client_metadata"),
        ({"grant_types": ["password"]}, "invalid_client_metadata"),
        ({"grant_types": ["implicit"]}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "client_secret_jwt"}, "invalid_client_metadata"),
        ({"jwks": {"keys": [{"kty": "oct", "k": "AA"}]}}, "invalid_client_metadata"),
        ({"client_name": "x" * 101}, "invalid_client_metadata"),
    ],
    ids=str,
)
async def test_what_cannot_be_registered(
    house: OAuthHouse, given: dict[str, Any], error: str
) -> None:
    token = await house.oauth.clients.invite(ADMIN)
    answer = await ask(house, token, **given)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert (await ask(house, token)).status_code == 201


@pytest.mark.requirement(27)
async def test_what_metadata_says_is_not_there_cannot_be_had_by_registering(
    house: OAuthHouse,
) -> None:
    """Why three modules of the plan are not for this server: the suite leaves them out, too."""
    browser = house.browser()
    served = (await browser.http.get("/.well-known/openid-configuration")).json()
    assert served["request_parameter_supported"] is False
    assert served["request_uri_parameter_supported"] is False
    assert "userinfo_signing_alg_values_supported" not in served
    assert "request_object_signing_alg_values_supported" not in served
    asked = {
        "userinfo_signed_response_alg": "RS256",
        "request_object_signing_alg": "RS256",
        "request_uris": ["https://app.orchard.example/request"],
    }
    made = await registered(house, **asked)
    assert not asked.keys() & made.keys(), "the answer says what was registered (RFC 7591 §3.2.1)"
    tokens = await allowed(house, made)
    bearer = {"authorization": f"Bearer {tokens['access_token']}"}
    told = await browser.http.get("/oauth2/userinfo", headers=bearer)
    assert told.headers["content-type"].startswith("application/json")
    given = {"request_uri": "https://app.orchard.example/request"}
    refused = await browser.authorize(made["client_id"], **given)
    assert answered(refused)["error"] == "request_uri_not_supported"


@pytest.mark.oidf("oidcc-registration-logo-uri")
@pytest.mark.oidf("oidcc-registration-policy-uri")
@pytest.mark.oidf("oidcc-registration-tos-uri")
@pytest.mark.oidf("oidcc-registration-jwks-uri")
async def test_texts_and_unknown_members_are_kept_or_passed_over(house: OAuthHouse) -> None:
    texts = {
        "logo_uri": "https://app.orchard.example/logo.png",
        "policy_uri": "https://app.orchard.example/policy",
        "tos_uri": "https://app.orchard.example/terms",
        "jwks_uri": "https://app.orchard.example/jwks",
    }
    made = await registered(house, **texts, contacts=["ada@orchard.example"], software_id="x")
    assert {name: made[name] for name in texts} == texts
    assert "contacts" not in made


@pytest.mark.requirement(1)
@pytest.mark.oidf("oidcc-redirect-uri-query-OK")
@pytest.mark.oidf("oidcc-redirect-uri-query-mismatch")
@pytest.mark.oidf("oidcc-redirect-uri-query-added")
async def test_the_query_of_an_address_is_part_of_it(house: OAuthHouse) -> None:
    made = await registered(house, redirect_uris=[f"{CALLBACK}?a=1"])
    browser = house.browser()
    page = await browser.authorize(made["client_id"], redirect_uri=f"{CALLBACK}?a=1")
    answer = answered(await browser.allow(page))
    assert answer["a"] == "1"
    assert answer["code"]
    for wrong in (CALLBACK, f"{CALLBACK}?a=2", f"{CALLBACK}?a=1&b=2"):
        page = await browser.authorize(made["client_id"], redirect_uri=wrong)
        assert (page.status_code, page.headers.get("location")) == (400, None)


@pytest.mark.oidf("oidcc-ensure-redirect-uri-in-authorization-request")
async def test_the_address_must_be_in_the_request(house: OAuthHouse) -> None:
    made = await registered(house)
    page = await house.browser().authorize(made["client_id"], redirect_uri="")
    assert page.status_code == 400


@pytest.mark.requirement(34)
@pytest.mark.oidf("oidcc-server-rotate-keys")
async def test_keys_are_rotated_and_old_tokens_still_verify(house: OAuthHouse) -> None:
    made = await registered(house, id_token_signed_response_alg="ES256")
    before = (await allowed(house, made))["id_token"]
    await house.oauth.keys.rotate(ADMIN, "ES256")
    house.clock.advance(60)  # published, and not yet used
    keys = orjson.loads(await house.oauth.keys.encode_jwks())
    assert len([key for key in keys["keys"] if key["alg"] == "ES256"]) == 2
    unused = (await allowed(house, made))["id_token"]
    house.clock.advance(24 * 3600)
    after = (await allowed(house, made))["id_token"]
    published = KeySet.import_key_set(orjson.loads(await house.oauth.keys.encode_jwks()))
    kids = [
        jwt.decode(raw, published, algorithms=["ES256"]).header["kid"]
        for raw in (before, unused, after)
    ]
    assert kids[0] == kids[1] != kids[2]


@pytest.mark.oidf("oidcc-refresh-token-rp-key-rotation")
@pytest.mark.oidf("oidcc-ensure-client-assertion-with-iss-aud-succeeds")
async def test_a_client_changes_its_keys_and_goes_on(house: OAuthHouse) -> None:
    old, new = a_key(), a_key()
    made = await registered(
        house,
        token_endpoint_auth_method="private_key_jwt",
        jwks={"keys": [old.as_dict(private=False)]},
    )
    browser, client_id = house.browser(), made["client_id"]
    form = {
        "grant_type": "authorization_code",
        "code": await browser.code(client_id),
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    at = house.clock.now()
    tokens = await browser.token(None, **form, **an_assertion(old, client_id, ISSUER, at))
    given = {
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [new.as_dict(private=False)]},
    }
    manage = made["registration_access_token"]
    assert (await ask(house, manage, "PUT", f"/{client_id}", **given)).status_code == 200
    refresh = {
        "grant_type": "refresh_token",
        "refresh_token": tokens.json()["refresh_token"],
    }
    stale = await browser.token(None, **refresh, **an_assertion(old, client_id, ISSUER, at))
    assert stale.json()["error"] == "invalid_client"
    fresh = await browser.token(None, **refresh, **an_assertion(new, client_id, ISSUER, at))
    assert fresh.status_code == 200


@pytest.mark.complaint(6)
async def test_a_client_reads_changes_and_ends_itself(house: OAuthHouse) -> None:
    made = await registered(house)
    path, manage = f"/{made['client_id']}", made["registration_access_token"]
    assert made["registration_client_uri"] == f"{ISSUER}/oauth2/register{path}"
    assert (await ask(house, manage, "GET", path)).json()["client_name"] == "Ünïcode notes"
    assert (await ask(house, "x" * 43, "GET", path)).status_code == 401
    changed = await ask(house, manage, "PUT", path, client_name="Other")
    assert changed.json()["client_name"] == "Other"
    assert "client_secret" not in changed.json()
    assert (await ask(house, manage, "DELETE", path)).status_code == 204
    assert (await ask(house, manage, "GET", path)).status_code == 401
    browser = house.browser()
    page = await browser.authorize(made["client_id"])
    assert page.status_code == 400
    assert "not registered here" in page.text
    auth = httpx.BasicAuth(made["client_id"], made["client_secret"])
    form = {"grant_type": "refresh_token", "refresh_token": "x" * 43}
    gone = await browser.http.post("/oauth2/token", data=form, auth=auth)
    assert (gone.status_code, gone.json()["error"]) == (401, "invalid_client")


async def test_registration_that_is_off_is_not_there(house: OAuthHouse) -> None:
    from tests.oauth_house import an_oauth_house  # noqa: PLC0415

    closed = an_oauth_house(house.database, clock=house.clock)
    assert (await ask(closed, "x" * 43)).status_code == 404
    served = (await closed.browser().http.get("/.well-known/openid-configuration")).json()
    assert "registration_endpoint" not in served
