"""An intent is open until an outcome names it."""

from datetime import timedelta

from curtilage.ledger.intents import close_unknown, note_intent, step_back_event
from tests.builders import TENANT, an_event
from tests.fakes import FixedIds
from tests.fakes.clock import START
from tests.fakes.ids import fixed_id

OPENS = {"exchange.intended"}


def _note(open_: dict[str, bytes], id: str, kind: str, intent: object = None) -> None:
    note_intent(open_, OPENS, id=id, kind=kind, intent=intent, raw=id.encode())


def test_an_intent_waits_for_its_outcome() -> None:
    open_: dict[str, bytes] = {}
    _note(open_, "1", "exchange.intended")
    _note(open_, "2", "exchange.intended")
    _note(open_, "3", "exchange.completed", "1")
    assert open_ == {"2": b"2"}


def test_an_outcome_without_an_intent_and_a_fact_that_is_no_id_close_nothing() -> None:
    open_ = {"1": b"1"}
    _note(open_, "3", "exchange.completed", "7")
    _note(open_, "4", "exchange.completed", ["1"])
    assert open_ == {"1": b"1"}


def test_the_closing_event_names_the_intent_and_nothing_that_was_sealed() -> None:
    intent = an_event(facts={"bytes": 3})
    closing = close_unknown(intent, id=fixed_id(9), at=START + timedelta(seconds=1))
    assert closing.kind == "exchange.unknown"
    assert closing.facts == {"intent": intent.id}
    assert (closing.tenant, closing.actor, closing.purpose) == (TENANT, "actor-1", "assist")


def test_a_kind_without_a_dot_still_gets_an_outcome() -> None:
    assert close_unknown(an_event(kind="started"), id="x", at=START).kind == "started.unknown"


def test_a_step_back_says_by_how_much() -> None:
    event = step_back_event(FixedIds(), at=START, tenant=TENANT, seconds=5)
    assert (event.kind, event.facts) == ("clock.stepped_back", {"seconds": 5})
