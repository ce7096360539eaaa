"""What the gateway is told of tokens."""

from dataclasses import replace
from datetime import timedelta

import pytest

from curtilage.core.db import broadcast
from curtilage.identity.oauth.build import build_grant_holder
from curtilage.identity.oauth.models.clients import AuthMethod, GrantType, Resource
from curtilage.identity.oauth.models.grants import STANDING
from curtilage.identity.token_callers import audience_of
from curtilage.identity.wire.jwk import parse_jwks
from curtilage.identity.wire.once import ENDED_TOKEN, once_digest
from tests.builders import TENANT
from tests.fakes.oauth import ADA
from tests.oauth_house import ADMIN, EVERY_GRANT, FILES, ISSUER, OAuthHouse, a_wish
from tests.unit.identity.oauth.service.test_explaining import INACTIVE

GATEWAY_RIGHT = "restore"


async def generation(house: OAuthHouse) -> int:
    return (await broadcast.generations(house.database)).get(STANDING, 0)


def claims_of(token: str) -> dict[str, object]:
    from curtilage.identity.wire.jws import parse_claimed_payload  # noqa: PLC0415
    from curtilage.identity.wire.strict_json import parse_object  # noqa: PLC0415

    return parse_object(parse_claimed_payload(token))


@pytest.mark.requirement(12)
async def test_whatever_ends_is_told_and_wakes(house: OAuthHouse) -> None:
    made = await house.register()
    browser, standing = house.browser(), house.oauth.standing
    first = await standing.load()
    assert parse_jwks(first.jwks).keys and not (first.grants or first.clients or first.tokens)
    tokens, before = await browser.tokens(made, resource=FILES.uri), await generation(house)
    token = tokens["access_token"]
    jti = str(claims_of(token)["jti"])
    assert (await browser.post("/oauth2/revoke", made, token=token)).status_code == 200
    assert await generation(house) == before + 1
    assert (await standing.load()).tokens == {once_digest(ENDED_TOKEN, jti)}
    seen = await browser.post("/oauth2/introspect", made, token=token)
    assert seen.json() == INACTIVE
    async with house.database.begin() as connection:
        assert await build_grant_holder(house.clock).end_all(connection, TENANT, ADA) == 1
    assert (await standing.load()).grants == {jti.partition(".")[0]}
    assert await generation(house) == before + 2
    await house.oauth.clients.revoke(ADMIN, made.client.id)
    assert (await standing.load()).clients == {made.client.id}
    house.clock.advance(3600)
    later = await standing.load()
    assert not (later.grants or later.clients or later.tokens), "no token is as old as that"


@pytest.mark.requirement(22)
async def test_a_proof_comes_once(house: OAuthHouse) -> None:
    until = house.clock.now() + timedelta(minutes=1)
    assert await house.oauth.standing.use_proof(b"p" * 32, until)
    assert not await house.oauth.standing.use_proof(b"p" * 32, until)


@pytest.mark.requirement(57)
async def test_the_holder_ends_grants_in_the_callers_transaction(house: OAuthHouse) -> None:
    made = await house.register()
    tokens = await house.browser().tokens(made, scope="openid offline_access")
    holder = build_grant_holder(house.clock)
    async with house.database.begin() as connection:
        assert await holder.end_all(connection, TENANT, ADA) == 1
        assert await holder.end_all(connection, TENANT, ADA) == 0
    refused = await house.browser().refresh(made, tokens["refresh_token"])
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


@pytest.mark.requirement(9)
async def test_a_right_takes_the_scope_and_the_role(house: OAuthHouse) -> None:
    scopes = frozenset({"openid", GATEWAY_RIGHT})
    made = await house.register(scopes=scopes)
    asked = {"scope": f"openid {GATEWAY_RIGHT}", "resource": FILES.uri}
    browser = house.browser()
    has = await browser.tokens(made, **asked)
    assert claims_of(has["access_token"])["rights"] == [GATEWAY_RIGHT]
    without = await browser.tokens(made, scope="openid", resource=FILES.uri)
    assert "rights" not in claims_of(without["access_token"])
    house.people.rights = frozenset()
    denied = await browser.tokens(made, **asked)
    assert "rights" not in claims_of(denied["access_token"])
    own = await browser.token(
        made, grant_type="client_credentials", scope=GATEWAY_RIGHT, resource=FILES.uri
    )
    assert claims_of(own.json()["access_token"])["rights"] == [GATEWAY_RIGHT]


@pytest.mark.requirement(57)
async def test_what_a_client_may_have_no_more_is_told_until_no_token_says_it(
    house: OAuthHouse,
) -> None:
    gateway = Resource(audience_of(ISSUER), "The gateway")
    given = {"resources": (FILES.uri, gateway.uri)}
    made, before = await house.register(**given), await generation(house)
    clients, standing = house.oauth.clients, house.oauth.standing
    await clients.change(ADMIN, made.client.id, a_wish(**given, name="Other notes"))
    assert await generation(house) == before, "it lost nothing"
    fewer = a_wish(**given, scopes=frozenset({"openid"}))
    await clients.change(ADMIN, made.client.id, fewer)
    assert await generation(house) == before + 1
    assert (await standing.load()).scopes == {made.client.id: frozenset({"openid"})}
    await clients.change(ADMIN, made.client.id, a_wish(scopes=frozenset({"openid"})))
    assert (await standing.load()).scopes == {made.client.id: None}
    house.clock.advance(3600)
    assert (await standing.load()).scopes == {}


@pytest.mark.requirement(57)
async def test_what_a_person_may_no_more_is_told_by_their_grants(
    house: OAuthHouse,
) -> None:
    made, browser = await house.register(), house.browser()
    jti = str(claims_of((await browser.tokens(made))["access_token"])["jti"])
    holder = build_grant_holder(house.clock)
    house.people.rights = frozenset({"restore", "ledger:read"})
    assert (await house.oauth.standing.load()).rights == {}
    async with house.database.begin() as connection:
        await holder.judge_anew(connection, TENANT, ADA)
    grant = jti.partition(".")[0]
    assert (await house.oauth.standing.load()).rights == {grant: frozenset({"restore"})}
    house.people.rights = frozenset()
    assert (await house.oauth.standing.load()).rights == {grant: frozenset()}
    house.clock.advance(3600)
    assert (await house.oauth.standing.load()).rights == {}


@pytest.mark.requirement(7, 28)
async def test_a_refresh_gives_no_more_than_the_client_may_have_now(house: OAuthHouse) -> None:
    made, browser = await house.register(method=AuthMethod.NONE), house.browser()
    got = await browser.tokens(made, scope="openid email files:read", resource=FILES.uri)
    wish = a_wish(
        method=AuthMethod.NONE,
        grant_types=EVERY_GRANT - {GrantType.CLIENT},
        scopes=frozenset({"openid", "files:read"}),
    )
    await house.oauth.clients.change(ADMIN, made.client.id, wish)
    answer = await browser.refresh(made, got["refresh_token"])
    assert answer.json()["scope"] == "openid files:read"
    await house.oauth.clients.change(ADMIN, made.client.id, replace(wish, resources=()))
    again = await browser.refresh(made, answer.json()["refresh_token"])
    assert again.json()["error"] == "invalid_target"
