"""Make, list and revoke API keys.

Each change is written with its Event in one transaction and bumps the topic
`api-keys`, so that every worker reloads its table within a second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.acts import Pseudonyms, describe_act
from curtilage.core.authority import Authority
from curtilage.core.canonical import Json
from curtilage.core.clock import Clock
from curtilage.core.db import broadcast, outbox
from curtilage.core.db.engine import Database
from curtilage.core.entropy import Entropy
from curtilage.core.ids import Ids
from curtilage.core.models import (
    Event,
    Principal,
    PrincipalId,
    PurposeKey,
    TenantId,
)
from curtilage.core.words import say
from curtilage.detect.catalogue import load_catalogue
from curtilage.identity.budgets import Budget, verify_budgets
from curtilage.identity.errors import UnacceptableKey, UnknownGroup, UnknownKeyId
from curtilage.identity.key_facts import describe_key, limits_of
from curtilage.identity.models import (
    MANAGE_KEYS,
    RESTORE_SOME,
    ApiKey,
    KeyGroup,
    KeyRequest,
    KeyTable,
)
from curtilage.identity.ports import BudgetStore, KeyStore, KnownPurposes, Owners
from curtilage.identity.rules import (
    find_expiry,
    succeed,
    verify_key_request,
    verify_may_give,
)
from curtilage.identity.wire.apikey import mint_api_key

__all__ = ["OVERLAP", "TOPIC", "CreatedKey", "KeyRequest", "KeyService"]

TOPIC = "api-keys"
OVERLAP = timedelta(hours=24)
LONGEST_OVERLAP = timedelta(days=30)
MOST_LISTED = 200  # and one: whoever shows them asks whether there are more


@dataclass(frozen=True, slots=True)
class CreatedKey:
    """A new key. `text` is shown once and kept nowhere."""

    key: ApiKey
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyService:
    """The use cases of API keys."""

    database: Database
    store: KeyStore
    groups: BudgetStore
    authority: Authority
    pseudonyms: Pseudonyms
    known_purposes: KnownPurposes
    owners: Owners
    clock: Clock
    ids: Ids
    entropy: Entropy

    async def create(self, actor: Principal, request: KeyRequest) -> CreatedKey:
        """Make a key. Raises `UnacceptableKey`, or a DeniedError."""
        self.authority.require(actor, MANAGE_KEYS, tenant=actor.tenant)
        verify_may_give(request.rights, held=self.authority.list_held(actor))
        self._refuse_unknown_purposes(request.purposes)
        _refuse_unknown_data(request.rights)
        minted = mint_api_key(self.entropy)
        group = await self._find_group(actor.tenant, request.group)
        key = replace(self._fill(actor.tenant, request, minted.digest), group=group)
        event = await self._event(actor, "api_key.created", describe_key(key))
        async with self.database.begin() as connection:
            await self._require_owner(connection, key)
            if request.principal is not None:
                known = await self.store.load(connection, actor.tenant)
                key = _inherit(key, known)
            await self.store.insert(connection, actor.tenant, key)
            await outbox.record(connection, event)
            await broadcast.bump(connection, TOPIC)
        return CreatedKey(key, minted.text)

    async def limit(
        self, actor: Principal, key_id: str, *, budgets: Sequence[Budget], group: str
    ) -> ApiKey:
        """Put other budgets, and another group, in place of a key's own.

        What was taken of a budget that stays counts on. Raises `UnknownKeyId`,
        `UnknownGroup` or `UnacceptableBudget`."""
        self.authority.require(actor, MANAGE_KEYS, tenant=actor.tenant)
        wanted, shared = verify_budgets(budgets), await self._find_group(actor.tenant, group)
        async with self.database.begin() as connection:
            key = await self.store.find(connection, actor.tenant, key_id)
            if key is None:
                raise UnknownKeyId
            key = replace(key, budgets=wanted, group=shared)
            await self.store.limit(connection, actor.tenant, key)
            event = await self._event(actor, "api_key.limited", {"key": key_id, **limits_of(key)})
            await outbox.record(connection, event)
            await broadcast.bump(connection, TOPIC)
        return key

    async def rotate(
        self, actor: Principal, key_id: str, *, overlap: timedelta = OVERLAP
    ) -> CreatedKey:
        """Make the key that replaces one, which ends after `overlap`, at most 30 days.

        Both are of one line: what is counted of budgets and limits is counted once. Raises
        `UnknownKeyId`, `UnacceptableKey` for one that has ended, or a DeniedError for one with
        rights that the actor does not hold: its text would be theirs to use."""
        self.authority.require(actor, MANAGE_KEYS, tenant=actor.tenant)
        minted, at = mint_api_key(self.entropy), self.clock.now()
        ends = at + min(overlap, LONGEST_OVERLAP)
        async with self.database.begin() as connection:
            old = await self.store.find(connection, actor.tenant, key_id)
            if old is None:
                raise UnknownKeyId
            verify_may_give(old.rights, held=self.authority.list_held(actor))
            await self._require_owner(connection, old)
            key = succeed(old, id=self.ids.new(), digest=minted.digest, at=at)
            if old.expires_at is None or ends < old.expires_at:
                await self.store.expire(connection, actor.tenant, old.id, ends)
            await self.store.insert(connection, actor.tenant, key)
            facts = {
                **describe_key(key),
                "before": old.id,
                "overlap": int((ends - at).total_seconds()),
            }
            await outbox.record(connection, await self._event(actor, "api_key.rotated", facts))
            await broadcast.bump(connection, TOPIC)
        return CreatedKey(key, minted.text)

    async def end_all(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int:
        """End the keys of somebody, in the caller's transaction: `people.ports.Holder`."""
        ended = await self.store.revoke_of(connection, tenant, person, self.clock.now())
        if ended:
            await broadcast.bump(connection, TOPIC)
        return ended

    async def judge_anew(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> None:
        """Nothing: what a key may do is written on it, and no role of its owner adds to it."""

    async def note_uses(self, tenant: TenantId, uses: Mapping[str, datetime]) -> None:
        """Keep when keys were used last. No worker has to be told of it."""
        async with self.database.begin() as connection:
            for key_id, at in sorted(uses.items()):  # in one order, so that no two wait in a ring
                await self.store.note_use(connection, tenant, key_id, at)

    async def _require_owner(self, connection: AsyncConnection, key: ApiKey) -> None:
        owner = key.owner
        if owner is None or await self.owners.hold_active(connection, key.tenant, owner):
            return
        raise UnacceptableKey(
            say("Nobody who can own a key has this id; expected an active account.")
        )

    async def list(self, actor: Principal) -> Sequence[ApiKey]:
        """All keys of the tenant, the oldest first, revoked ones too."""
        self.authority.require(actor, MANAGE_KEYS, tenant=actor.tenant)
        async with self.database.read() as connection:
            return await self.store.load(connection, actor.tenant)

    async def page(
        self, actor: Principal, *, before: str = "", limit: int = 50
    ) -> Sequence[ApiKey]:
        """Keys, the newest first, those older than `before`; at most 200."""
        self.authority.require(actor, MANAGE_KEYS, tenant=actor.tenant)
        async with self.database.read() as connection:
            return await self.store.page(
                connection, actor.tenant, before=before, limit=min(limit, MOST_LISTED + 1)
            )

    async def get(self, actor: Principal, key_id: str) -> ApiKey:
        """One key. Raises `UnknownKeyId`."""
        self.authority.require(actor, MANAGE_KEYS, tenant=actor.tenant)
        async with self.database.read() as connection:
            key = await self.store.find(connection, actor.tenant, key_id)
        if key is None:
            raise UnknownKeyId
        return key

    async def revoke(self, actor: Principal, key_id: str) -> ApiKey:
        """Make a key worthless. Revoking again changes nothing and is no error."""
        self.authority.require(actor, MANAGE_KEYS, tenant=actor.tenant)
        event = await self._event(actor, "api_key.revoked", {"key": key_id})
        async with self.database.begin() as connection:
            changed = await self.store.revoke(connection, actor.tenant, key_id, event.at)
            key = await self.store.find(connection, actor.tenant, key_id)
            if key is None:
                raise UnknownKeyId
            if changed:
                await outbox.record(connection, event)
                await broadcast.bump(connection, TOPIC)
        return key

    async def load_table(self, tenant: TenantId) -> KeyTable:
        """What the gateway looks keys up in. Asks for no right: it is the product itself."""
        async with self.database.read() as connection:
            return KeyTable(await self.store.load(connection, tenant))

    async def _find_group(self, tenant: TenantId, name: str) -> KeyGroup | None:
        if not name:
            return None
        async with self.database.read() as connection:
            for group in await self.groups.load_groups(connection, tenant):
                if group.name == name:
                    return group
        raise UnknownGroup

    def _refuse_unknown_purposes(self, purposes: frozenset[PurposeKey]) -> None:
        if not purposes <= self.known_purposes():
            raise UnacceptableKey(
                say("The policy does not know one of the purposes."),
                hint="`curtilage policy show` prints the purposes of each policy.",
            )

    def _fill(self, tenant: TenantId, request: KeyRequest, digest: bytes) -> ApiKey:
        at = self.clock.now()
        key = ApiKey(
            id=self.ids.new(),
            tenant=tenant,
            principal=request.principal or PrincipalId(self.ids.new()),
            name=request.name,
            digest=digest,
            created_at=at,
            kind=request.kind,
            purposes=request.purposes,
            rights=request.rights,
            models=request.models,
            expires_at=find_expiry(request.expires_in, at=at),
            requests_per_minute=request.requests_per_minute,
            tokens_per_minute=request.tokens_per_minute,
            budgets=verify_budgets(request.budgets),
            owner=request.owner,
        )
        return verify_key_request(key, at=at)

    async def _event(self, actor: Principal, kind: str, facts: dict[str, Json]) -> Event:
        return await describe_act(
            actor, kind, facts, ids=self.ids, clock=self.clock, pseudonyms=self.pseudonyms
        )


def _refuse_unknown_data(rights: frozenset[str]) -> None:
    """A right to get back what nothing looks for is a misspelt one."""
    wanted = {right.removeprefix(RESTORE_SOME) for right in rights if RESTORE_SOME in right}
    if wanted and not wanted <= _known_data():
        raise UnacceptableKey(
            say("A right names data that nothing looks for; expected a type or a category."),
            hint="docs/reference/detectors.md lists every type with its category.",
        )


def _known_data() -> set[str]:
    """Every type, and every category and beginning of one."""
    known = set()
    for name, kind in load_catalogue().kinds.items():
        parts = kind.category.split(".")
        known.update({name, *(".".join(parts[:count]) for count in range(1, len(parts) + 1))})
    return known


def _inherit(key: ApiKey, known: Sequence[ApiKey]) -> ApiKey:
    """The key of a principal that already has one is of the same kind."""
    for other in known:
        if other.principal == key.principal:
            return replace(key, kind=other.kind)
    raise UnacceptableKey(say("Nobody has a key under this principal; leave it out for a new one."))
