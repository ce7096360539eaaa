"""Records in other forms: whole, in order, harmless in a spreadsheet."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from curtilage.core.models import Event
from curtilage.ledger.exporting import COLUMNS, Format, encode_records
from curtilage.ledger.models import Record
from tests.builders import an_event
from tests.unit.ledger.worlds import World

VERSION = "9.9.9"


def records_of(folder: Path, *events: Event) -> list[Record]:
    world = World(folder)
    world.write(events)
    return list(world.reader.iterate())


def written(records: list[Record], form: Format) -> str:
    return b"".join(encode_records(records, form, version=VERSION)).decode()


def rows_of(records: list[Record]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written(records, Format.CSV), newline="")))


def test_lines_of_json_are_the_bytes_that_were_hashed(tmp_path: Path) -> None:
    records = records_of(tmp_path, an_event(number=1), an_event(number=2))
    assert written(records, Format.JSONL).encode() == b"".join(r.raw + b"\n" for r in records)


def test_a_row_names_what_people_ask_for_and_keeps_the_rest(tmp_path: Path) -> None:
    facts = {"model": "gpt-4o", "status": 200, "found": {"EMAIL_ADDRESS": 2}, "stream": True}
    decision = {"effect": "permit", "reason": "permitted", "policy": "balanced@1"}
    event = an_event(number=1, kind="exchange.completed", facts=facts, decision=decision)
    (row,) = rows_of(records_of(tmp_path, event))
    assert row["kind"] == "exchange.completed" and row["id"] == event.id
    assert (row["model"], row["status"], row["effect"]) == ("gpt-4o", "200", "permit")
    assert json.loads(row["facts"]) == {"found": {"EMAIL_ADDRESS": 2}, "stream": True}
    assert tuple(row) == COLUMNS


def test_what_a_caller_chose_is_run_by_no_spreadsheet(tmp_path: Path) -> None:
    event = an_event(number=1, facts={"model": '=HYPERLINK("x")\r\n,"'})
    (row,) = rows_of(records_of(tmp_path, event))
    assert row["model"] == '\'=HYPERLINK("x")\r\n,"'


@pytest.mark.parametrize("form", list(Format))
def test_each_record_is_there_once_and_in_its_order(tmp_path: Path, form: Format) -> None:
    events = [
        an_event(number=n, kind=kind) for n, kind in enumerate(("a.b", "exchange.failed", "c"))
    ]
    records = records_of(tmp_path, *events)
    told = written(records, form)
    places = [told.index(event.id) for event in events]
    assert places == sorted(places)
    assert all(told.count(event.id) == 1 for event in events)


def test_records_are_read_as_they_are_written_out() -> None:
    """Constant memory: nothing is taken from the source before it is asked for."""
    taken: list[Any] = []

    def source() -> Any:
        for number in range(3):
            taken.append(number)
            yield from ()

    lines = encode_records(source(), Format.CSV, version=VERSION)
    next(lines)
    assert taken == []
