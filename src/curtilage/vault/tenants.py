"""Loads tenant keys: rows of the table, opened with the root key outside it."""

from curtilage.core.models import TenantId
from curtilage.vault.errors import RootKeyProblem
from curtilage.vault.ports import KeyTable, RootKeys
from curtilage.vault.wrap import unwrap_tenant


async def load_tenant_keys(
    table: KeyTable, roots: RootKeys, tenant: TenantId
) -> tuple[str, dict[int, bytes]]:
    """The id of the root key, and every version of the tenant key.

    Between reading the table and reading the root key a rotation may end, and
    the root key that the rows were read under be gone: then both are read again."""
    root_id, rows = await table.tenant_keys(tenant)
    try:
        root = roots.load(root_id)
    except RootKeyProblem:
        before = root_id
        root_id, rows = await table.tenant_keys(tenant)
        if root_id == before:
            raise
        root = roots.load(root_id)
    return root_id, {row.version: unwrap_tenant(root, row) for row in rows}
