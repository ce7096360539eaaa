"""What goes over the link, as plain data and back: scopes and their keys, budgets, groups."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.models import PrincipalId, Scope, SubjectId, TenantId
from curtilage.identity.budgets import (
    Amount,
    Budget,
    BudgetAsk,
    BudgetPortion,
    Measure,
    Shortage,
    Whose,
    Window,
)
from curtilage.identity.models import KeyGroup
from curtilage.vault.models import LoadedScope


def encode_scope(scope: Scope) -> list[str | None]:
    return [scope.tenant, scope.principal, scope.subject, scope.span, scope.name]


def parse_scope(raw: list[Any]) -> Scope:
    tenant, principal, subject, span, name = raw
    return Scope(
        TenantId(tenant),
        PrincipalId(principal),
        None if subject is None else SubjectId(subject),
        span,
        name,
    )


def encode_loaded(loaded: LoadedScope) -> dict[str, Any]:
    return {
        "current": _encode_key(loaded.current),
        "older": [_encode_key(key) for key in loaded.older],
        "actor": loaded.actor,
        "subject": loaded.subject,
        "key_id": b64encode(loaded.key_id).decode(),
        "expires_at": encode_instant(loaded.expires_at) if loaded.expires_at else None,
        "begun_at": encode_instant(loaded.begun_at) if loaded.begun_at else None,
    }


def parse_loaded(scope: Scope, raw: Mapping[str, Any]) -> LoadedScope:
    return LoadedScope(
        scope=scope,
        current=_parse_key(raw["current"]),
        older=tuple(_parse_key(key) for key in raw["older"]),
        actor=raw["actor"],
        subject=raw["subject"],
        key_id=b64decode(raw["key_id"]),
        expires_at=parse_instant(raw["expires_at"]) if raw["expires_at"] else None,
        begun_at=parse_instant(raw["begun_at"]) if raw["begun_at"] else None,
    )


def _encode_key(key: tuple[int, bytes]) -> list[Any]:
    return [key[0], b64encode(key[1]).decode()]


def _parse_key(raw: list[Any]) -> tuple[int, bytes]:
    return int(raw[0]), b64decode(raw[1])


def encode_ask(ask: BudgetAsk) -> dict[str, Any]:
    return {
        "payer_id": ask.payer_id,
        "want": asdict(ask.want),
        "corrections": [list(correction) for correction in ask.corrections],
    }


def parse_ask(raw: Mapping[str, Any]) -> BudgetAsk:
    corrections = tuple((minute, *amounts) for minute, *amounts in raw["corrections"])
    return BudgetAsk(raw["payer_id"], Amount(**raw["want"]), corrections)


def encode_portion(portion: BudgetPortion) -> dict[str, Any]:
    shortage = portion.shortage
    return {
        "amount": asdict(portion.amount),
        "minute": portion.minute,
        "seconds": portion.seconds,
        "shortage": None if shortage is None else asdict(shortage),
    }


def parse_portion(raw: Mapping[str, Any]) -> BudgetPortion:
    short = raw["shortage"]
    return BudgetPortion(
        amount=Amount(**raw["amount"]),
        minute=raw["minute"],
        seconds=raw["seconds"],
        shortage=None
        if short is None
        else Shortage(
            Measure(short["measure"]),
            Window(short["window"]),
            Whose(short["whose"]),
            short["wait"],
        ),
    )


def encode_budgets(budgets: tuple[Budget, ...]) -> list[list[Any]]:
    return [[each.measure.value, each.window.value, each.limit] for each in budgets]


def parse_budgets(raw: list[list[Any]]) -> tuple[Budget, ...]:
    return tuple(Budget(Measure(measure), Window(window), limit) for measure, window, limit in raw)


def encode_group(group: KeyGroup | None) -> dict[str, Any] | None:
    if group is None:
        return None
    return {
        "id": group.id,
        "tenant": group.tenant,
        "name": group.name,
        "created_at": encode_instant(group.created_at),
        "budgets": encode_budgets(group.budgets),
    }


def parse_group(raw: Mapping[str, Any] | None) -> KeyGroup | None:
    if raw is None:
        return None
    return KeyGroup(
        id=raw["id"],
        tenant=TenantId(raw["tenant"]),
        name=raw["name"],
        created_at=parse_instant(raw["created_at"]),
        budgets=parse_budgets(raw["budgets"]),
    )
