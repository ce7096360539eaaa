"""The token endpoint: families of refresh tokens, narrowing, and who gets nothing."""

import logging

import orjson
import pytest

from curtilage.identity.oauth.models.clients import AuthMethod, GrantType
from curtilage.identity.oauth.settings import GRANT_LIFE, REFRESH_IDLE
from curtilage.identity.wire.base64url import decode_base64url
from tests.fakes.oauth import ADA
from tests.oauth_house import CALLBACK, FILES, ISSUER, TENANT, TOOLS, OAuthHouse
from tests.proofs import a_key, a_proof

TOKEN_URL = f"{ISSUER}/oauth2/token"


def claims_of(raw: str) -> dict[str, object]:
    return dict(orjson.loads(decode_base64url(raw.split(".")[1])))


@pytest.mark.requirement(9)
async def test_an_access_token_is_one_of_rfc_9068(house: OAuthHouse) -> None:
    made = await house.register()
    raw = (await house.browser().tokens(made, resource=FILES.uri))["access_token"]
    header = orjson.loads(decode_base64url(raw.split(".")[0]))
    assert header["typ"] == "at+jwt"
    told = claims_of(raw)
    assert told.keys() == {
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "jti",
        "client_id",
        "scope",
        "auth_time",
        "acr",
        "amr",
    }
    assert (told["iss"], told["aud"], told["sub"]) == (ISSUER, FILES.uri, "person-ada")
    assert 0 < int(str(told["exp"])) - int(str(told["iat"])) <= 600


@pytest.mark.requirement(7)
@pytest.mark.complaint(2)
async def test_a_lost_answer_is_given_again_and_later_it_is_theft(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    first = (await browser.tokens(made))["refresh_token"]
    second = (await browser.refresh(made, first)).json()["refresh_token"]
    house.clock.advance(30)
    assert (await browser.refresh(made, first)).json()["refresh_token"] == second
    house.clock.advance(1)
    stolen = await browser.refresh(made, first)
    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    assert (await browser.refresh(made, second)).status_code == 400
    assert (await house.kinds()).count("refresh_token.reused") == 1


@pytest.mark.requirement(7)
@pytest.mark.complaint(1)
async def test_reuse_ends_its_own_family_and_no_other(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    stolen = (await browser.tokens(made))["refresh_token"]
    other = (await browser.tokens(made))["refresh_token"]
    await browser.refresh(made, stolen)
    house.clock.advance(60)
    assert (await browser.refresh(made, stolen)).status_code == 400
    assert (await browser.refresh(made, other)).status_code == 200


@pytest.mark.requirement(7)
async def test_a_family_has_an_end_however_often_it_is_used(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    token = (await browser.tokens(made))["refresh_token"]
    steps = GRANT_LIFE // (REFRESH_IDLE / 2)
    for _ in range(int(steps) - 1):
        house.clock.advance(REFRESH_IDLE / 2)
        await house.oauth.keys.keep_up()
        token = (await browser.refresh(made, token)).json()["refresh_token"]
    house.clock.advance(REFRESH_IDLE / 2)
    await house.oauth.keys.keep_up()
    assert (await browser.refresh(made, token)).json()["error"] == "invalid_grant"


@pytest.mark.requirement(7)
async def test_a_token_that_lay_idle_too_long_is_over(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    token = (await browser.tokens(made))["refresh_token"]
    house.clock.advance(REFRESH_IDLE)
    assert (await browser.refresh(made, token)).status_code == 400


@pytest.mark.requirement(7, 18)
async def test_refreshing_narrows_and_never_widens(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    token = (await browser.tokens(made, scope="openid email", resource=FILES.uri))["refresh_token"]
    for given, error in (
        ({"scope": "openid profile"}, "invalid_scope"),
        ({"resource": TOOLS.uri}, "invalid_target"),
    ):
        refused = await browser.refresh(made, token, **given)
        assert refused.json()["error"] == error
    narrow = (await browser.refresh(made, token, scope="email")).json()
    assert narrow["scope"] == "email"
    assert "id_token" not in narrow
    wide = (await browser.refresh(made, narrow["refresh_token"])).json()
    assert wide["scope"] == "openid email"


@pytest.mark.requirement(18)
async def test_one_grant_for_two_resources_gives_a_token_for_each(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    params = httpx_params(made.client.id)
    page = await browser.follow(await browser.http.get("/oauth2/authorize", params=params))
    answer = await browser.allow(page)
    code = answer.headers["location"].partition("code=")[2].partition("&")[0]
    tokens = (await browser.exchange(made, code, resource=TOOLS.uri)).json()
    assert claims_of(tokens["access_token"])["aud"] == TOOLS.uri
    fresh = (await browser.refresh(made, tokens["refresh_token"], resource=FILES.uri)).json()
    assert claims_of(fresh["access_token"])["aud"] == FILES.uri


def httpx_params(client_id: str) -> list[tuple[str, str]]:
    from tests.oauth_house import a_request  # noqa: PLC0415

    asked = list(a_request(client_id, scope="openid files:read tools:run").items())
    return [*asked, ("resource", FILES.uri), ("resource", TOOLS.uri)]


@pytest.mark.requirement(7)
async def test_who_is_disabled_gets_nothing_any_more(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    token = (await browser.tokens(made))["refresh_token"]
    code = await browser.code(made.client.id)
    house.people.disabled.add(ADA)
    assert (await browser.exchange(made, code)).json()["error"] == "invalid_grant"
    assert (await browser.refresh(made, token)).json()["error"] == "invalid_grant"
    house.people.disabled.clear()
    assert (await browser.refresh(made, token)).status_code == 400


@pytest.mark.requirement(7, 22)
async def test_a_public_clients_refresh_tokens_are_bound_to_its_key(house: OAuthHouse) -> None:
    made = await house.register(method=AuthMethod.NONE)
    browser, key = house.browser(), a_key()
    code = await browser.code(made.client.id)
    tokens = (
        await browser.exchange(made, code, dpop=a_proof(key, TOKEN_URL, house.clock.now()))
    ).json()
    token = tokens["refresh_token"]
    for proof in ("", a_proof(a_key(), TOKEN_URL, house.clock.now())):
        refused = await browser.refresh(made, token, dpop=proof)
        assert refused.json()["error"] == "invalid_grant"
    good = await browser.refresh(made, token, dpop=a_proof(key, TOKEN_URL, house.clock.now()))
    assert good.json()["token_type"] == "DPoP"
    again = await browser.refresh(made, token)  # the replay needs the key as well
    assert again.status_code == 400


@pytest.mark.requirement(4)
async def test_a_code_is_bound_to_client_and_address(house: OAuthHouse) -> None:
    made, other = await house.register(), await house.register()
    browser = house.browser()
    code = await browser.code(made.client.id)
    for client, given in (
        (other, {}),
        (made, {"redirect_uri": "https://app.orchard.example/other"}),
        (made, {"redirect_uri": ""}),
    ):
        assert (await browser.exchange(client, code, **given)).json()["error"] == "invalid_grant"
    assert (await browser.exchange(made, code)).status_code == 200


@pytest.mark.requirement(2)
@pytest.mark.parametrize("grant", ["password", "implicit", "urn:x", "", "authorization_code "])
async def test_grants_that_do_not_exist(house: OAuthHouse, grant: str) -> None:
    made = await house.register()
    answer = await house.browser().token(made, grant_type=grant, username="ada", password="x")
    assert answer.status_code == 400
    assert answer.json()["error"] in ("unsupported_grant_type", "invalid_request")
    assert answer.headers["cache-control"] == "no-store"


async def test_a_client_uses_only_grants_that_it_has(house: OAuthHouse) -> None:
    made = await house.register(grant_types=frozenset({GrantType.CODE}))
    browser = house.browser()
    answer = await browser.token(made, grant_type="client_credentials")
    assert answer.json()["error"] == "unauthorized_client"
    assert "refresh_token" not in await browser.tokens(made)


@pytest.mark.requirement(18)
async def test_a_client_acts_for_itself_within_its_scopes(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    given = {"grant_type": "client_credentials", "scope": "openid files:read"}
    answer = (await browser.token(made, **given, resource=FILES.uri)).json()
    assert answer["scope"] == "files:read"
    assert "id_token" not in answer
    assert "refresh_token" not in answer
    told = claims_of(answer["access_token"])
    assert told["sub"] == told["client_id"] == made.client.id
    refused = await browser.token(made, **given, resource="https://unknown.example")
    assert refused.json()["error"] == "invalid_target"


@pytest.mark.requirement(14, 15)
async def test_a_wrong_secret_is_an_unknown_client(house: OAuthHouse) -> None:
    from dataclasses import replace  # noqa: PLC0415

    made = await house.register()
    browser = house.browser()
    wrong = [
        replace(made, secret="x" * 43),
        replace(made, secret="short"),
        replace(made, client=replace(made.client, id="nobody")),
    ]
    answers = [await browser.token(each, grant_type="client_credentials") for each in wrong]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert {answer.headers["www-authenticate"] for answer in answers} == {'Basic realm="token"'}


async def test_no_secret_is_in_logs_or_records(
    house: OAuthHouse, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="curtilage")
    made = await house.register()
    browser = house.browser()
    code = await browser.code(made.client.id)
    tokens = (await browser.exchange(made, code)).json()
    written = repr(await house.events()) + caplog.text
    secrets = (made.secret, code, tokens["refresh_token"], tokens["access_token"], CALLBACK)
    assert not [secret for secret in secrets if secret in written]
    assert "ada@" not in written


async def test_a_code_of_somebody_who_is_being_ended_makes_no_grant(house: OAuthHouse) -> None:
    """What ends all of theirs, in a transaction beside this one, would not see the grant."""
    made = await house.register()
    house.people.sign_in("known", house.clock.now())
    browser = house.browser("known")
    code = await browser.code(made.client.id)
    house.people.gone_meanwhile.add(ADA)
    answer = await browser.exchange(made, code)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    async with house.database.read() as connection:
        store = house.oauth.endpoints.tokens.store
        assert await store.load_grants(connection, TENANT, person=ADA) == []


@pytest.mark.parametrize("stays", [False, True])
async def test_a_code_of_a_session_that_ended_makes_no_grant_but_one_that_stays(
    house: OAuthHouse, stays: bool
) -> None:
    """No app would be told any more that the session ended."""
    made = await house.register()
    house.people.sign_in("known", house.clock.now())
    browser = house.browser("known")
    code = await browser.code(made.client.id, scope="openid offline_access" if stays else "openid")
    await house.people.end("known")
    answer = await browser.exchange(made, code)
    assert answer.status_code == (200 if stays else 400)
    assert stays or answer.json()["error"] == "invalid_grant"
