"""Jobs go on whatever fails."""

import asyncio
from datetime import timedelta

import pytest

from curtilage.core.errors import UnavailableError
from curtilage.identity.jobs import Repeated


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
