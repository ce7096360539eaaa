"""Commit logs keep one promise, in files and in PostgreSQL."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import make_url

from curtilage.core.db.postgres import FOR_RECORDS
from curtilage.ledger.adapters.postgresline import Line
from curtilage.ledger.adapters.postgresslots import find_left_slots, renew_slot, take_free_slot
from curtilage.ledger.commitlog import CommitLog
from curtilage.ledger.entries import Entry
from curtilage.ledger.errors import LedgerTampered, LedgerUnavailable, SlotInUse
from curtilage.ledger.models import NO_RECORD
from curtilage.ledger.ports import Commits
from curtilage.ledger.record import encode_record
from tests.builders import an_event
from tests.fakes.clock import START
from tests.fakes.cutter import Cutter
from tests.ledger_rows import OPENS, SLOT, Store, entry, open_postgres, take
from tests.tcp import TCPProxy, proxying

Open = Callable[..., Commits]


@pytest.fixture(params=["files", pytest.param("postgresql", marks=pytest.mark.postgres)])
def open_log(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the slot of one log, again and again the same."""
    if request.param == "files":
        return lambda **given: CommitLog(tmp_path, **({"slot": SLOT, "opens": OPENS} | given))
    store: Store = request.getfixturevalue("store")
    return lambda **given: open_postgres(store.url, **given)


def test_an_empty_log_stands_before_its_first_record(open_log: Open) -> None:
    log = open_log()
    assert (log.slot, log.tail.n, log.tail.prev) == (SLOT, 0, NO_RECORD)
    assert log.keep() is None
    log.close()


@pytest.mark.parametrize("segment_bytes", [1, 1 << 20])
def test_the_tail_is_the_same_after_reopening_wherever_segments_end(
    open_log: Open, segment_bytes: int
) -> None:
    log = open_log(segment_bytes=segment_bytes)
    for number in range(3):
        log.write([entry(log, number)])
    tail = log.tail
    log.close()
    again = open_log()
    assert again.tail == tail
    assert list(again.tail.open) == [an_event(number=n).id for n in range(3)]
    again.close()


def test_a_slot_has_one_holder_at_a_time(open_log: Open) -> None:
    log = open_log()
    with pytest.raises(SlotInUse):
        open_log()
    log.close()
    open_log().close()


def test_other_opening_kinds_begin_with_what_was_open(open_log: Open) -> None:
    log = open_log()
    log.write([entry(log, 1)])
    log.close()
    other = open_log(opens=frozenset({"something.begun"}))
    assert list(other.tail.open) == [an_event(number=1).id]
    other.write([entry(other, 2)])
    other.close()
    again = open_log(opens=frozenset({"something.begun"}))
    assert (again.tail.n, list(again.tail.open)) == (2, [an_event(number=1).id])
    again.close()


@pytest.mark.postgres
def test_both_keep_the_same_bytes(store: Store, tmp_path: Path) -> None:
    file: Commits = CommitLog(tmp_path, slot=SLOT, opens=OPENS, segment_bytes=900)
    rows: Commits = open_postgres(store.url, segment_bytes=900)
    for log in (file, rows):
        for number in range(4):
            log.write([entry(log, number, box=b"sealed" if number % 2 else None)])
        log.close()
    found: dict[object, bytes] = {}
    for first, header in store.ask("SELECT first, header FROM ledger_segment"):
        found[first] = bytes(header)  # type: ignore[arg-type]
    for segment, data in store.ask("SELECT segment, data FROM ledger_batch ORDER BY first"):
        found[segment] += bytes(data)  # type: ignore[arg-type]
    files = sorted((tmp_path / "log" / SLOT).glob("*.log"))
    assert {int(path.stem): path.read_bytes() for path in files} == found
    assert len(found) > 1


@pytest.mark.postgres
@pytest.mark.parametrize("plan", ["before", "after", "late"])
def test_a_batch_whose_answer_was_lost_is_written_once(
    store: Store, cutter: Cutter, plan: str
) -> None:
    log = open_postgres(store.through(cutter))
    log.write([entry(log, 1)])
    cutter.plan = plan
    log.write([entry(log, 2), entry_after(log, 2)])
    log.write([entry(log, 4)])
    cutter.release.set()
    if plan != "before":
        assert cutter.arrived.wait(30)
    assert store.firsts() == [0, 1, 3]
    log.close()
    again = open_postgres(store.url)
    assert again.tail.n == 4
    again.close()


@pytest.mark.slow
@pytest.mark.postgres
def test_a_database_that_takes_bytes_and_answers_none_is_given_up(store: Store) -> None:
    """As behind a pooler that hangs: callers wait for the answer, and never for ever."""
    with proxying(TCPProxy(make_url(store.url).port or 5432)) as way:
        log = open_postgres(store.through(way), settle_seconds=0.0)
        log.write([entry(log, 1)])
        way.hang()
        doubted, began = entry(log, 2), monotonic()
        with pytest.raises(LedgerUnavailable):
            log.write([doubted])
        assert monotonic() - began < 3 * FOR_RECORDS.answer_seconds
        way.mend()
        assert log.keep() in (None, [doubted.raw])
        log.write([entry(log, 3)])
        log.close()
    again = open_postgres(store.url)
    assert again.tail.n == len(store.firsts()) in {2, 3}
    again.close()


def entry_after(log: Commits, number: int) -> Entry:
    """The record behind `entry(log, number)`."""
    before, event = entry(log, number), an_event(number=number + 1)
    raw = encode_record(event, writer=log.slot, n=log.tail.n + 1, prev=before.hash)
    return Entry(raw, None, event.id, event.kind, event.tenant, None, sha256(raw).digest(), START)


@pytest.mark.postgres
@pytest.mark.parametrize(("plan", "is_there"), [("before", False), ("after", True)])
def test_what_was_told_to_be_lost_and_is_there_gets_an_end(
    store: Store, cutter: Cutter, plan: str, is_there: bool
) -> None:
    log = open_postgres(store.through(cutter), settle_seconds=0.0)
    log.write([entry(log, 1)])
    doubted = entry(log, 2)
    cutter.plan, cutter.refuses = plan, True
    with pytest.raises(LedgerUnavailable):
        log.write([doubted])
    with pytest.raises(LedgerUnavailable):
        log.write([doubted])
    assert log.keep() is None
    if plan == "after":
        assert cutter.arrived.wait(30)
    cutter.refuses = False
    assert log.keep() == ([doubted.raw] if is_there else None)
    assert not log.is_broken
    log.write([entry(log, 3)])
    log.close()
    assert store.firsts() == ([0, 1, 2] if is_there else [0, 1])


@pytest.mark.postgres
def test_a_writer_that_was_away_too_long_writes_nothing_and_goes_on_elsewhere(
    store: Store,
) -> None:
    names = iter([SLOT, "gw-1"])
    log = open_postgres(store.url, take=lambda line: take(line, next(names)))
    log.write([entry(log, 1)])
    store.end_leases()
    other = open_postgres(store.url, holder="other")
    assert other.tail.n == 1
    with pytest.raises(LedgerUnavailable, match="another process"):
        log.write([entry(log, 2)])
    assert log.is_broken
    other.write([entry(other, 3)])
    assert log.keep() == []
    assert (log.slot, log.tail.n, log.is_broken) == ("gw-1", 0, False)
    log.write([entry(log, 2)])
    assert (store.firsts(), store.firsts("gw-1")) == ([0, 1], [0])
    log.close()
    other.close()


@pytest.mark.postgres
def test_a_writer_that_was_away_and_that_nobody_missed_goes_on(store: Store) -> None:
    log = open_postgres(store.url)
    store.end_leases()
    log.write([entry(log, 1)])
    with pytest.raises(SlotInUse):
        open_postgres(store.url, holder="other")
    log.close()


REFUSE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'a value' USING ERRCODE = '{code}'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON ledger_batch EXECUTE FUNCTION refuse()"""


@pytest.mark.postgres
@pytest.mark.parametrize("code", ["53100", "25006", "57014"], ids=["full", "read-only", "slow"])
def test_a_database_that_takes_no_writes_loses_nothing_and_is_used_again(
    store: Store, code: str
) -> None:
    log = open_postgres(store.url)
    log.write([entry(log, 1)])
    store.ask(REFUSE.format(code=code))
    with pytest.raises(LedgerUnavailable) as refused:
        log.write([entry(log, 2)])
    assert "a value" not in str(refused.value)
    assert not log.is_broken
    store.ask("DROP FUNCTION refuse CASCADE")
    log.write([entry(log, 2)])
    assert store.firsts() == [0, 1]
    log.close()


@pytest.mark.postgres
@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM ledger_batch WHERE first = 1",
        "DELETE FROM ledger_batch WHERE first = 0",
        "UPDATE ledger_batch SET data = set_byte(data, 60, 7) WHERE first = 1",
        "UPDATE ledger_segment SET header = set_byte(header, 30, 7)",
        "UPDATE ledger_slot SET next = 3",
    ],
)
def test_rows_that_are_not_as_they_were_written_are_refused(store: Store, change: str) -> None:
    log = open_postgres(store.url)
    log.write([entry(log, 1)])
    log.write([entry(log, 2)])
    log.close()
    store.ask(change)
    with pytest.raises(LedgerTampered):
        open_postgres(store.url)


@pytest.mark.postgres
def test_takers_get_free_slots_and_new_ones_where_there_is_none(store: Store) -> None:
    line = Line(store.url)
    one = take_free_slot(line, "g-", "one")
    other = take_free_slot(line, "g-", "other")
    assert [one.name, other.name] == ["g-0001", "g-0002"]
    assert take_free_slot(line, "c-", "third").name == "c-0001"
    store.end_leases()
    assert find_left_slots(line, "g-") == ["g-0001", "g-0002"]
    again = take_free_slot(line, "g-", "fourth")
    assert (again.name, again.fence) == ("g-0001", 2)
    line.drop()


@pytest.mark.postgres
def test_slots_from_before_the_clock_was_set_back_are_free(store: Store) -> None:
    line = Line(store.url)
    taken = take_free_slot(line, "g-", "one")
    store.ask("UPDATE ledger_slot SET ends_at = ends_at + 3600")
    assert find_left_slots(line, "g-") == ["g-0001"]
    assert take_free_slot(line, "g-", "other").fence == taken.fence + 1
    assert not renew_slot(line, taken)
    line.drop()
