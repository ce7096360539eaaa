"""Leases: who may do a thing alone, for a while, over all nodes of one PostgreSQL.

A lease is a row that its holder renews; where it does not, another takes it. The
time is the database's, so clocks of nodes may differ. Every taking raises the
fence, a number that what is done under the lease must name and whoever stores
it must compare: a holder that was away too long learns there that it is one no
more, whatever its own clock told it.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Update, update

from curtilage.core.db.engine import Database
from curtilage.core.db.tables import LEASE
from curtilage.core.db.turns import server_time
from curtilage.core.errors import UnavailableError
from curtilage.core.lease import Lease

LEASE_SECONDS = 10.0
RENEW_SECONDS = 2.0
ANSWER_WITHIN = 2.0  # seconds; an answer that comes later is not waited for
# None is taken for longer: a row that ends later was written before the database's clock was set
# back, or by a server that failed over to one whose clock is behind, and would hold as long as that
LONGEST_SECONDS = 60.0
NOBODY = ""


@dataclass(frozen=True, slots=True)
class Leases:
    """Takes, renews and gives back. `holder` names the process, for who looks at the table."""

    database: Database

    async def take(self, name: str, *, holder: str, seconds: float = LEASE_SECONDS) -> Lease | None:
        """The lease, where nobody holds it now; None while another does.

        Where the clock was set back it is taken from a holder too, who learns it by the fence."""
        now = server_time()
        values = {"name": name, "holder": holder, "fence": 1, "ends_at": now + seconds}
        taking = self.database.insert(LEASE).values(values)
        taking = taking.on_conflict_do_update(
            index_elements=[LEASE.c.name],
            set_={"holder": holder, "fence": LEASE.c.fence + 1, "ends_at": now + seconds},
            where=~LEASE.c.ends_at.between(now, now + LONGEST_SECONDS),
        ).returning(LEASE.c.fence)
        async with self.database.begin() as connection:
            fence = (await connection.execute(taking)).scalar_one_or_none()
        return None if fence is None else Lease(name, holder, fence)

    async def renew(self, lease: Lease, *, seconds: float = LEASE_SECONDS) -> bool:
        """Hold on to it; False where another took it meanwhile.

        One that ended and that nobody took is still ours: its fence says so."""
        ends_at = server_time() + seconds
        async with self.database.begin() as connection:
            renewed = await connection.execute(_own(lease).values(ends_at=ends_at))
        return bool(renewed.rowcount)

    async def give_back(self, lease: Lease) -> None:
        """Let the next one have it at once; nothing happens where another has it."""
        async with self.database.begin() as connection:
            await connection.execute(_own(lease).values(ends_at=0.0, holder=NOBODY))


def _own(lease: Lease) -> Update:
    """Its row, while it has it.

    The holder counts too: a database that was put back gives fences out again."""
    return update(LEASE).where(
        LEASE.c.name == lease.name, LEASE.c.holder == lease.holder, LEASE.c.fence == lease.fence
    )


@dataclass
class HoldLease:
    """A Job: holds a lease whenever it can, on one of all nodes that run it.

    `current` is for deciding whether to begin; what is stored compares the fence."""

    leases: Leases
    of: str
    holder: str
    monotonic: Callable[[], float]
    may_hold: Callable[[], bool] = lambda: True  # else it is given back, and not taken
    name: str = "hold-lease"
    _lease: Lease | None = field(default=None, init=False)
    _until: float = field(default=0.0, init=False)

    @property
    def current(self) -> Lease | None:
        """The lease, while it cannot have ended; None where it may have."""
        return self._lease if self.monotonic() < self._until else None

    async def run(self) -> None:
        """Take and renew until cancelled. Whoever is done then gives it back."""
        while True:
            with contextlib.suppress(UnavailableError, TimeoutError):
                await self.step()
            await asyncio.sleep(RENEW_SECONDS)

    async def step(self) -> None:
        """Renew it, try to take it, or give it back. Raises an UnavailableError or TimeoutError.

        It is given back a step after it counts as held no more: what is done under it ends first."""
        if not self.may_hold():
            await self._let_go()
            return
        asked_at = self.monotonic()  # the lease begins later than this, so it ends later too
        async with asyncio.timeout(ANSWER_WITHIN):
            if self._lease is not None and not await self.leases.renew(self._lease):
                self._lease = None
            if self._lease is None:
                self._lease = await self.leases.take(self.of, holder=self.holder)
        if self._lease is not None:
            self._until = asked_at + LEASE_SECONDS

    async def _let_go(self) -> None:
        if self.current is None:
            await self.give_back()
        self._until = float("-inf")

    async def give_back(self) -> None:
        """Hold it no more, and let the next one have it at once."""
        lease, self._lease = self._lease, None
        if lease is not None:
            async with asyncio.timeout(ANSWER_WITHIN):
                await self.leases.give_back(lease)
