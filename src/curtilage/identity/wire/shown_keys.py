"""Keys and groups as JSON: the same on the command line and in the management API.

Nothing here opens anything: no key, no hash of one. Where what is taken of budgets is known
too, the command line puts that in place of `budgets`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from curtilage.core.clock import encode_instant
from curtilage.identity.budgets import Budget, format_amount
from curtilage.identity.models import ApiKey, KeyGroup
from curtilage.identity.rules import state_of


def encode_key(key: ApiKey, at: datetime) -> dict[str, Any]:
    """A key, without the key."""
    return {
        "id": key.id,
        "name": key.name,
        "state": state_of(key, at=at),
        "principal": key.principal,
        "kind": key.kind.value,
        "owner": key.owner,
        "purposes": sorted(key.purposes),
        "rights": sorted(key.rights),
        "models": sorted(key.models),
        "requests_per_minute": key.requests_per_minute,
        "tokens_per_minute": key.tokens_per_minute,
        "budgets": encode_budgets(key.budgets),
        "group": key.group.name if key.group else None,
        "created_at": encode_instant(key.created_at),
        "expires_at": _encode_optional(key.expires_at),
        "revoked_at": _encode_optional(key.revoked_at),
        "last_used_at": _encode_optional(key.last_used_at),
    }


def encode_group(group: KeyGroup) -> dict[str, Any]:
    """A group of keys."""
    return {
        "id": group.id,
        "name": group.name,
        "budgets": encode_budgets(group.budgets),
        "created_at": encode_instant(group.created_at),
    }


def encode_budgets(budgets: Sequence[Budget]) -> list[dict[str, str]]:
    """Budgets, with decimals for money, so that no reader rounds them."""
    return [
        {
            "measure": each.measure.value,
            "window": each.window.value,
            "limit": format_amount(each.measure, each.limit),
        }
        for each in budgets
    ]


def _encode_optional(at: datetime | None) -> str | None:
    return None if at is None else encode_instant(at)
