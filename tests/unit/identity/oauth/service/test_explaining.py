"""Tokens revoked, explained, and opened."""

import pytest

from tests.fakes.oauth import ADA
from tests.oauth_house import FILES, OAuthHouse, basic

INACTIVE = {"active": False}


@pytest.mark.requirement(13)
async def test_introspection_tells_the_client_and_the_server_it_is_for(house: OAuthHouse) -> None:
    made = await house.register()
    server = await house.register(serves=(FILES.uri,))
    stranger = await house.register()
    browser = house.browser()
    tokens = await browser.tokens(made, resource=FILES.uri)
    path, token = "/oauth2/introspect", tokens["access_token"]
    for who in (made, server):
        told = (await browser.post(path, who, token=token)).json()
        assert (told["active"], told["client_id"]) == (True, made.client.id)
        assert told["token_type"] == "Bearer"
    assert (await browser.post(path, stranger, token=token)).json() == INACTIVE
    refresh = tokens["refresh_token"]
    assert (await browser.post(path, made, token=refresh)).json()["active"] is True
    assert (await browser.post(path, server, token=refresh)).json() == INACTIVE
    house.clock.advance(601)
    answer = await browser.post(path, made, token=token)
    assert answer.content == b'{"active":false}'
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.requirement(13)
@pytest.mark.parametrize("token", ["x" * 43, "a.b.c", "made-up", "x" * 4000])
async def test_what_is_no_token_is_inactive(house: OAuthHouse, token: str) -> None:
    made = await house.register()
    answer = await house.browser().post("/oauth2/introspect", made, token=token)
    assert answer.content == b'{"active":false}'


@pytest.mark.requirement(13)
async def test_introspection_needs_a_client_that_proves_itself(house: OAuthHouse) -> None:
    from curtilage.identity.oauth.models.clients import AuthMethod  # noqa: PLC0415

    public = await house.register(method=AuthMethod.NONE)
    for who in (None, public):
        answer = await house.browser().post("/oauth2/introspect", who, token="x")
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.requirement(12)
async def test_a_refresh_token_takes_its_access_tokens_with_it(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    tokens = await browser.tokens(made)
    answer = await browser.post("/oauth2/revoke", made, token=tokens["refresh_token"])
    assert answer.status_code == 200
    seen = await browser.post("/oauth2/introspect", made, token=tokens["access_token"])
    assert seen.json() == INACTIVE
    assert (await browser.refresh(made, tokens["refresh_token"])).status_code == 400


@pytest.mark.requirement(12)
async def test_one_access_token_can_go_alone(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    tokens = await browser.tokens(made)
    await browser.post("/oauth2/revoke", made, token=tokens["access_token"])
    seen = await browser.post("/oauth2/introspect", made, token=tokens["access_token"])
    assert seen.json() == INACTIVE
    assert (await browser.refresh(made, tokens["refresh_token"])).status_code == 200
    assert (await house.kinds()).count("token.revoked") == 1


@pytest.mark.requirement(12)
async def test_nobody_revokes_what_is_anothers(house: OAuthHouse) -> None:
    made, other = await house.register(), await house.register()
    browser = house.browser()
    tokens = await browser.tokens(made)
    for token in (tokens["access_token"], tokens["refresh_token"], "x" * 43, "a.b.c"):
        answer = await browser.post("/oauth2/revoke", other, token=token)
        assert (answer.status_code, answer.content) == (200, b"{}")
    assert (await browser.refresh(made, tokens["refresh_token"])).status_code == 200
    refused = await browser.post("/oauth2/revoke", made, token=tokens["id_token"])
    assert (refused.status_code, refused.json()["error"]) == (400, "unsupported_token_type")


@pytest.mark.requirement(12)
async def test_browsers_of_other_origins_may_revoke(house: OAuthHouse) -> None:
    answer = await house.browser().http.options("/oauth2/revoke")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]


async def see(house: OAuthHouse, *headers: tuple[str, str]) -> tuple[int, str]:
    answer = await house.browser().http.get("/oauth2/userinfo", headers=list(headers))
    return answer.status_code, answer.headers.get("www-authenticate", "")


@pytest.mark.requirement(10, 18)
async def test_userinfo_wants_a_token_of_ours_for_ourselves(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    assert await see(house) == (401, "Bearer")
    status, challenge = await see(house, ("authorization", "Bearer made-up"))
    assert (status, 'error="invalid_token"' in challenge) == (401, True)
    foreign = (await browser.tokens(made, resource=FILES.uri))["access_token"]
    assert (await see(house, ("authorization", f"Bearer {foreign}")))[0] == 401
    machine = (
        await browser.token(made, grant_type="client_credentials", scope="files:read")
    ).json()
    status, challenge = await see(house, ("authorization", f"Bearer {machine['access_token']}"))
    assert (status, 'error="insufficient_scope"' in challenge) == (403, True)
    token = (await browser.tokens(made))["access_token"]
    in_query = await browser.http.get("/oauth2/userinfo", params={"access_token": token})
    assert in_query.status_code == 401
    twice = await browser.http.post(
        "/oauth2/userinfo",
        data={"access_token": token},
        headers={"authorization": f"Bearer {token}"},
    )
    assert twice.status_code == 400
    by_secret = ("authorization", basic(made))
    assert (await see(house, by_secret))[0] == 401


async def test_userinfo_says_nothing_of_who_is_disabled(house: OAuthHouse) -> None:
    made = await house.register()
    token = (await house.browser().tokens(made))["access_token"]
    house.people.disabled.add(ADA)
    assert (await see(house, ("authorization", f"Bearer {token}")))[0] == 401


@pytest.mark.complaint(6)
async def test_tokens_of_a_revoked_client_are_worth_nothing(house: OAuthHouse) -> None:
    from tests.oauth_house import ADMIN  # noqa: PLC0415

    made = await house.register()
    browser = house.browser()
    tokens = await browser.tokens(made)
    await house.oauth.clients.revoke(ADMIN, made.client.id)
    bearer = ("authorization", f"Bearer {tokens['access_token']}")
    assert (await see(house, bearer))[0] == 401
    answer = await browser.refresh(made, tokens["refresh_token"])
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
