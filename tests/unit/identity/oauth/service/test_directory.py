"""Clients are looked up once a second, and strangers each time."""

from tests.oauth_house import OAuthHouse


async def test_what_changed_elsewhere_is_seen_within_a_second(house: OAuthHouse) -> None:
    made = await house.register()
    directory = house.oauth.endpoints.authorize.directory
    assert await directory.find(made.client.id) == made.client
    async with house.database.begin() as connection:  # as another node would
        await directory.store.revoke(
            connection, house.oauth.ground.tenant, made.client.id, house.clock.now()
        )
    assert await directory.find(made.client.id) == made.client
    house.clock.advance(1.1)
    assert await directory.find(made.client.id) is None


async def test_names_that_are_none_fill_nothing(house: OAuthHouse) -> None:
    directory = house.oauth.endpoints.authorize.directory
    for name in ("", "nobody", "x" * 256, "a\x00b", "x" * 10_000_000):
        assert await directory.find(name) is None
    assert directory.known == {}
