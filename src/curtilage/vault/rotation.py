"""Rotation: wrap keys anew under a fresh outer key. Data is never encrypted again.

Each can stop at any instant and be started again: every key is wrapped under
the old or the new outer key, both are there until nothing needs the old one,
and every row says which it is.
"""

from dataclasses import dataclass

from curtilage.core.entropy import Entropy
from curtilage.core.models import TenantId
from curtilage.vault.errors import RotationUnfinished
from curtilage.vault.models import RootKey, Rotation, TenantRow
from curtilage.vault.ports import KeyTable, RootKeys
from curtilage.vault.tenants import load_tenant_keys
from curtilage.vault.wrap import (
    make_key,
    make_root_key,
    tenant_context,
    unwrap,
    unwrap_tenant,
    wrap,
)

BATCH = 500  # keys in one transaction, about 50 ms: others wait no longer


@dataclass(frozen=True, slots=True)
class Rotator:
    """Rotates the root key and tenant keys."""

    table: KeyTable
    roots: RootKeys
    entropy: Entropy

    async def rotate_root(self) -> Rotation:
        """Make a new root key, wrap the tenant keys under it, let the old one go.

        The table changes in one transaction and names its root key; the file
        follows. A crash between the two is settled at the next start."""
        with self.roots.alone():
            old_id = await self.table.root_id()
            self.roots.settle(old_id)
            old = self.roots.load(old_id)
            new = self.roots.choose_next(self._make_root)

            def rewrap(row: TenantRow) -> bytes:
                key = unwrap_tenant(old, row)
                return wrap(new.key, key, tenant_context(row.tenant, row.version), self.entropy)

            rewrapped = await self.table.change_root(old.id, new.id, rewrap)
            self.roots.settle(new.id)
        return Rotation(new.id, rewrapped)

    def prepare_root(self) -> str:
        """Keep the next root key beside the one in use; gives its id."""
        with self.roots.alone():
            return self.roots.prepare(self._make_root).id

    def _make_root(self) -> RootKey:
        return make_root_key(make_key(self.entropy))

    async def rotate_tenant(self, tenant: TenantId) -> Rotation:
        """Make the next version of the tenant key and destroy the ones before it.

        What was wrapped under an old version, and lies in an old copy of the key
        table, opens no more with what is left here."""
        version, keys = await self._add_version(tenant)

        def rewrap(context: bytes, old: int, wrapped: bytes) -> bytes:
            return wrap(keys[version], unwrap(keys[old], wrapped, context), context, self.entropy)

        rewrapped = 0
        while True:
            done = await self.table.rewrap(tenant, version, BATCH, rewrap)
            rewrapped += done
            if done == 0 and await self.table.retire(tenant, version):
                return Rotation(str(version), rewrapped)

    async def _add_version(self, tenant: TenantId) -> tuple[int, dict[int, bytes]]:
        """The next version, ours or one that another rotation just made, with all keys."""
        root_id, keys = await load_tenant_keys(self.table, self.roots, tenant)
        version = max(keys) + 1
        context = tenant_context(tenant, version)
        outer = self.roots.load(root_id).key
        wrapped = wrap(outer, make_key(self.entropy), context, self.entropy)
        await self.table.add_tenant_key(TenantRow(tenant, version, wrapped), root_id)
        _, keys = await load_tenant_keys(self.table, self.roots, tenant)
        if version not in keys:
            raise RotationUnfinished
        return version, keys
