"""What is seen once cannot be confused with anything else."""

from datetime import timedelta

import pytest

from curtilage.identity.oauth.errors import RequestRefused
from curtilage.identity.oauth.service.ground import Once, once_digest, see_once
from curtilage.identity.oauth.store.upkeep import SqlOnceStore
from tests.oauth_house import ISSUER, OAuthHouse


def test_parts_do_not_run_into_each_other() -> None:
    made = {
        once_digest("a", "b", "c"),
        once_digest("a", "bc"),
        once_digest("ab", "c"),
        once_digest("a", "1:b", "c"),
        once_digest("a", "", "bc"),
        once_digest("a"),
    }
    assert len(made) == 6
    assert {len(each) for each in made} == {32}


@pytest.mark.requirement(14, 22)
async def test_a_proof_is_taken_once(house: OAuthHouse) -> None:
    once = (Once(once_digest("a"), house.clock.now() + timedelta(minutes=1)),)
    tenant = house.oauth.ground.tenant
    async with house.database.begin() as connection:
        await see_once(SqlOnceStore(), connection, tenant, once)
    with pytest.raises(RequestRefused):
        async with house.database.begin() as connection:
            await see_once(SqlOnceStore(), connection, tenant, once)


def test_addresses_come_from_the_issuer(house: OAuthHouse) -> None:
    assert house.oauth.ground.url_of("token") == f"{ISSUER}/oauth2/token"
