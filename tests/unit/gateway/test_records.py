"""The Events of a model call."""

from curtilage.core.models import Decision, Effect, Treatment
from curtilage.gateway import records
from tests.builders import ASSIST, TENANT
from tests.fakes.clock import START

DECISION = Decision(
    effect=Effect.PERMIT,
    treatments={"user.contact.email:EMAIL_ADDRESS": Treatment.TOKEN},
    reason="permitted",
    policy="balanced@1",
    consent_generation=0,
)


def an_intent(decision: Decision | None = DECISION) -> records.Event:
    return records.intended(
        request_id="r-1", at=START, tenant=TENANT, actor="actor", actor_kind="service",
        subject="subject", purpose=ASSIST, decision=decision, facts={"model": "gpt-4o"}, sealed=None,
    )  # fmt: skip


def test_an_intent_has_the_requests_id_and_the_decision_in_plain_words() -> None:
    intent = an_intent()
    assert (intent.id, intent.kind) == ("r-1", "exchange.intended")
    assert intent.decision == {
        "effect": "permit", "reason": "permitted", "policy": "balanced@1", "consent": 0,
        "treatments": {"user.contact.email:EMAIL_ADDRESS": "token"},
    }  # fmt: skip
    assert an_intent(None).decision == {}


def test_an_outcome_names_its_intent_and_the_same_people() -> None:
    intent = an_intent()
    ending = records.outcome(
        event_id="e-2", at=START, kind=records.FAILED, intent=intent, facts={"status": 502}
    )
    assert ending.facts == {"status": 502, "intent": "r-1"}
    assert (ending.actor, ending.subject, ending.purpose, ending.tenant) == (
        intent.actor, intent.subject, intent.purpose, intent.tenant,
    )  # fmt: skip


def test_no_fact_can_name_another_intent() -> None:
    ending = records.outcome(
        event_id="e-2",
        at=START,
        kind=records.COMPLETED,
        intent=an_intent(),
        facts={"intent": "r-9"},
    )
    assert ending.facts["intent"] == "r-1"


def test_a_call_during_which_the_worker_died_ends_as_unknown() -> None:
    ending = records.unknown(event_id="e-2", at=START, intent=an_intent())
    assert (ending.kind, ending.facts) == (
        "exchange.unknown",
        {"reason": "worker-died", "intent": "r-1"},
    )
    assert ending.kind.removeprefix("exchange.") not in records.OPENS


def test_rejections_keep_a_copy_of_their_counts() -> None:
    counts = {"x": 1}
    event = records.rejected(event_id="e-1", at=START, tenant=TENANT, counts=counts)
    counts["x"] = 2
    assert event.facts == {"counts": {"x": 1}}


def test_an_app_is_a_fact_where_its_token_was_shown() -> None:
    assert records.app_facts("notes") == {"app": "notes"}
    assert records.app_facts("") == {}
