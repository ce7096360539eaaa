"""The vault: loads keys, making them on first use, and destroys them.

The root key is read when a tenant key is loaded and not kept; persons' and
principals' keys are unwrapped for one call; tenant and scope keys are kept. All
but scope keys live in this process alone: a `LoadedScope` is made to be given
away, over the link to the gateway worker that uses it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from curtilage.core.clock import Clock
from curtilage.core.entropy import Entropy
from curtilage.core.models import PrincipalId, Scope, SubjectId, TenantId
from curtilage.vault.errors import (
    KeyDestroyed,
    KeyTableDamaged,
    RotationUnfinished,
    StaleVersion,
    UnknownKey,
    UnknownTenant,
)
from curtilage.vault.models import (
    Destruction,
    LoadedScope,
    NamedRow,
    OwnerKind,
    OwnerRow,
    Rotation,
    ScopeRow,
    TenantRow,
    VaultStatus,
)
from curtilage.vault.ports import KeyTable, RootKeys
from curtilage.vault.rotation import Rotator
from curtilage.vault.rules import choose_epoch, epoch_at, epoch_end, irrecoverable_by, is_pinned
from curtilage.vault.seal import EVENT_PARTS, derive
from curtilage.vault.settings import VaultSettings
from curtilage.vault.tenants import load_tenant_keys
from curtilage.vault.wrap import (
    make_key,
    make_tenant_id,
    named_context,
    owner_context,
    owner_lookup,
    pseudonym,
    scope_context,
    scope_lookup,
    tenant_context,
    unwrap,
    wrap,
)

LOOKUP = "lookup"  # the named key under which owners are found
SIGNING = "signing/"
SECRET = "secret/"
HELD = 10_000  # scopes kept loaded, about 1 kB each
FRESH_SECONDS = 0.25  # how long another process's destroyed key may still be used here
TRIES = 5  # a rotation of the tenant key may get between loading it and writing under it


@dataclass(slots=True)
class Vault:
    """Everything that is done with keys. Make it with `vault.build.open_vault`."""

    table: KeyTable
    roots: RootKeys
    clock: Clock
    entropy: Entropy
    settings: VaultSettings
    held: int = HELD
    _tenant: TenantId = field(default=TenantId(""), init=False)
    _tenant_keys: dict[int, bytes] = field(default_factory=dict, init=False, repr=False)
    _lookup_key: bytes = field(default=b"", init=False, repr=False)
    _loaded: OrderedDict[Scope, LoadedScope] = field(
        default_factory=OrderedDict, init=False, repr=False
    )
    _pseudonyms: OrderedDict[tuple[TenantId, OwnerKind, str], str] = field(
        default_factory=OrderedDict, init=False, repr=False
    )
    _loading: dict[Scope, asyncio.Task[LoadedScope]] = field(
        default_factory=dict, init=False, repr=False
    )
    _generation: int = field(default=0, init=False)
    _looked_at: float = field(default=float("-inf"), init=False)

    async def start(self, root_id: str) -> None:
        """Install the first keys where there are none, then load what every call needs.

        `root_id` is the root key of a first start; later the table says which."""
        await self._install(root_id)
        tenant = await self.table.find_tenant()
        if tenant is None:
            raise KeyTableDamaged
        self._tenant = tenant
        with suppress(RotationUnfinished), self.roots.alone():
            self.roots.settle(await self.table.root_id())
        self._generation = await self.table.generation()
        self._lookup_key = await self._named_key(LOOKUP)

    def tenant(self) -> TenantId:
        """This installation's tenant: opaque, made at the first start, never changed."""
        return self._tenant

    async def load_scope(self, scope: Scope) -> LoadedScope:
        """The keys of `scope`, made at its first use; the same ones in every process.

        Raises KeyDestroyed, UnknownTenant, UnknownSpan, UnavailableError."""
        await self._forget_destroyed()
        loaded = self._loaded.get(scope)
        if loaded is not None and not self._is_over(loaded):
            self._loaded.move_to_end(scope)
            return loaded
        task = self._loading.get(scope)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._load_and_keep(scope))
            self._loading[scope] = task
            task.add_done_callback(lambda done: self._end_loading(scope, done))
        return await asyncio.shield(task)

    async def has_scope(self, scope: Scope) -> bool:
        """Whether this scope has keys; makes it none. Raises KeyDestroyed, UnknownTenant."""
        kind, id = (
            (OwnerKind.PRINCIPAL, scope.principal)
            if scope.subject is None
            else (OwnerKind.PERSON, scope.subject)
        )
        owner, at = await self._owner_key(scope.tenant, kind, id)
        return bool(await self.table.find_scopes(scope.tenant, at, scope_lookup(owner, scope)))

    async def actor_pseudonym(self, tenant: TenantId, principal: PrincipalId) -> str:
        """How Events call this principal. Raises KeyDestroyed."""
        return await self._pseudonym(tenant, OwnerKind.PRINCIPAL, principal)

    async def subject_pseudonym(self, tenant: TenantId, subject: SubjectId) -> str:
        """How Events call this person. Raises KeyDestroyed."""
        return await self._pseudonym(tenant, OwnerKind.PERSON, subject)

    async def load_event_key(
        self, scope_owner: PrincipalId | SubjectId, kind: OwnerKind, *, key_id: bytes
    ) -> bytes:
        """The key for `open_event_part`, found by the `key_id` that its box tells.

        Who owned the scope must be said: the table does not know any id. Raises
        UnknownKey for a key that was destroyed or never was, or another's."""
        row = await self.table.find_scope_by_id(self._tenant, key_id)
        lookup = owner_lookup(self._lookup_key, self._tenant, kind, scope_owner)
        if row is None or row.owner != lookup:  # before a key would be made for whoever was named
            raise UnknownKey
        owner, _ = await self._owner_key(self._tenant, kind, scope_owner)
        return derive(self._unwrap_scope(owner, row)[1], EVENT_PARTS)

    async def signing_key(self, name: str) -> Ed25519PrivateKey:
        """The signing key of this name, made at its first use."""
        return Ed25519PrivateKey.from_private_bytes(await self._named_key(SIGNING + name))

    async def find_signing_key(self, name: str) -> Ed25519PrivateKey | None:
        """The signing key of this name where there is one; makes none."""
        if await self.table.find_named(self._tenant, SIGNING + name) is None:
            return None
        return await self.signing_key(name)

    async def secret(self, name: str) -> bytes:
        """32 bytes for a use of the service itself, such as binding forms; made at first use."""
        return await self._named_key(SECRET + name)

    async def find_secret(self, name: str) -> bytes | None:
        """The same where it was made already; makes none."""
        if await self.table.find_named(self._tenant, SECRET + name) is None:
            return None
        return await self.secret(name)

    async def destroy_person(
        self, tenant: TenantId, subject: SubjectId, *, principal: PrincipalId | None = None
    ) -> Destruction:
        """Destroy a person's key, and with it what it sealed; `principal` where they sign in.

        A person who signs in has a second key, as the principal who acts; only
        the caller knows that both are one. Doing it again reports the first time."""
        if principal is not None:
            await self.destroy_principal(tenant, principal)
        return await self._destroy(tenant, OwnerKind.PERSON, subject)

    async def destroy_principal(self, tenant: TenantId, principal: PrincipalId) -> Destruction:
        """Destroy the key of a service, or of a person as the one who acts."""
        return await self._destroy(tenant, OwnerKind.PRINCIPAL, principal)

    def prepare_root(self) -> str:
        """The id of the next root key, which every node must have before the rotation."""
        return Rotator(self.table, self.roots, self.entropy).prepare_root()

    async def rotate_root(self) -> Rotation:
        """A new root key; tenant keys are wrapped anew. Raises RotationUnfinished."""
        return await Rotator(self.table, self.roots, self.entropy).rotate_root()

    async def rotate_tenant(self) -> Rotation:
        """A new tenant key; every key under it is wrapped anew, the old one destroyed."""
        rotation = await Rotator(self.table, self.roots, self.entropy).rotate_tenant(self._tenant)
        self._tenant_keys.clear()
        return rotation

    async def generation(self) -> int:
        """Counts up with every destroyed key: whoever keeps a LoadedScope polls it.

        Who saw it change and asks again gets nothing that was loaded before."""
        generation = await self.table.generation()
        if generation != self._generation:
            self._generation = generation
            self._forget_loaded()
            self._loading.clear()
        return generation

    def forget(self) -> None:
        """Drop all loaded scopes and tenant keys; they are loaded again when needed."""
        self._forget_loaded()
        self._tenant_keys.clear()

    async def status(self) -> VaultStatus:
        """Counts and versions, no key material."""
        owners, destroyed, scopes = await self.table.counts(self._tenant)
        root_id, rows = await self.table.tenant_keys(self._tenant)
        return VaultStatus(self._tenant, root_id, rows[0].version, owners, destroyed, scopes)

    async def renew(self) -> None:
        """Ask the table for keys over new connections from here on: one was found to hang."""
        await self.table.renew()

    async def close(self) -> None:
        self.forget()
        await self.table.close()

    async def _install(self, root_id: str) -> None:
        root = self.roots.load(root_id)
        tenant, key, lookup = make_tenant_id(self.entropy), self._make(), self._make()
        wrapped = wrap(root.key, key, tenant_context(tenant, 1), self.entropy)
        named = wrap(key, lookup, named_context(tenant, LOOKUP), self.entropy)
        first, second = TenantRow(tenant, 1, wrapped), NamedRow(tenant, LOOKUP, 1, named)
        await self.table.install(first, second, root_id)

    def _make(self) -> bytes:
        return make_key(self.entropy)

    def _is_over(self, loaded: LoadedScope) -> bool:
        return loaded.expires_at is not None and self.clock.now() >= loaded.expires_at

    async def _forget_destroyed(self) -> None:
        """Drop what is loaded when a key was destroyed, here or in another process."""
        now = self.clock.monotonic()
        if now - self._looked_at < FRESH_SECONDS:
            return
        await self.generation()
        self._looked_at = now

    def _forget_loaded(self) -> None:
        self._loaded.clear()
        self._pseudonyms.clear()

    def _end_loading(self, scope: Scope, done: asyncio.Task[LoadedScope]) -> None:
        if self._loading.get(scope) is done:
            del self._loading[scope]
        if not done.cancelled():
            done.exception()  # every caller that waited has it; none may be left

    async def _load_and_keep(self, scope: Scope) -> LoadedScope:
        generation = self._generation
        loaded = await self._load(scope)
        if generation == self._generation:
            self._loaded[scope] = loaded
            if len(self._loaded) > self.held:
                self._loaded.popitem(last=False)
        return loaded

    async def _load(self, scope: Scope) -> LoadedScope:
        pinned = is_pinned(scope.span)
        now = epoch_at(self.clock.now())
        owner, actor = await self._owner_key(scope.tenant, OwnerKind.PRINCIPAL, scope.principal)
        actor_name, subject_name = pseudonym(owner, OwnerKind.PRINCIPAL, scope.principal), ""
        if scope.subject is not None:
            owner, actor = await self._owner_key(scope.tenant, OwnerKind.PERSON, scope.subject)
            subject_name = pseudonym(owner, OwnerKind.PERSON, scope.subject)
        current, older = await self._scope_rows(scope, owner, actor, now=now, pinned=pinned)
        return LoadedScope(
            scope=scope,
            current=self._unwrap_scope(owner, current),
            older=() if older is None else (self._unwrap_scope(owner, older),),
            actor=actor_name,
            subject=subject_name,
            key_id=current.id,
            expires_at=None if pinned else epoch_end(current.epoch),
            begun_at=current.created_at,
        )

    async def _scope_rows(
        self, scope: Scope, owner: bytes, owner_at: bytes, *, now: int, pinned: bool
    ) -> tuple[ScopeRow, ScopeRow | None]:
        """The row in use, made where it is missing, and the one of the epoch before."""
        at = scope_lookup(owner, scope)
        rows = {r.epoch: r for r in await self.table.find_scopes(scope.tenant, owner_at, at)}
        newest = max(rows, default=None)
        epoch = newest if pinned and newest is not None else choose_epoch(now, newest)
        if epoch not in rows:
            context = scope_context(scope.tenant, owner_at, at, epoch)
            wrapped = wrap(owner, self._make(), context, self.entropy)
            made = ScopeRow(
                scope.tenant, owner_at, at, epoch, self.entropy.token_bytes(16), wrapped
            )
            await self.table.add_scope(made, self.clock.now(), only=pinned)
            rows = {r.epoch: r for r in await self.table.find_scopes(scope.tenant, owner_at, at)}
        if not rows:
            raise KeyDestroyed
        if pinned:
            return rows[max(rows)], None
        return rows[epoch], rows.get(epoch - 1)

    async def _pseudonym(self, tenant: TenantId, kind: OwnerKind, id: str) -> str:
        """Kept as long as a loaded scope is: every Event asks for one."""
        await self._forget_destroyed()
        known = self._pseudonyms.get((tenant, kind, id))
        if known is not None:
            self._pseudonyms.move_to_end((tenant, kind, id))
            return known
        generation = self._generation
        key, _ = await self._owner_key(tenant, kind, id)
        made = pseudonym(key, kind, id)
        if generation == self._generation:
            self._pseudonyms[tenant, kind, id] = made
            if len(self._pseudonyms) > self.held:
                self._pseudonyms.popitem(last=False)
        return made

    def _unwrap_scope(self, owner: bytes, row: ScopeRow) -> tuple[int, bytes]:
        context = scope_context(row.tenant, row.owner, row.lookup, row.epoch)
        return row.epoch, unwrap(owner, row.wrapped, context)

    async def _owner_key(self, tenant: TenantId, kind: OwnerKind, id: str) -> tuple[bytes, bytes]:
        """The key of a person or principal, made at its first use, and where it lies."""
        if tenant != self._tenant:
            raise UnknownTenant
        lookup = owner_lookup(self._lookup_key, tenant, kind, id)
        return await self._settled(lambda: self._find_or_make_owner(lookup)), lookup

    async def _find_or_make_owner(self, lookup: bytes) -> bytes:
        context = owner_context(self._tenant, lookup)
        row = await self.table.find_owner(self._tenant, lookup)
        if row is None:
            version, wrapped = await self._wrap_new(context)
            made = OwnerRow(self._tenant, lookup, version, wrapped)
            await self.table.add_owner(made, self.clock.now())
            row = await self.table.find_owner(self._tenant, lookup)
        if row is None:
            raise KeyTableDamaged
        if row.wrapped is None or row.version is None:
            raise KeyDestroyed
        return unwrap(await self._tenant_key(row.version), row.wrapped, context)

    async def _named_key(self, name: str) -> bytes:
        return await self._settled(lambda: self._find_or_make_named(name))

    async def _find_or_make_named(self, name: str) -> bytes:
        context = named_context(self._tenant, name)
        row = await self.table.find_named(self._tenant, name)
        if row is None:
            version, wrapped = await self._wrap_new(context)
            await self.table.add_named(NamedRow(self._tenant, name, version, wrapped))
            row = await self.table.find_named(self._tenant, name)
        if row is None:
            raise KeyTableDamaged
        return unwrap(await self._tenant_key(row.version), row.wrapped, context)

    async def _wrap_new(self, context: bytes) -> tuple[int, bytes]:
        """A new key, wrapped under the newest tenant key, and which version that is."""
        _, rows = await self.table.tenant_keys(self._tenant)
        outer = await self._tenant_key(rows[0].version)
        return rows[0].version, wrap(outer, self._make(), context, self.entropy)

    async def _tenant_key(self, version: int) -> bytes:
        """Raises StaleVersion where it was retired since the row was read."""
        if version not in self._tenant_keys:
            _, self._tenant_keys = await load_tenant_keys(self.table, self.roots, self._tenant)
        if version not in self._tenant_keys:
            raise StaleVersion
        return self._tenant_keys[version]

    async def _settled(self, attempt: Callable[[], Awaitable[bytes]]) -> bytes:
        """Try again where a rotation of the tenant key came between two steps."""
        for _ in range(TRIES):
            with suppress(StaleVersion):
                return await attempt()
        raise KeyTableDamaged

    async def _destroy(self, tenant: TenantId, kind: OwnerKind, id: str) -> Destruction:
        if tenant != self._tenant:
            raise UnknownTenant
        lookup = owner_lookup(self._lookup_key, tenant, kind, id)
        now = self.clock.now()
        before = await self.table.destroy_owner(tenant, lookup, now)
        self._generation += 1
        self._looked_at = float("-inf")
        self._forget_loaded()
        since = before.destroyed_at if before is not None and before.destroyed_at else now
        residual = await self.table.drive_out(before.wrapped if before else None)
        gone, reason = irrecoverable_by(
            since, self.settings.key_backups_expire_days, is_shared=self.settings.is_shared
        )
        return Destruction(
            since, gone, reason, existed=before is not None, residual=tuple(residual)
        )
