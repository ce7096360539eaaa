"""The life of policies: proposed, approved, in force, past.

Each change is written with its Event in one transaction. What is in force is
decided by the files and the settings; this keeps what they said, and when.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.consent.combine import MOST, summarise
from curtilage.consent.errors import (
    AlreadyApproved,
    AmbiguousVersion,
    NoReason,
    NotProposed,
    SecondPersonNeeded,
    UnknownVersion,
)
from curtilage.consent.models import Policy
from curtilage.consent.ports import PolicyStore, Tallies
from curtilage.consent.shadow import ShadowSummary, summarise_shadow
from curtilage.consent.versions import Activation, PastPolicy, PolicyVersion, list_past
from curtilage.consent.wire import encode_policy, parse_policy
from curtilage.core.acts import Pseudonyms, describe_act
from curtilage.core.authority import Authority
from curtilage.core.canonical import Json
from curtilage.core.clock import Clock
from curtilage.core.db import broadcast, outbox
from curtilage.core.db.engine import Database
from curtilage.core.ids import Ids
from curtilage.core.models import Event, Principal, TenantId

TOPIC = "policies"
READ, PROPOSE, APPROVE = "policy:read", "policy:propose", "policy:approve"
LONGEST_REASON = 500
SHORTEST = 6
DIGITS = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class History:
    """Versions, the newest first, and when each came into force, the oldest first."""

    versions: Sequence[PolicyVersion]
    activations: Sequence[Activation]


@dataclass(frozen=True, slots=True)
class PolicyLife:
    """The use cases around policies. `vocabulary` is all that is looked for."""

    database: Database
    store: PolicyStore
    authority: Authority
    pseudonyms: Pseudonyms
    tallies: Tallies
    vocabulary: Callable[[], Collection[str]]
    clock: Clock
    ids: Ids

    async def history(self, actor: Principal, name: str = "") -> History:
        """What is kept of one policy, or of all."""
        self.authority.require(actor, READ, tenant=actor.tenant)
        async with self.database.read() as connection:
            versions = await self.store.versions(connection, actor.tenant)
            activations = await self.store.activations(connection, actor.tenant)
        return History(
            [each for each in versions if name in ("", each.name)],
            [each for each in activations if name in ("", each.name)],
        )

    async def get(self, actor: Principal, version: str) -> PolicyVersion:
        """The one whose version begins so. Raises `UnknownVersion`, `AmbiguousVersion`."""
        self.authority.require(actor, READ, tenant=actor.tenant)
        async with self.database.read() as connection:
            return await self._get(connection, actor.tenant, version)

    async def shadow(self, actor: Principal, over: timedelta) -> list[ShadowSummary]:
        """What second policies would have done to the calls of the time until now."""
        self.authority.require(actor, READ, tenant=actor.tenant)
        since = self.clock.now() - over
        return summarise_shadow(await self.tallies.since(actor.tenant, since), since)

    async def propose(self, actor: Principal, policy: Policy, text: str, reason: str) -> str:
        """Put a version forward; gives its version. Its file must hold it to be in force."""
        self.authority.require(actor, PROPOSE, tenant=actor.tenant)
        if not reason.strip() or len(reason) > LONGEST_REASON:
            raise NoReason
        event = await self._event(actor, "policy.proposed", {"policy": policy.reference})
        version = PolicyVersion(
            policy.name, policy.version, text, event.at, author=actor.id, reason=reason.strip()
        )
        async with self.database.begin() as connection:
            known = await self._find(connection, actor.tenant, policy)
            if known is None:
                await self.store.add(connection, actor.tenant, version)
            elif known.approved_at is not None:
                raise AlreadyApproved
            else:
                taken = replace(known, author=version.author, reason=version.reason)
                await self.store.change(connection, actor.tenant, taken)
            await self._tell(connection, event)
        return policy.version

    async def approve(self, actor: Principal, version: str) -> PolicyVersion:
        """Let a proposed version come into force. Raises `SecondPersonNeeded` for its author."""
        self.authority.require(actor, APPROVE, tenant=actor.tenant)
        async with self.database.begin() as connection:
            known = await self._get(connection, actor.tenant, version)
            if known.author is None:
                raise NotProposed
            if known.author == actor.id:
                raise SecondPersonNeeded
            if known.approved_at is not None:
                raise AlreadyApproved
            event = await self._event(actor, "policy.approved", {"policy": known.reference})
            approved = replace(known, approved_by=actor.id, approved_at=event.at)
            await self.store.change(connection, actor.tenant, approved)
            await self._tell(connection, event)
        return approved

    async def take_over(self, tenant: TenantId, policy: Policy, text: str) -> bool:
        """Write down that this is in force from now on; False where it was already.

        Asks for no right: it is the product itself that saw the change. It looks before it
        asks for the database, because mostly nothing has changed."""
        async with self.database.read() as connection:
            if await self._find_last(connection, tenant) == policy.reference:
                return False
        async with self.database.begin() as connection:
            before = await self._find_last(connection, tenant)
            if before == policy.reference:
                return False
            now = self.clock.now()
            if await self._find(connection, tenant, policy) is None:
                seen = PolicyVersion(policy.name, policy.version, text, now)
                await self.store.add(connection, tenant, seen)
            activation = Activation(policy.name, policy.version, now)
            await self.store.activate(connection, tenant, activation)
            facts: dict[str, Json] = {"policy": policy.reference, "before": before}
            event = Event(self.ids.new(), now, "policy.activated", tenant, facts=facts)
            await outbox.record(connection, event)
        return True

    async def load_approved(self, tenant: TenantId) -> frozenset[str]:
        """The references of the versions that another person approved."""
        async with self.database.read() as connection:
            versions = await self.store.versions(connection, tenant)
        return frozenset(each.reference for each in versions if each.approved_at is not None)

    async def load_last(self, tenant: TenantId) -> PolicyVersion | None:
        """What was in force last; None on a first start."""
        async with self.database.read() as connection:
            activations = await self.store.activations(connection, tenant)
            if not activations:
                return None
            return await self._get(connection, tenant, activations[-1].version)

    async def load_policies(
        self, tenant: TenantId, references: Collection[str]
    ) -> Mapping[str, Policy]:
        """The policies of these references that are kept. Asks for no right: for explaining."""
        async with self.database.read() as connection:
            versions = await self.store.versions(connection, tenant)
        return {
            each.reference: parse_policy(each.text.encode(), each.name)
            for each in versions
            if each.reference in references
        }

    async def load_past(self, tenant: TenantId) -> list[PastPolicy]:
        """What older conversations are held to, the last one first; its length has a bound."""
        async with self.database.read() as connection:
            activations = await self.store.activations(connection, tenant)
            versions = await self.store.versions(connection, tenant)
        texts = {each.reference: each.text for each in versions}
        past = [
            PastPolicy(each.name, texts[each.reference], until)
            for each, until in list_past(activations)
        ]
        if len(past) <= MOST:
            return past
        return [*past[: MOST - 1], self._summary(past[MOST - 1 :])]

    def _summary(self, past: Sequence[PastPolicy]) -> PastPolicy:
        policies = [parse_policy(each.text.encode(), each.name) for each in past]
        whole = summarise(policies, self.vocabulary())
        return PastPolicy(whole.name, encode_policy(whole).decode(), past[0].until)

    async def _find_last(self, connection: AsyncConnection, tenant: TenantId) -> str:
        """The reference of what came into force last; empty on a first start."""
        activations = await self.store.activations(connection, tenant)
        return activations[-1].reference if activations else ""

    async def _find(
        self, connection: AsyncConnection, tenant: TenantId, policy: Policy
    ) -> PolicyVersion | None:
        found = await self.store.find(connection, tenant, policy.version)
        return next((each for each in found if each.name == policy.name), None)

    async def _get(
        self, connection: AsyncConnection, tenant: TenantId, version: str
    ) -> PolicyVersion:
        digits = version.rpartition("@")[2]
        if len(digits) < SHORTEST or not DIGITS.issuperset(digits):
            raise UnknownVersion
        found = await self.store.find(connection, tenant, digits)
        if len(found) > 1:
            raise AmbiguousVersion
        if not found:
            raise UnknownVersion
        return found[0]

    async def _event(self, actor: Principal, kind: str, facts: dict[str, Json]) -> Event:
        return await describe_act(
            actor, kind, facts, ids=self.ids, clock=self.clock, pseudonyms=self.pseudonyms
        )

    async def _tell(self, connection: AsyncConnection, event: Event) -> None:
        await outbox.record(connection, event)
        await broadcast.bump(connection, TOPIC)
