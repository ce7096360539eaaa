"""Apps hear of each session that ends, and what they have of it ends with it."""

import pytest

from curtilage.identity.oauth.store.grants import SqlGrantStore
from tests.builders import TENANT
from tests.fakes.oauth import ADA
from tests.oauth_house import OAuthHouse

BACK = "https://app.orchard.example/back-channel"


async def live_scopes(house: OAuthHouse) -> list[bool]:
    """Of each grant that is live, whether it outlives its session."""
    async with house.database.read() as connection:
        grants = await SqlGrantStore().load_grants(connection, TENANT, person=ADA)
    return [each.outlives_session for each in grants]


@pytest.mark.requirement(33)
async def test_an_app_without_address_is_not_queued(house: OAuthHouse) -> None:
    made = await house.register()
    await house.browser().tokens(made)
    await house.end_all(ADA)
    assert await house.oauth.logout.send_due() == 0
    assert "app_sessions.ended" in await house.kinds()


@pytest.mark.requirement(33)
async def test_where_no_app_has_anything_nothing_is_recorded(house: OAuthHouse) -> None:
    before = await house.kinds()
    await house.end_all(ADA)
    assert await house.kinds() == before


@pytest.mark.requirement(33)
async def test_what_was_asked_for_to_last_stays_and_the_rest_ends(house: OAuthHouse) -> None:
    made = await house.register(backchannel_logout_uri=BACK)
    house.people.sign_in("laptop", house.clock.now())
    await house.browser("laptop").tokens(made)
    await house.browser("laptop").tokens(made, scope="openid offline_access", prompt="consent")
    assert sorted(await live_scopes(house)) == [False, True]
    await house.people.end("laptop")
    assert await live_scopes(house) == [True]
    assert await house.oauth.logout.send_due() == 1, "one token for one app, whatever it has"
    assert [address for address, _ in house.notifier.sent] == [BACK]
