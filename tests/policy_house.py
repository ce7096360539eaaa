"""The life of policies on a database of its own, with everything else fixed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from curtilage.consent.build import build_life
from curtilage.consent.models import Policy
from curtilage.consent.service import PolicyLife
from curtilage.consent.shadow import Tally
from curtilage.consent.wire import encode_policy, parse_policy
from curtilage.core.authority import Authority
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.models import Event, PrincipalId, TenantId
from tests.builders import TENANT
from tests.fakes import FixedClock, FixedIds
from tests.fakes.pseudonyms import FixedPseudonyms
from tests.identity_house import ADMIN

OTHER = replace(ADMIN, id=PrincipalId("admin-ada"))
VOCABULARY = ("user.contact.email:EMAIL_ADDRESS", "user.financial.card:CREDIT_CARD")
WRITTEN = 'format = 1\ntitle = "Mine"\ndefault = "{}"\n[purposes.assist]\ntitle = "Answer"\n'


def a_text(default: str = "token", more: str = "") -> str:
    return WRITTEN.format(default) + more


def a_written_policy(text: str, name: str = "mine") -> Policy:
    return parse_policy(text.encode(), name)


def numbered(number: int) -> Policy:
    """One of many policies, each with a version of its own."""
    policy = a_written_policy(a_text())
    return replace(policy, refused_destinations=frozenset({f"place-{number}"}))


COUNTED = (
    Tally("new@1f2e3d4c5b6a7988", "assist", "", "calls", 40),
    Tally("new@1f2e3d4c5b6a7988", "assist", "", "refused", 2),
    Tally("new@1f2e3d4c5b6a7988", "assist", "EMAIL_ADDRESS", "looser", 3),
)


@dataclass
class FixedTallies:
    """The same counts for every time; keeps which was asked for."""

    counted: Sequence[Tally] = COUNTED
    asked: list[datetime] = field(default_factory=list)

    async def since(self, tenant: TenantId, at: datetime) -> Sequence[Tally]:
        self.asked.append(at)
        return self.counted if tenant == TENANT else ()


@dataclass(frozen=True, slots=True)
class PolicyHouse:
    """The use cases, and what a test looks at besides."""

    life: PolicyLife
    database: Database
    clock: FixedClock
    pseudonyms: FixedPseudonyms

    async def events(self) -> Sequence[Event]:
        async with self.database.read() as connection:
            return [item.event for item in await outbox.read_batch(connection, 1000)]

    async def take_over(self, text: str, name: str = "mine") -> Policy:
        policy = a_written_policy(text, name)
        await self.life.take_over(TENANT, policy, text)
        return policy

    async def take_over_many(self, count: int) -> list[Policy]:
        """Each is in force for an hour."""
        policies = [numbered(number) for number in range(count)]
        for policy in policies:
            await self.life.take_over(TENANT, policy, encode_policy(policy).decode())
            self.clock.advance(3600)
        return policies


def a_policy_house(database: Database) -> PolicyHouse:
    clock, pseudonyms = FixedClock(), FixedPseudonyms()
    life = build_life(
        database,
        Authority(),
        pseudonyms,
        FixedTallies(),
        vocabulary=lambda: VOCABULARY,
        clock=clock,
        ids=FixedIds(),
    )
    return PolicyHouse(life, database, clock, pseudonyms)
