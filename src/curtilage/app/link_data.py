"""Questions about budgets and their answers, as plain data for the link."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.models import TenantId
from curtilage.identity.budgets import (
    Amount,
    Budget,
    BudgetAsk,
    BudgetPortion,
    Measure,
    Shortage,
    Window,
)
from curtilage.identity.models import KeyGroup


def encode_ask(ask: BudgetAsk) -> dict[str, Any]:
    return {
        "key_id": ask.key_id,
        "want": asdict(ask.want),
        "corrections": [list(correction) for correction in ask.corrections],
    }


def parse_ask(raw: Mapping[str, Any]) -> BudgetAsk:
    corrections = tuple((minute, *amounts) for minute, *amounts in raw["corrections"])
    return BudgetAsk(raw["key_id"], Amount(**raw["want"]), corrections)


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
            Measure(short["measure"]), Window(short["window"]), short["of_group"], short["wait"]
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
