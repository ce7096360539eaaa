"""Which of all nodes does what is done once for the installation.

The node that holds one lease leads: it runs the jobs that would be done twice by two
nodes, and stops them when it may no longer hold the lease. Another takes the lease
once it ended, so after a node died those jobs rest for some seconds and no more. The
leader signs the ledger as well: one that cannot, gives the lease back.
Where the store is a file there is one node, and it needs no lease.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from curtilage.core.db.engine import Database
from curtilage.core.db.leases import HoldLease, Leases
from curtilage.core.errors import UnavailableError
from curtilage.core.lease import Lease
from curtilage.core.slice import Job

LEADER = "leader"
LOOK = 0.1  # seconds between two looks at the lease, in which a led job goes on at most
log = logging.getLogger(__name__)


class LeaseJob(Protocol):
    """A Job that holds a lease while it can."""

    @property
    def name(self) -> str: ...

    @property
    def current(self) -> Lease | None: ...

    async def run(self) -> None: ...

    async def step(self) -> None: ...

    async def give_back(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Leadership:
    """`lease_job` is None where there is one node only."""

    lease_job: LeaseJob | None = None

    @property
    def is_leading(self) -> bool:
        return self.lease_job is None or self.lease_job.current is not None

    @property
    def lease(self) -> Lease | None:
        """What this node leads by, for whoever stores it to compare; None where it leads not."""
        return None if self.lease_job is None else self.lease_job.current

    async def stand(self) -> None:
        """Lead at once where nobody does, so that a first start finds its node leading."""
        if self.lease_job is not None:
            try:
                await self.lease_job.step()
            except (UnavailableError, TimeoutError):
                log.warning("not leading yet", extra={"event": "leader.unknown"})

    async def resign(self) -> None:
        """Let another node lead at once: the last thing, once this one has signed what is left."""
        if self.lease_job is not None:
            with contextlib.suppress(UnavailableError, TimeoutError):
                await self.lease_job.give_back()

    def led(self, jobs: Sequence[Job]) -> Sequence[Job]:
        """`jobs` as every node may run them: each works on the node that leads."""
        if self.lease_job is None:
            return jobs
        return [self.lease_job, *(LedJob(job, lambda: self.is_leading) for job in jobs)]


@dataclass(frozen=True, slots=True)
class LedJob:
    """A Job that works while this node leads, and stands by while it does not."""

    job: Job
    is_leading: Callable[[], bool]

    @property
    def name(self) -> str:
        return self.job.name

    async def run(self) -> None:
        while True:
            await self._stand_by()
            await self._lead()

    async def _stand_by(self) -> None:
        while not self.is_leading():  # noqa: ASYNC110  # a lease ends by the clock, which tells nobody
            await asyncio.sleep(LOOK)

    async def _lead(self) -> None:
        """Run the job; what ends it but the loss of the lease is passed on."""
        working = asyncio.create_task(self.job.run(), name=self.job.name)
        try:
            while self.is_leading():
                done, _ = await asyncio.wait({working}, timeout=LOOK)
                if done:
                    return working.result()
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class AtTakeover:
    """A Job: does one thing whenever this node begins to lead."""

    name: str
    act: Callable[[], Awaitable[object]]

    async def run(self) -> None:
        await self.act()
        await asyncio.Event().wait()


def build_leadership(
    database: Database,
    *,
    holder: str,
    monotonic: Callable[[], float],
    may_lead: Callable[[], bool] = lambda: True,
) -> Leadership:
    """`holder` names this process in the table of leases, for who looks there.

    A node that leads and `may_lead` no more lets another have the lease at once."""
    if database.dialect == "sqlite":
        return Leadership()
    return Leadership(
        HoldLease(Leases(database), LEADER, holder, monotonic, may_lead, name="hold-leadership")
    )
