"""Parquet that leaves and comes back: the same types, values and metadata."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest

from curtilage.survey.errors import Unreadable
from curtilage.survey.rewriting.documents import seen_text
from curtilage.survey.rewriting.parquet import KEPT
from tests.unit.survey.rewriting.going import opened, there_and_back

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
DAY = dt.date(1980, 2, 1)
TABLE: dict[str, Any] = {
    "mail": pa.array(["ada@x.example", None, "nobody"]),
    "card": pa.array([4111111111111111, None, 5], pa.int64()),
    "born": pa.array([DAY, DAY, None], pa.date32()),
    "kind": pa.array(["a", "bob@x.example", "a"]).dictionary_encode(),
    "sum": pa.array([1.5, 2.25, None]),
    "exact": pa.array([Decimal("1.50"), None, None], pa.decimal128(9, 2)),
    "yes": pa.array([True, None, False]),
    "list": pa.array([["x"], None, []]),
    "large": pa.array(["a", "ada@x.example", ""], pa.large_string()),
}


def a_parquet(table: Any) -> bytes:
    made = io.BytesIO()
    pq.write_table(table, made, compression="gzip", row_group_size=2)
    return made.getvalue()


def read(raw: bytes) -> Any:
    return pq.read_table(io.BytesIO(raw))


def test_a_table_comes_back_with_its_types_and_metadata() -> None:
    table = pa.table(TABLE).replace_schema_metadata({"a": "b"})
    left, back = there_and_back("a.parquet", a_parquet(table))
    away, again = read(left), read(back)
    assert away["mail"][0].as_py().startswith("QX1-")
    assert [str(away.schema.field(name).type) for name in ("card", "born", "sum", "large")] == [
        "string",
        "string",
        "double",
        "large_string",
    ]
    assert KEPT in away.schema.metadata
    assert again.equals(read(a_parquet(table)), check_metadata=True)
    metadata = pq.ParquetFile(io.BytesIO(back)).metadata
    assert (metadata.num_row_groups, metadata.row_group(0).column(0).compression) == (2, "GZIP")


def test_cells_are_seen_under_their_titles() -> None:
    seen = seen_text(opened("a", a_parquet(pa.table({"a": ["x", None], "b": [1, 2]}))))
    assert seen == "a\tb\nx\t1\n\t2\n"


def test_what_could_not_be_read_again_is_told() -> None:
    assert opened("a", a_parquet(pa.table(TABLE))).left_out == ["column list"]


def test_a_table_without_rows_is_a_table() -> None:
    raw = a_parquet(pa.table({"a": pa.array([], pa.string())}))
    assert read(opened("a", raw).filled({})).equals(read(raw))


def test_a_broken_one_is_said() -> None:
    with pytest.raises(Unreadable, match="broken"):
        opened("a.parquet", a_parquet(pa.table(TABLE))[:-9])


def test_a_foreign_word_in_the_metadata_is_not_believed() -> None:
    table = pa.table({"a": ["ada@x.example"]}).replace_schema_metadata({KEPT: b'{"columns": [9]}'})
    _, back = there_and_back("a.parquet", a_parquet(table))
    assert read(back)["a"].to_pylist() == ["ada@x.example"]
