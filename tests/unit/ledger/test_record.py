"""A record is canonical, exact, and outlives this version."""

from dataclasses import replace
from datetime import timedelta, timezone

import orjson
import pytest
import rfc8785

from curtilage.core.clock import encode_instant
from curtilage.core.models import Event, PrincipalKind, TenantId
from curtilage.ledger.errors import LedgerTampered, RecordRefused
from curtilage.ledger.record import RECORD_LIMIT, encode_record, parse_hash, parse_record
from tests.builders import an_event
from tests.fakes.clock import START
from tests.fakes.ids import fixed_id
from tests.unit.ledger.worlds import SEALED

PREV = bytes(range(32))

# A whole record of version 1; kept since the first release.
RECORD_V1 = (
    b'{"actor":"actor-1","actor_kind":"person","at":"2026-03-02T09:30:00.000000Z",'
    b'"box":"8fwFV7wZqAuQ91L88obv290KvE4TRWKYC17GTG/nJP0=",'
    b'"decision":{"effect":"permit","treatments":{"EMAIL_ADDRESS":"token"}},'
    b'"facts":{"found":{"EMAIL_ADDRESS":2},"stream":false},'
    b'"id":"019cade2-11c1-7000-8000-000000000001","kind":"exchange.intended","n":7,'
    b'"prev":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","purpose":"assist",'
    b'"sealed":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","subject":"subject-1",'
    b'"tenant":"tenant-orchard","time":"2026-03-02T09:30:01.000000Z","v":1,"writer":"gw-0"}'
)


def test_the_bytes_of_a_whole_record_never_change() -> None:
    event = Event(
        id=fixed_id(1),
        at=START,
        kind="exchange.intended",
        tenant=TenantId("tenant-orchard"),
        actor="actor-1",
        actor_kind=PrincipalKind.PERSON,
        subject="subject-1",
        purpose="assist",
        decision={"effect": "permit", "treatments": {"EMAIL_ADDRESS": "token"}},
        facts={"found": {"EMAIL_ADDRESS": 2}, "stream": False},
        sealed=SEALED,
    )
    later = START + timedelta(seconds=1)
    assert encode_record(event, writer="gw-0", n=7, prev=PREV, time=later) == RECORD_V1
    bare = replace(event, sealed=replace(SEALED, box=b""))  # as the first release wrote all of them
    raw = encode_record(bare, writer="gw-0", n=7, prev=PREV, time=later)
    assert raw == RECORD_V1.replace(b'"box":"8fwFV7wZqAuQ91L88obv290KvE4TRWKYC17GTG/nJP0=",', b"")


def test_a_record_is_the_canonical_json_of_rfc_8785() -> None:
    facts = {"counts": {"B": 1, "A": 2}, "ok": True, "none": None}
    raw = encode_record(an_event(facts=facts, sealed=SEALED), writer="gw-0", n=7, prev=PREV)
    assert raw == rfc8785.dumps(orjson.loads(raw))


def test_a_whole_event_comes_back_as_it_was() -> None:
    event = an_event(
        actor_kind=PrincipalKind.AGENT,
        subject="subject-1",
        decision={"effect": "permit"},
        facts={"intent": fixed_id(9), "bytes": 3},
    )
    record = parse_record(encode_record(event, writer="gw-0", n=7, prev=PREV))
    assert (record.event, record.writer, record.n, record.prev) == (event, "gw-0", 7, PREV)
    assert record.time == START


def test_empty_members_are_left_out() -> None:
    bare = Event(id=fixed_id(1), at=START, kind="a.b", tenant=TenantId("t"))
    raw = encode_record(bare, writer="w", n=0, prev=PREV)
    assert set(orjson.loads(raw)) == {"v", "id", "time", "kind", "tenant", "writer", "n", "prev"}
    assert parse_record(raw).event == bare


def test_an_event_older_than_its_record_keeps_its_own_time() -> None:
    later = START + timedelta(minutes=3)
    record = parse_record(encode_record(an_event(), writer="w", n=0, prev=PREV, time=later))
    assert (record.time, record.event.at) == (later, START)


def test_a_time_in_another_zone_is_written_in_utc() -> None:
    there = START.astimezone(timezone(timedelta(hours=5)))
    assert encode_record(an_event(at=there), writer="w", n=0, prev=PREV) == encode_record(
        an_event(), writer="w", n=0, prev=PREV
    )


@pytest.mark.parametrize("microsecond", [0, 7, 120_000, 999_999])
def test_a_time_has_six_decimals_whatever_it_is(microsecond: int) -> None:
    at = START.replace(microsecond=microsecond)
    raw = encode_record(an_event(at=at), writer="w", n=0, prev=PREV)
    assert orjson.loads(raw)["time"] == encode_instant(at)
    assert parse_record(raw).time == at


def test_the_commitment_enters_the_record_and_the_box_does_not() -> None:
    raw = encode_record(an_event(sealed=SEALED), writer="w", n=0, prev=PREV)
    sealed = parse_record(raw).event.sealed
    assert sealed is not None
    assert (sealed.commitment, sealed.box) == (SEALED.commitment, b"")
    assert SEALED.box not in raw


def test_members_of_a_later_version_survive() -> None:
    fields = orjson.loads(encode_record(an_event(), writer="w", n=0, prev=PREV))
    raw = orjson.dumps(fields | {"v": 2, "mood": "calm"})
    assert parse_record(raw).raw == raw


def test_a_record_that_fits_no_bundle_is_refused() -> None:
    with pytest.raises(RecordRefused, match=str(RECORD_LIMIT)):
        encode_record(an_event(facts={"x": "y" * RECORD_LIMIT}), writer="w", n=0, prev=PREV)


@pytest.mark.parametrize(
    "changed",
    [
        {"v": 0},
        {"v": True},
        {"n": -1},
        {"n": "7"},
        {"id": 7},
        {"facts": []},
        {"prev": "AAAA"},
        {"prev": None},
        {"time": "2026-03-02T09:30:00"},
        {"time": None},
        {"sealed": "AAAA"},
        {"kind": None},
    ],
)
def test_what_is_no_record_is_refused(changed: dict[str, object]) -> None:
    fields = orjson.loads(encode_record(an_event(), writer="w", n=0, prev=PREV))
    with pytest.raises(LedgerTampered):
        parse_record(orjson.dumps(fields | changed))


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"{}", b"\xff", b"7"])
def test_what_is_no_json_object_is_refused(raw: bytes) -> None:
    with pytest.raises(LedgerTampered):
        parse_record(raw)


def test_a_hash_has_one_spelling() -> None:
    assert parse_hash("A" * 43 + "=") == bytes(32)
    with pytest.raises(ValueError, match="32 bytes"):
        parse_hash("A" * 42 + "B=")  # the same bytes to a lax reader
