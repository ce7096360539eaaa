"""What both kinds of key table make of their rows."""

from collections.abc import Callable, Mapping
from typing import Any

from curtilage.core.clock import parse_instant
from curtilage.core.models import TenantId
from curtilage.vault.errors import KeyTableProblem
from curtilage.vault.models import OwnerRow
from curtilage.vault.wrap import named_context, owner_context

REWRAP: Mapping[str, tuple[str, Callable[[TenantId, Any], bytes]]] = {
    "named_key": ("name", named_context),
    "owner_key": ("lookup", owner_context),
}
"""Tables of keys that are wrapped under a tenant key: what names a row, and its context."""


def read_owner(
    tenant: TenantId,
    lookup: bytes,
    version: int | None,
    wrapped: bytes | None,
    destroyed_at: str | None,
) -> OwnerRow:
    at = None if destroyed_at is None else parse_instant(destroyed_at)
    return OwnerRow(tenant, lookup, version, wrapped, at)


def too_new() -> KeyTableProblem:
    return KeyTableProblem("The key table was made by a newer version of Curtilage than this one.")
