"""The two records of one call, each written once."""

import json
from dataclasses import replace

import pytest

from curtilage.core.canonical import LARGEST
from curtilage.gateway import records
from curtilage.gateway.admitting import Admitted, admit
from curtilage.gateway.billing import Bill
from curtilage.gateway.meters import Meters
from curtilage.gateway.recording import Recording, Registrar, Who, facts_of
from curtilage.gateway.session import open_session
from curtilage.gateway.wire.facts import ReplyStats, Usage
from curtilage.ledger.errors import LedgerUnavailable
from curtilage.vault.seal import open_event_part
from tests.builders import TENANT
from tests.fakes import FixedClock, FixedEntropy, FixedIds
from tests.fakes.clock import START
from tests.fakes.dataplane import (
    KEY,
    FakeBudgets,
    FakeRecorder,
    a_loaded_scope,
    a_snapshot,
    event_key,
)
from tests.unit.gateway.test_records import DECISION


def a_recording(recorder: FakeRecorder, meters: Meters | None = None) -> Recording:
    registrar = Registrar(recorder, meters or Meters(), FixedClock(), FixedIds())
    return Recording(registrar, "openai.chat", Bill(FakeBudgets()))


def decided() -> records.Account:
    return records.Account(model="gpt-4o", slots=3, found={"EMAIL_ADDRESS": 2}, decision=DECISION)


def admitted() -> Admitted:
    raw = [(b"x-api-key", KEY.text.encode()), (b"x-curtilage-session", b"chat-7")]
    return admit(a_snapshot(), raw, START)


def who(*, known: bool = True) -> Who:
    session = open_session(a_loaded_scope(admitted().scope), FixedEntropy()) if known else None
    return Who(TENANT, admitted(), session, "192.0.2.7")


async def test_an_intent_and_an_outcome_belong_together() -> None:
    recorder, meters = FakeRecorder(), Meters()
    recording = a_recording(recorder, meters)
    recording.account = decided()
    assert not recording.is_begun
    await recording.intend(who())
    recording.status, recording.stats = 200, {"tokens_in": 3}
    await recording.close(records.COMPLETED)
    intent, outcome = recorder.events
    assert (intent.id, intent.actor) == (recording.request_id, "actor of service-helpdesk")
    assert intent.facts == {
        "route": "openai.chat", "bytes_in": 0, "model": "gpt-4o", "slots": 3,
        "found": {"EMAIL_ADDRESS": 2},
    }  # fmt: skip
    assert intent.decision["policy"] == DECISION.policy
    assert (outcome.facts["intent"], outcome.facts["tokens_in"]) == (intent.id, 3)
    assert "reason" not in outcome.facts
    assert meters.counts == {"exchanges:openai.chat:completed": 1, "findings:EMAIL_ADDRESS": 2}


async def test_who_asked_from_where_is_sealed_and_opens_with_the_scopes_key_alone() -> None:
    recorder = FakeRecorder()
    recording = a_recording(recorder)
    caller = who()
    await recording.intend(caller)
    sealed = recorder.events[0].sealed
    assert sealed is not None and caller.session is not None
    part = json.loads(open_event_part(event_key(caller.session), sealed, recording.request_id))
    assert part == {"key": "key-1", "session": "chat-7", "subject": "", "address": "192.0.2.7"}
    assert b"192.0.2.7" not in repr(recorder.events).encode()


async def test_a_call_is_closed_once_and_only_after_it_began() -> None:
    recorder = FakeRecorder()
    recording = a_recording(recorder)
    await recording.close(records.ABORTED, "caller-left")
    assert recorder.events == []
    recording.intend_refused(who(known=False))
    await recording.close(records.REFUSED, "gateway.unknown-model")
    await recording.close(records.ABORTED, "caller-left")
    assert recorder.kinds == [records.INTENDED, records.REFUSED]
    assert recorder.events[1].facts["reason"] == "gateway.unknown-model"
    assert (recorder.events[0].actor, recorder.events[0].sealed) == ("", None)


async def test_a_refusal_is_recorded_with_what_was_known_of_the_call() -> None:
    """Nothing found and not looked into are different things."""
    recorder = FakeRecorder()
    early, late = a_recording(recorder), a_recording(recorder)
    early.account.policy = late.account.policy = "strict@1"
    late.account = replace(decided(), policy="strict@1", stream=False, bare=("model",))
    for recording in (early, late):
        recording.intend_refused(who())
        await recording.close(records.REFUSED, "x")
    unread, read = recorder.events[0], recorder.events[2]
    assert unread.facts == {"route": "openai.chat", "bytes_in": 0, "policy": "strict@1"}
    assert unread.decision == {}
    assert read.facts["found"] == {"EMAIL_ADDRESS": 2} and read.facts["slots"] == 3
    assert (read.facts["stream"], read.facts["bare"]) == (False, ["model"])
    assert "policy" not in read.facts and read.decision["reason"] == DECISION.reason


async def test_what_cannot_be_written_is_told() -> None:
    recording = a_recording(FakeRecorder(broken=True))
    with pytest.raises(LedgerUnavailable):
        await recording.intend(who())
    refused = a_recording(FakeRecorder(broken=True))
    with pytest.raises(LedgerUnavailable):
        refused.intend_refused(who())


async def test_no_outcome_follows_an_intent_that_was_not_written() -> None:
    recorder = FakeRecorder(broken=True)
    recording = a_recording(recorder)
    with pytest.raises(LedgerUnavailable):
        await recording.intend(who())
    recorder.broken = False
    await recording.close(records.FAILED, "x")
    assert recorder.events == [] and not recording.is_begun


async def test_after_an_intent_that_may_be_there_a_call_goes_on_under_another_id() -> None:
    recorder = FakeRecorder(broken=True)
    recording = a_recording(recorder)
    first = recording.request_id
    with pytest.raises(LedgerUnavailable):
        await recording.intend(who())
    recorder.broken = False
    recording.intend_refused(who())
    await recording.close(records.REFUSED, "x")
    intent, outcome = recorder.events
    assert first != intent.id == recording.request_id == outcome.facts["intent"]


def test_the_facts_of_a_reply_are_counts_and_the_protocols_words() -> None:
    stats = ReplyStats(mangled=1, withheld=3, usage=Usage(prompt=5, completion=10**30, cached=0))
    stats.restored["EMAIL_ADDRESS"] = 2
    stats.finished("stop")
    assert facts_of(stats) == {
        "restored": {"EMAIL_ADDRESS": 2}, "finish": ["stop"], "mangled": 1, "withheld": 3, "tokens_in": 5,
        "tokens_out": LARGEST, "tokens_cached": 0,
    }  # fmt: skip
    assert facts_of(ReplyStats()) == {"restored": {}, "finish": []}
