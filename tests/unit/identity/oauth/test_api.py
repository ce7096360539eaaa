"""The main road: a request, a person, a code, tokens."""

import pytest

from tests.oauth_house import OAuthHouse, answered


@pytest.mark.requirement(3, 5, 9, 28)
async def test_a_person_allows_an_app_and_it_gets_tokens(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    page = await browser.authorize(made.client.id)
    assert page.status_code == 200
    assert "Orchard notes" in page.text
    answer = answered(await browser.allow(page))
    assert answer["state"] == "state-1"
    assert answer["iss"] == house.oauth.ground.settings.issuer
    tokens = (await browser.exchange(made, answer["code"])).json()
    assert tokens["token_type"] == "Bearer"
    assert tokens["scope"] == "openid profile email"
    assert await house.kinds() == [
        "signing_key.made",
        "oauth_client.registered",
        "authorization.granted",
        "token.issued",
    ]
