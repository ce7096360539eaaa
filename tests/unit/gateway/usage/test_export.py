"""Reports as CSV and JSON."""

import csv
import io

from curtilage.gateway.usage.export import describe_row, encode_csv
from curtilage.gateway.usage.models import By, Counts, UsageRow

ROW = UsageRow("helpdesk", "EUR", Counts(calls=2, tokens_in=40, cost=1_500_000))


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_money_is_a_decimal_in_text() -> None:
    assert describe_row(By.KEY, ROW)["cost"] == "1.50"
    assert read(encode_csv(By.KEY, [ROW]))[0]["cost"] == "1.50"
    assert describe_row(By.KEY, UsageRow("–", "", Counts()))["currency"] is None


def test_a_line_has_a_column_for_each_count() -> None:
    (line,) = read(encode_csv(By.MODEL, [ROW]))
    assert (line["model"], line["calls"], line["tokens_in"], line["currency"]) == (
        "helpdesk", "2", "40", "EUR",
    )  # fmt: skip


def test_no_spreadsheet_runs_a_label() -> None:
    for label in ("=1+1", "+1", "-1", "@x", "\t=1"):
        (line,) = read(encode_csv(By.KEY, [UsageRow(label, "", Counts())]))
        assert line["key"].startswith("'")
