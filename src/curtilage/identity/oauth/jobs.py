"""What has to be done in time: keys made, clients told, what is over forgotten."""

from dataclasses import dataclass
from datetime import timedelta

from curtilage.identity.oauth.service.ground import Ground
from curtilage.identity.oauth.store_ports import OnceStore

KEYS_EVERY = timedelta(minutes=10)
NOTICES_EVERY = timedelta(seconds=2)
FORGET_EVERY = timedelta(minutes=10)
KEPT_AFTER = timedelta(days=1)  # a code that is used again a day later still ends its grant


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Drops codes, requests and proofs a day after they are over."""

    ground: Ground
    once: OnceStore

    async def forget(self) -> int:
        """Gives how many rows went."""
        async with self.ground.database.begin() as connection:
            return await self.once.forget_expired(
                connection, self.ground.tenant, self.ground.now() - KEPT_AFTER
            )
