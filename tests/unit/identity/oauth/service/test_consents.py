"""What people allowed: asked once, seen, narrowed, taken back."""

import pytest

from curtilage.identity.oauth.build import build_app_eraser
from curtilage.identity.oauth.errors import UnknownClient
from tests.builders import TENANT
from tests.fakes.oauth import ADA, BEN
from tests.oauth_house import OAuthHouse, answered, token_of

pytestmark = pytest.mark.requirement(28)


async def test_a_person_is_asked_once_and_again_for_more(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    await browser.tokens(made, scope="openid email")
    assert answered(await browser.authorize(made.client.id, scope="email openid"))["code"]
    page = await browser.authorize(made.client.id, scope="openid email profile")
    assert page.status_code == 200
    assert "See your name" in page.text


async def test_the_page_has_two_equal_buttons_and_says_where_it_leads(house: OAuthHouse) -> None:
    made = await house.register()
    page = await house.browser().authorize(made.client.id, scope="openid offline_access")
    assert page.text.count('<button class="button" name="decision"') == 2
    assert "app.orchard.example" in page.text
    assert "also after you sign out" in page.text
    assert "You are signed in as <strong>Ada</strong>" in page.text
    policy = page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://app.orchard.example;" in policy
    assert page.headers["referrer-policy"] == "no-referrer"


async def test_a_person_takes_everything_back(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    token = (await browser.tokens(made))["refresh_token"]
    page = await browser.http.get("/oauth2/apps")
    assert "Orchard notes" in page.text
    form = {"_csrf": token_of(page), "client": made.client.id}
    await browser.http.post("/oauth2/apps/revoke", data=form)
    assert (await browser.refresh(made, token)).status_code == 400
    assert "No app has access" in (await browser.http.get("/oauth2/apps")).text
    assert (await browser.authorize(made.client.id)).status_code == 200
    assert "app_access.revoked" in await house.kinds()


async def test_a_person_leaves_an_app_less(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    token = (await browser.tokens(made))["refresh_token"]
    page = await browser.http.get("/oauth2/apps")
    form = {"_csrf": token_of(page), "client": made.client.id, "scope:openid": "1"}
    await browser.http.post("/oauth2/apps/narrow", data=form)
    (left,) = await house.oauth.consents.list(ADA)
    assert left.consent.scopes == {"openid"}
    assert (await browser.refresh(made, token)).status_code == 400  # nothing wider lives on


async def test_nobody_reaches_what_is_anothers(house: OAuthHouse) -> None:
    made = await house.register()
    await house.browser().tokens(made)
    assert await house.oauth.consents.list(BEN) == []
    with pytest.raises(UnknownClient):
        await house.oauth.consents.revoke(BEN, made.client.id)
    with pytest.raises(UnknownClient):
        await house.oauth.consents.narrow(BEN, made.client.id, keeps=frozenset())
    assert (await house.browser().http.get("/oauth2/apps")).status_code == 303


async def test_a_trusted_app_asks_nothing(house: OAuthHouse) -> None:
    made = await house.register(is_first_party=True)
    assert answered(await house.browser().authorize(made.client.id))["code"]


async def test_an_app_on_the_persons_own_machine_is_warned_of(house: OAuthHouse) -> None:
    made = await house.register(redirect_uris=("http://127.0.0.1/cb",))
    page = await house.browser().authorize(made.client.id, redirect_uri="http://127.0.0.1:7/cb")
    assert "your own computer" in page.text


async def test_claims_asked_by_name_are_asked_of_the_person_too(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    claims = '{"userinfo":{"email":null}}'
    page = await browser.authorize(made.client.id, scope="openid", claims=claims)
    assert "See your e-mail address" in page.text
    await browser.allow(page)
    assert answered(await browser.authorize(made.client.id, scope="openid", claims=claims))["code"]
    page = await browser.authorize(
        made.client.id, scope="openid", claims='{"id_token":{"name":null}}'
    )
    assert "See your name" in page.text


async def test_who_is_erased_leaves_nothing(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    token = (await browser.tokens(made))["refresh_token"]
    eraser = build_app_eraser()
    async with house.database.begin() as connection:
        assert await eraser.erase(connection, TENANT, ADA) == 2
    assert await house.oauth.consents.list(ADA) == []
    assert (await browser.refresh(made, token)).status_code == 400
    async with house.database.begin() as connection:
        assert await eraser.erase(connection, TENANT, ADA) == 0
