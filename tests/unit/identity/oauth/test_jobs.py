"""What is over is forgotten."""

from curtilage.identity.oauth.jobs import KEPT_AFTER
from tests.oauth_house import OAuthHouse


async def test_codes_requests_and_proofs_go_a_day_after_they_are_over(house: OAuthHouse) -> None:
    made = await house.register()
    await house.browser().tokens(made)
    forgetting = house.oauth.forgetting
    house.clock.advance(KEPT_AFTER)
    assert await forgetting.forget() == 0
    house.clock.advance(3600)
    assert await forgetting.forget() == 2  # the code and the request
    assert await forgetting.forget() == 0


def test_the_slice_hands_in_its_jobs(house: OAuthHouse) -> None:
    names = [job.name for job in house.oauth.as_slice().jobs]
    assert names == ["oauth.keys", "oauth.notices", "oauth.forget"]
