"""Reports of usage as CSV and JSON. Pure."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from curtilage.core.money import format_money
from curtilage.gateway.usage.models import By, Counts, Difference, UsageRow

COLUMNS = tuple(item.name for item in fields(Counts))
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet runs, CWE-1236


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
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([by.value, *COLUMNS, "currency"])
    for row in rows:
        counts = {**asdict(row.counts), "cost": format_money(row.counts.cost)}
        label = f"'{row.label}" if row.label.startswith(_FORMULA) else row.label
        writer.writerow([label, *counts.values(), row.currency])
    return out.getvalue()
