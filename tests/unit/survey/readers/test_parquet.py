"""Parquet and Arrow, in batches; what is in small files may be long, and is bounded."""

import datetime as dt
import io
import random

import pytest

from curtilage.survey.models import Part, Table
from curtilage.survey.readers.parquet import LONGEST_LIST
from curtilage.survey.sources import Limits
from tests.unit.survey.readers.unpacking import a_zip, items, problems, texts

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
feather = pytest.importorskip("pyarrow.feather")
FORMS = ["parquet", "arrow", "arrows", "feather"]


def people() -> "pa.Table":
    return pa.table(
        {
            "id": [1, 2],
            "user": [{"mail": "ada@x.example", "home": {"town": "Ulm"}}, None],
            "tags": [["a", "b"], []],
            "map": pa.array([[("k", "v")], None], pa.map_(pa.string(), pa.string())),
            "kind": pa.array(["x", "x"]).dictionary_encode(),
            "at": pa.array([1, None], pa.timestamp("ns")),
            "day": [dt.date(2026, 1, 2), None],
            "raw": [b"text", bytes(30)],
        }
    )


def written(table: "pa.Table", form: str) -> bytes:
    made = io.BytesIO()
    if form == "parquet":
        pq.write_table(table, made)
    elif form == "feather":
        feather.write_feather(table, made, compression="zstd")
    else:
        new = pa.ipc.new_file if form == "arrow" else pa.ipc.new_stream
        with new(made, table.schema) as writer:
            writer.write_table(table)
    return made.getvalue()


@pytest.mark.parametrize("form", FORMS)
def test_nested_columns_are_told_apart(form: str) -> None:
    given = items(f"a.{form}", written(people(), form))
    (text,) = texts(given).values()
    titles, first, second = (line.split("\t") for line in text.splitlines())
    assert titles == [
        "id",
        "user.mail",
        "user.home.town",
        "tags",
        "map",
        "kind",
        "at",
        "day",
        "raw",
    ]
    assert first[:4] == ["1", "ada@x.example", "Ulm", '["a", "b"]'] and "k" in first[4]
    assert first[5] == "x" and first[6].endswith("001") and first[7:] == ["2026-01-02", "text"]
    assert second[:3] == ["2", "", ""] and second[5] == "x"
    (table,) = (item for item in given if isinstance(item, Table))
    assert table.rows == 2 and table.filled[:4] == (2, 1, 1, 2) and table.within == ("table",)
    part = next(item for item in given if isinstance(item, Part))
    field = part.place.spot(text.index("ada@"), text.index("ada@") + 3).field
    assert field is not None and field == ("user.mail", 1, 2)
    assert not problems(given)


def test_it_is_read_in_parts_and_in_archives() -> None:
    table = pa.table({"id": range(20_000), "name": [f"name {n}" for n in range(20_000)]})
    raw = written(table, "parquet")
    parts = [item for item in items("a.parquet", raw) if isinstance(item, Part)]
    assert len(parts) > 2 and parts[-1].place.spot(len(parts[-1].text) - 3, 0).field == (
        "name",
        20_000,
        2,
    )
    assert list(texts(items("a.zip", a_zip({"b": raw})))) == [("member b", "table")]


def test_groups_of_rows_follow_one_another() -> None:
    made = io.BytesIO()
    table = pa.table({"a": [{"b": f"name {number}", "c": ["x"]} for number in range(3000)]})
    pq.write_table(table, made, row_group_size=1500)
    given = items("a.parquet", made.getvalue())
    (text,) = texts(given).values()
    assert len(text.splitlines()) == 3001 and not problems(given)


def test_a_long_string_that_repeats_is_bounded() -> None:
    # Whatever it unfolds to is counted, so that a second's work is not an hour's.
    words = pa.DictionaryArray.from_arrays(pa.array([0] * 2000), ["word " * 200_000])
    raw = written(pa.table({"a": words}), "parquet")
    assert len(raw) < 3_000_000
    given = items("a.parquet", raw, Limits(unfolded=3_000_000, ratio=1))
    assert "More than" in problems(given)[0].why


def test_a_list_that_unfolds_too_far_is_told() -> None:
    one = pa.array(["x" * 100_000]).take(pa.array([0] * (LONGEST_LIST // 100_000 + 1)))
    table = pa.table({"a": pa.ListArray.from_arrays(pa.array([0, len(one)]), one)})
    assert (
        "A list behind record 0" in problems(items("a.parquet", written(table, "parquet")))[0].why
    )


@pytest.mark.parametrize("form", FORMS)
def test_what_is_broken_or_cut_off_is_told(form: str) -> None:
    raw = written(people(), form)
    for cut in (9, len(raw) // 2, len(raw) - 20):
        assert problems(items(f"a.{form}", raw[:cut])), cut
    chance = random.Random(1)
    for _ in range(60):
        bent = bytearray(raw)
        for place in chance.sample(range(8, len(raw)), 5):
            bent[place] ^= 1 << chance.randrange(8)
        items(f"a.{form}", bytes(bent))


def test_what_cannot_be_read_is_told() -> None:
    assert "encrypted" in problems(items("a", b"PARE" + bytes(50)))[0].why
    assert "version 1" in problems(items("a", b"FEA1" + bytes(50)))[0].why
    assert "Its name says Parquet" in problems(items("a.parquet", bytes(50)))[0].why
