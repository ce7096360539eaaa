"""Tokens of ours are read as what they are, and no kind as another."""

import pytest

from curtilage.identity.oauth.errors import TokenRefused
from curtilage.identity.oauth.service.minting import grant_of
from curtilage.identity.wire.errors import JoseRefused
from tests.oauth_house import ISSUER, OAuthHouse


@pytest.mark.requirement(9, 36)
async def test_no_kind_of_token_is_taken_for_another(house: OAuthHouse) -> None:
    made = await house.register()
    tokens = await house.browser().tokens(made)
    minter = house.oauth.minter
    logout = await minter.logout_token(made.client, subject="person-ada", session="s")
    access, identity = tokens["access_token"], tokens["id_token"]
    assert (await minter.verify_access_token(access)).subject == "person-ada"
    assert (await minter.verify_hint(identity))["sub"] == "person-ada"
    for wrong in (identity, logout, access[:-4] + "AAAA", ""):
        with pytest.raises(TokenRefused):
            await minter.verify_access_token(wrong)
    for wrong in (access, logout):
        with pytest.raises(JoseRefused):
            await minter.verify_hint(wrong)


@pytest.mark.requirement(9)
async def test_an_access_token_ends_and_a_hint_does_not(house: OAuthHouse) -> None:
    made = await house.register()
    tokens = await house.browser().tokens(made)
    house.clock.advance(600)
    with pytest.raises(TokenRefused):
        await house.oauth.minter.verify_access_token(tokens["access_token"])
    assert (await house.oauth.minter.verify_hint(tokens["id_token"]))["iss"] == ISSUER


async def test_a_token_knows_its_grant(house: OAuthHouse) -> None:
    made = await house.register()
    browser, minter = house.browser(), house.oauth.minter
    access = await minter.verify_access_token((await browser.tokens(made))["access_token"])
    assert grant_of(access)
    own = (await browser.token(made, grant_type="client_credentials", scope="files:read")).json()
    assert grant_of(await minter.verify_access_token(own["access_token"])) == ""
