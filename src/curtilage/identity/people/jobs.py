"""What has to be done in time: sessions and counts of attempts that are over are dropped."""

from dataclasses import dataclass
from datetime import timedelta

from curtilage.core.clock import Clock
from curtilage.core.db.engine import Database
from curtilage.core.models import TenantId
from curtilage.identity.people.service.session_sweep import SessionSweep
from curtilage.identity.people.store_ports import SessionStore
from curtilage.identity.people.throttle import FORGET_AFTER, FORGET_RARE_AFTER

SWEEP_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SignInSweep:
    """Drops what can no longer let anybody in or make anybody wait.

    Whether a session lives and whether a failure counts is judged by its age, each time: here
    apps hear of sessions that are over, and nothing else depends on it but how much is kept."""

    database: Database
    over: SessionSweep
    sessions: SessionStore
    tenant: TenantId
    clock: Clock

    async def sweep(self) -> None:
        """In short transactions: people sign in meanwhile."""
        await self.over.end_over()
        at = self.clock.now()
        async with self.database.begin() as connection:
            await self.sessions.forget_attempts(
                connection, self.tenant, rare=at - FORGET_RARE_AFTER, all_=at - FORGET_AFTER
            )
