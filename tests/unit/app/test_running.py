"""Jobs run beside each other, and one that fails runs again."""

import asyncio

import pytest

from curtilage.app.running import JOB_PAUSE, running
from curtilage.core.errors import UnavailableError


class Failing:
    """A job that fails as told, and counts."""

    name = "failing"

    def __init__(self, problem: Exception) -> None:
        self.problem, self.runs, self.again = problem, 0, asyncio.Event()

    async def run(self) -> None:
        self.runs += 1
        if self.runs > 1:
            self.again.set()
            await asyncio.Event().wait()
        raise self.problem


@pytest.mark.parametrize("problem", [UnavailableError(), RuntimeError("ada@orchard.example")])
async def test_a_job_that_failed_runs_again(
    problem: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    job = Failing(problem)
    async with running([job]):
        await asyncio.wait_for(job.again.wait(), 20 * JOB_PAUSE)
    assert caplog.records[0].__dict__["role"] == "failing"
    assert "ada@" not in caplog.records[0].getMessage()
