"""The commit log of one slot, by itself."""

from hashlib import sha256
from pathlib import Path

import pytest

from curtilage.ledger.commitlog import CommitLog
from curtilage.ledger.entries import Entry
from curtilage.ledger.errors import LedgerTampered, LedgerUnavailable
from curtilage.ledger.mark import encode_mark
from curtilage.ledger.models import NO_RECORD
from curtilage.ledger.record import encode_record
from tests.builders import an_event
from tests.fakes.clock import START

OPENS = frozenset({"exchange.intended"})


def _open(ledger: Path, **given: object) -> CommitLog:
    return CommitLog(ledger, **({"slot": "gw-0", "opens": OPENS} | given))  # type: ignore[arg-type]


def _entry(log: CommitLog, number: int, box: bytes | None = None) -> Entry:
    event = an_event(number=number)
    raw = encode_record(event, writer="gw-0", n=log.tail.n, prev=log.tail.prev)
    return Entry(
        raw=raw,
        box=box,
        id=event.id,
        kind=event.kind,
        tenant=event.tenant,
        intent=None,
        hash=sha256(raw).digest(),
        time=START,
    )


def test_an_empty_log_stands_before_its_first_record(tmp_path: Path) -> None:
    log = _open(tmp_path)
    assert (log.tail.n, log.tail.prev) == (0, NO_RECORD)
    log.close()


def test_the_tail_is_the_same_after_reopening_wherever_segments_end(tmp_path: Path) -> None:
    for segment_bytes in (1, 1 << 20):
        ledger = tmp_path / str(segment_bytes)
        log = _open(ledger, segment_bytes=segment_bytes)
        for number in range(3):
            log.write([_entry(log, number)])
        tail = log.tail
        log.close()
        again = _open(ledger)
        assert again.tail == tail
        assert list(again.tail.open) == [an_event(number=n).id for n in range(3)]
        again.close()


def test_other_opening_kinds_begin_a_segment(tmp_path: Path) -> None:
    log = _open(tmp_path)
    log.write([_entry(log, 1)])
    log.close()
    log = _open(tmp_path, opens=frozenset())
    log.close()
    assert len(list((tmp_path / "log/gw-0").glob("*.log"))) == 2


@pytest.mark.parametrize("box", [None, b"sealed"])
@pytest.mark.parametrize("segment_bytes", [1, 1 << 20])
@pytest.mark.parametrize("written", [0, 1])
def test_a_folder_that_was_taken_away_ends_the_log_whatever_is_written_next(
    tmp_path: Path, written: int, segment_bytes: int, box: bytes | None
) -> None:
    """A new file in it, for sealed parts or for a segment, is as impossible as the next record."""
    log = _open(tmp_path, segment_bytes=segment_bytes)
    for number in range(written):
        log.write([_entry(log, number)])
    folder = tmp_path / "log" / "gw-0"
    folder.rename(folder.with_name("away"))
    with pytest.raises(LedgerUnavailable):
        log.write([_entry(log, 8, box)])
    assert log.is_broken
    folder.with_name("away").rename(folder)
    with pytest.raises(LedgerUnavailable):
        log.write([_entry(log, 9)])
    log.close()


def test_a_mark_without_segments_is_refused_and_frees_the_slot(tmp_path: Path) -> None:
    _open(tmp_path).close()
    (tmp_path / f"log/gw-0/{0:020d}.log").unlink()
    (tmp_path / "log/gw-0/durable").write_bytes(encode_mark(4))
    for _ in range(2):
        with pytest.raises(LedgerTampered, match="no segments"):
            _open(tmp_path)
