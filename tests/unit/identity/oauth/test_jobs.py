"""Jobs go on whatever fails, and what is over is forgotten."""

import asyncio
from datetime import timedelta

import pytest

from curtilage.core.errors import UnavailableError
from curtilage.identity.oauth.jobs import KEPT_AFTER, Repeated
from tests.oauth_house import OAuthHouse


async def test_a_job_goes_on_after_a_failure() -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(len(done))
        if len(done) == 1:
            raise UnavailableError

    job = Repeated("sweep", work, timedelta(milliseconds=1))
    running = asyncio.create_task(job.run())
    while len(done) < 3:
        await asyncio.sleep(0.001)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


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
