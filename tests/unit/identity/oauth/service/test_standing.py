"""What the gateway is told of tokens."""

from datetime import timedelta

import pytest

from curtilage.core.db import broadcast
from curtilage.identity.oauth.models.grants import STANDING
from curtilage.identity.wire.jwk import parse_jwks
from curtilage.identity.wire.once import ENDED_TOKEN, once_digest
from tests.builders import TENANT
from tests.fakes.oauth import ADA
from tests.oauth_house import ADMIN, FILES, OAuthHouse
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
    await house.oauth.consents.revoke_all(ADA)
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
    from curtilage.identity.oauth.build import build_grant_holder  # noqa: PLC0415

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
