"""What the policy says of a call, and that it is asked once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from curtilage.consent.models import Action, Purpose
from curtilage.core.models import Demand, Effect, PurposeKey, Treatment
from curtilage.gateway import deciding
from curtilage.gateway.admitting import Admitted, admit
from curtilage.gateway.deciding import Decider, refuse_unpermitted
from curtilage.gateway.errors import StepUpAsked
from curtilage.gateway.snapshot import Snapshot
from curtilage.shield.held import HeldValue, Origin, Sink
from tests.fakes.clock import START
from tests.fakes.dataplane import CATEGORIES, KEY, a_policy, a_snapshot

EMAIL = frozenset({"EMAIL_ADDRESS"})


def a_caller(snapshot: Snapshot) -> Admitted:
    return admit(snapshot, [(b"authorization", b"Bearer " + KEY.text.encode())], START)


def test_the_same_question_gets_the_same_answer_until_the_snapshot_changes() -> None:
    decider, snapshot = Decider(CATEGORIES), a_snapshot()
    target = snapshot.routes.resolve("gpt-4o", "openai")
    asked = a_caller(snapshot), target, Action.SEND, EMAIL
    first, treatments = decider.decide(snapshot, *asked)
    assert first.effect is Effect.PERMIT
    assert decider.decide(snapshot, *asked)[0] is first
    assert decider.decide(replace(snapshot, generation="later"), *asked)[0] is not first
    other = replace(snapshot, policy=a_policy("observe"))
    assert decider.decide(other, *asked)[1] != treatments


def test_a_type_that_only_a_tagger_knows_is_data_of_a_user() -> None:
    decider, snapshot = Decider(CATEGORIES), a_snapshot()
    closed = replace(
        snapshot.policy, restore=replace(snapshot.policy.restore, never=frozenset({"user"}))
    )
    shut = replace(snapshot, policy=closed)
    caller, target = a_caller(snapshot), snapshot.routes.resolve("gpt-4o", "openai")
    decider.hold(shut, caller)  # remembers what is withheld, before the type is known
    ours = HeldValue("B-17", "BADGE_OF_OURS", Origin.CALLER)
    assert decider.hold(snapshot, caller).may_restore(ours, Sink.TEXT)
    decision, treatments = decider.decide(
        shut, caller, target, Action.SEND, EMAIL | {"BADGE_OF_OURS"}
    )
    assert decision.effect is Effect.PERMIT
    assert treatments["BADGE_OF_OURS"] is Treatment.TOKEN
    assert decider.hold(snapshot, caller).may_restore(ours, Sink.TEXT)
    assert not decider.hold(shut, caller).may_restore(ours, Sink.TEXT)


def test_what_is_remembered_is_bounded() -> None:
    decider, snapshot = Decider(CATEGORIES), a_snapshot()
    target = snapshot.routes.resolve("gpt-4o", "openai")
    caller = a_caller(snapshot)
    first, _ = decider.decide(snapshot, caller, target, Action.SEND, EMAIL)
    for number in range(deciding.DECISIONS):
        there = replace(target, destination=f"d{number}")
        decider.decide(snapshot, caller, there, Action.SEND, EMAIL)
    assert decider.decide(snapshot, caller, target, Action.SEND, EMAIL)[0] is not first


@pytest.mark.requirement(23)
def test_what_depends_on_the_time_is_asked_each_time() -> None:
    """A cached answer would let somebody in long after they signed in."""
    decider, fresh = Decider(CATEGORIES), Demand(1, timedelta(minutes=5))
    purposes = (Purpose(PurposeKey("assist"), "Assist", demand=fresh),)
    snapshot = a_snapshot(policy=a_policy(purposes=purposes, rules=()))
    caller, target = a_caller(snapshot), snapshot.routes.resolve("gpt-4o", "openai")
    person = replace(caller.principal, assurance=2, authenticated_at=START)
    now = replace(caller, principal=person)
    later = replace(now, at=START + timedelta(minutes=6))
    asked = target, Action.SEND, EMAIL
    assert decider.decide(snapshot, now, *asked)[0].effect is Effect.PERMIT
    with pytest.raises(StepUpAsked) as caught:
        refuse_unpermitted(decider.decide(snapshot, later, *asked)[0])
    assert caught.value.demand == fresh
    assert decider.decide(snapshot, caller, *asked)[0].reason == "assurance.too-low"
