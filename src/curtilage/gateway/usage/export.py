"""Reports of usage as CSV and JSON. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from curtilage.core.money import format_money
from curtilage.core.sheet import encode_rows
from curtilage.gateway.usage.models import By, Counts, Difference, UsageRow

COLUMNS = tuple(item.name for item in fields(Counts))


def describe_row(by: By, row: UsageRow) -> dict[str, Any]:
    """A line as JSON; the cost is a decimal in text, so that no reader rounds it."""
    return {
        by.value: row.label,
        **asdict(row.counts),
        "cost": format_money(row.counts.cost),
        "currency": row.currency or None,
    }


def describe_difference(difference: Difference) -> dict[str, Any]:
    """A difference as JSON; costs in millionths, as they are kept."""
    return {
        **difference.key._asdict(),
        "kept": asdict(difference.kept),
        "recounted": asdict(difference.recounted),
    }


def encode_csv(by: By, rows: Sequence[UsageRow]) -> str:
    """Lines as CSV (RFC 4180), with a heading."""
    lines: list[list[object]] = [[by.value, *COLUMNS, "currency"]]
    for row in rows:
        counts = {**asdict(row.counts), "cost": format_money(row.counts.cost)}
        lines.append([row.label, *counts.values(), row.currency])
    return encode_rows(lines)
