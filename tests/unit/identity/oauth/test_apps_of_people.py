"""What people allowed apps, as an administrator sees it."""

import pytest

from curtilage.core.errors import MissingRight
from curtilage.identity.oauth.errors import UnknownClient
from tests.builders import a_principal
from tests.fakes.oauth import ADA
from tests.oauth_house import ADMIN, OAuthHouse

SCOPES = "openid email"


async def test_an_app_is_told_in_words_and_ended(house: OAuthHouse) -> None:
    made = await house.register()
    agent = house.browser("cookie-ada")
    house.people.sign_in("cookie-ada", house.clock.now())
    tokens = await agent.tokens(made, scope=SCOPES)
    apps = house.oauth.apps
    assert apps.own == "/oauth2/apps"
    [app] = await apps.list_apps(ADMIN, ADA)
    assert (app.id, app.name) == (made.client.id, "Orchard notes")
    assert "See your e-mail address" in app.may
    await apps.end_app(ADMIN, ADA, app.id)
    assert await apps.list_apps(ADMIN, ADA) == []
    userinfo = await agent.http.get(
        "/oauth2/userinfo", headers={"authorization": f"Bearer {tokens['access_token']}"}
    )
    assert userinfo.status_code == 401
    with pytest.raises(UnknownClient):
        await apps.end_app(ADMIN, ADA, app.id)


async def test_it_takes_the_right(house: OAuthHouse) -> None:
    for work in (
        house.oauth.apps.list_apps(a_principal(), ADA),
        house.oauth.apps.end_app(a_principal(), ADA, "x"),
    ):
        with pytest.raises(MissingRight):
            await work
