"""What records say of keys: counts, times and names of ours, never what somebody typed."""

from collections.abc import Sequence

from curtilage.core.canonical import Json
from curtilage.core.clock import encode_instant
from curtilage.identity.budgets import Budget
from curtilage.identity.models import ApiKey


def describe_key(key: ApiKey) -> dict[str, Json]:
    """What the record says about a key. Its name is free text and stays out."""
    return {
        "key": key.id,
        "kind": key.kind.value,
        "purposes": sorted(key.purposes),
        "rights": sorted(key.rights),
        "models": len(key.models),
        "expires_at": None if key.expires_at is None else encode_instant(key.expires_at),
        "requests_per_minute": key.requests_per_minute,
        "tokens_per_minute": key.tokens_per_minute,
        **({"owned": True} if key.owner else {}),
        **limits_of(key),
    }


def limits_of(key: ApiKey) -> dict[str, Json]:
    """Budgets and group as a record says them; a group's name is free text and stays out."""
    if not key.budgets and key.group is None:
        return {}
    return {"budgets": describe_budgets(key.budgets), "group": key.group.id if key.group else None}


def describe_budgets(budgets: Sequence[Budget]) -> Json:
    """Budgets in a record: money in millionths."""
    return [[each.measure.value, each.window.value, each.limit] for each in budgets]
