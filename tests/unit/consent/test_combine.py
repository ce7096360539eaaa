"""Policies put together: nowhere looser than any of them, and a policy again."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from curtilage.app.worker_jobs import STALE_AFTER
from curtilage.consent.combine import OVERLAP, Earlier, Lineage, combine, summarise
from curtilage.consent.models import (
    DataDemand,
    HostileRules,
    Opaque,
    Origin,
    Policy,
    Purpose,
    RestoreRules,
    Rule,
)
from curtilage.consent.rules import DESTINATION_NOT_FOR_PURPOSE, SUBJECT_MISSING, UNKNOWN_PURPOSE
from curtilage.consent.shelf import SHIPPED, PolicyShelf
from curtilage.consent.wire import encode_policy, parse_policy
from curtilage.core.models import Demand, Effect, PurposeKey, Treatment
from curtilage.detect.hostile.models import Action as HostileAction
from tests.fakes.clock import START
from tests.unit.consent.test_rules import ASSIST, CARD, EMAIL, a_caller, a_policy, ask

VOCABULARY = (EMAIL, CARD)
CODE = PurposeKey("code")
MINUTE = timedelta(minutes=1)


def opener(**changes: object) -> Policy:
    """Lets addresses leave as they are."""
    return a_policy(Rule("EMAIL_ADDRESS", Treatment.ALLOW), **changes)


def stricter(**changes: object) -> Policy:
    return a_policy(Rule("user.contact", Treatment.MASK), **changes)


def treat(policy: Policy, qualified: str, **changes: object) -> Treatment:
    return ask(policy, qualified, **changes).treatments[qualified]


def test_the_strictest_word_of_each_part_counts() -> None:
    both = combine((opener(), stricter()), VOCABULARY)
    assert treat(both, EMAIL) is Treatment.MASK
    assert treat(both, CARD) is Treatment.TOKEN


def test_a_word_for_one_place_stays_a_word_for_that_place() -> None:
    local = a_policy(
        Rule("EMAIL_ADDRESS", Treatment.ALLOW, destination="local"),
        Rule("EMAIL_ADDRESS", Treatment.BLOCK, purpose="code", destination="local"),
        Rule("EMAIL_ADDRESS", Treatment.MASK, purpose="code"),
    )
    both = combine((local, opener()), VOCABULARY)
    answers = {
        (purpose, place): treat(
            both, EMAIL, purpose=purpose, destination=place, principal=a_caller(purpose)
        )
        for purpose in (ASSIST, CODE)
        for place in ("local", "eu")
    }
    assert answers == {
        (ASSIST, "local"): Treatment.ALLOW,
        (ASSIST, "eu"): Treatment.TOKEN,
        (CODE, "local"): Treatment.BLOCK,
        (CODE, "eu"): Treatment.MASK,
    }


def test_what_nobody_looks_for_gets_the_strictest_word_of_all() -> None:
    both = combine((opener(), stricter(default=Treatment.BLOCK)), VOCABULARY)
    assert treat(both, "user.name:PERSON") is Treatment.BLOCK


def test_of_hostile_text_the_strictest_action_counts() -> None:
    one = a_policy(hostile=HostileRules(injection=HostileAction.BLOCK, canary=HostileAction.FLAG))
    other = a_policy(
        hostile=HostileRules(injection=HostileAction.ALLOW, jailbreak=HostileAction.ASK)
    )
    assert combine((one, other), VOCABULARY).hostile == HostileRules(
        injection=HostileAction.BLOCK, jailbreak=HostileAction.ASK
    )


def test_of_replies_the_strictest_counts_and_hosts_that_all_trust() -> None:
    one, other = (
        a_policy(hostile=HostileRules(replies=most, allowed_hosts=frozenset(hosts)))
        for most, hosts in (
            (HostileAction.FLAG, ("a.example", "b.example")),
            (HostileAction.STRIP, ("b.example",)),
        )
    )
    assert combine((one, other), VOCABULARY).hostile == HostileRules(
        replies=HostileAction.STRIP, allowed_hosts=frozenset({"b.example"})
    )


def test_one_that_refuses_is_enough() -> None:
    narrow = a_policy(
        purposes=(Purpose(ASSIST, "", frozenset({"eu"}), needs_subject=True),),
        refused_destinations=frozenset({"us"}),
    )
    both = combine((opener(), narrow), VOCABULARY)
    assert ask(both, destination="eu").reason == SUBJECT_MISSING
    assert ask(both, destination="asia").reason == DESTINATION_NOT_FOR_PURPOSE
    assert ask(both, destination="us").effect is Effect.REFUSE
    assert ask(both, purpose=CODE).reason == UNKNOWN_PURPOSE


def test_destinations_that_have_none_in_common_are_none() -> None:
    eu, us = (
        a_policy(purposes=(Purpose(ASSIST, "", frozenset({place})),)) for place in ("eu", "us")
    )
    both = combine((eu, us), VOCABULARY)
    assert {ask(both, destination=place).effect for place in ("eu", "us", "asia")} == {
        Effect.REFUSE
    }


def test_less_comes_back_and_less_passes_unscanned() -> None:
    wide = a_policy(allowed_opaque=frozenset({Opaque.IMAGES, Opaque.FILES}))
    narrow = a_policy(
        allowed_opaque=frozenset({Opaque.FILES, Opaque.AUDIO}),
        restore=RestoreRules(
            to_persons=frozenset(),
            to_services=frozenset({Origin.CALLER}),
            never=frozenset({"user.financial"}),
            outbound_tools=frozenset({"send_mail"}),
        ),
    )
    both = combine((wide, narrow), VOCABULARY)
    assert both.allowed_opaque == {Opaque.FILES}
    assert both.restore == narrow.restore


def test_only_those_that_all_observe_observe() -> None:
    observing = PolicyShelf().load("observe")
    assert combine((observing, replace(observing, title="again")), VOCABULARY).observe
    both = combine((observing, PolicyShelf().load("balanced")), VOCABULARY)
    assert not both.observe
    assert treat(both, EMAIL) is Treatment.TOKEN


def test_it_is_spoken_of_as_the_newest_and_names_the_others() -> None:
    first, second, third = a_policy(), stricter(), opener()
    both = combine((combine((third, second), VOCABULARY), first), VOCABULARY)
    assert both.reference == third.reference
    assert both.held_to == (second.reference, first.reference)
    assert both.version not in {first.version, second.version, third.version}


def test_a_summary_is_one_word_for_each_kind_and_can_be_kept() -> None:
    local = a_policy(Rule("EMAIL_ADDRESS", Treatment.BLOCK, "code", "local"))
    whole = summarise((local, opener()), VOCABULARY)
    assert len(whole.rules) == len(VOCABULARY)
    assert treat(whole, EMAIL) is Treatment.BLOCK
    assert parse_policy(encode_policy(whole), whole.name).version == whole.version


# Which policy decides in a conversation of some age


def lineage() -> Lineage:
    """Balanced at first; strict for a minute; open now."""
    return Lineage(
        opener(),
        [Earlier(a_policy(default=Treatment.BLOCK), START + MINUTE), Earlier(stricter(), START)],
        VOCABULARY,
    )


@pytest.mark.parametrize(
    ("begun_after", "email", "card"),
    [
        (-MINUTE, Treatment.BLOCK, Treatment.BLOCK),
        (MINUTE / 2, Treatment.BLOCK, Treatment.BLOCK),
        (2 * MINUTE, Treatment.ALLOW, Treatment.TOKEN),
    ],
)
def test_a_conversation_is_held_to_what_was_in_force_since_it_began(
    begun_after: timedelta, email: Treatment, card: Treatment
) -> None:
    policy = lineage().find_policy(START + begun_after)
    assert (treat(policy, EMAIL), treat(policy, CARD)) == (email, card)


def test_one_whose_beginning_nobody_knows_is_held_to_all() -> None:
    assert treat(lineage().find_policy(None), EMAIL) is Treatment.BLOCK


def test_a_conversation_may_have_begun_on_a_worker_that_did_not_know_yet() -> None:
    known = lineage()
    at = START + MINUTE + OVERLAP
    assert treat(known.find_policy(at), EMAIL) is Treatment.BLOCK
    assert treat(known.find_policy(at + timedelta(microseconds=1)), EMAIL) is Treatment.ALLOW
    assert timedelta(seconds=STALE_AFTER) <= OVERLAP


def test_what_became_stricter_everywhere_is_the_newest_policy_itself() -> None:
    newest = PolicyShelf().load("strict")
    known = Lineage(newest, [Earlier(PolicyShelf().load("observe"), START)], VOCABULARY)
    assert known.find_policy(START - MINUTE) is newest


def test_what_was_put_together_once_is_kept() -> None:
    known = lineage()
    assert known.find_policy(None) is known.find_policy(START - MINUTE)
    assert known.find_policy(START + 2 * MINUTE) is known.newest


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_policy_with_itself_decides_as_it_does(name: str) -> None:
    policy = PolicyShelf().load(name)
    known = Lineage(policy, [Earlier(policy, START)], VOCABULARY)
    assert known.find_policy(None) is policy


def test_no_word_of_a_policy_is_left_out() -> None:
    """A field that `combine` does not know would be as open as its default."""
    known = {
        Policy: "name purposes rules default observe title refused_destinations allowed_opaque"
        " restore hostile demands spoken_as held_to version asks_age",
        HostileRules: "injection jailbreak exfiltration invisible canary replies allowed_hosts",
        RestoreRules: "to_persons to_services never outbound_tools",
        Purpose: "key title destinations needs_subject needs_consent demand",
    }
    for kind, names in known.items():
        assert {each.name for each in fields(kind)} == set(names.split()), "teach combine of it"


def test_what_one_of_them_demands_all_together_demand() -> None:
    asked, fresh = Demand(2), Demand(0, timedelta(minutes=5))
    assist = PurposeKey("assist")
    one = a_policy_of(purposes=(Purpose(assist, "A", demand=asked),))
    other = a_policy_of(
        purposes=(Purpose(assist, "A", demand=fresh), Purpose(PurposeKey("code"), "C")),
        demands=(DataDemand("user", asked), DataDemand("user", asked, "code")),
    )
    both = combine((one, other), ["user.contact.email:EMAIL_ADDRESS"])
    assert both.purposes[0].demand == Demand(2, timedelta(minutes=5))
    assert both.demands == (DataDemand("user", asked),), "of purposes that all know"


def a_policy_of(**given: Any) -> Policy:
    values: dict[str, Any] = {"name": "mine", "rules": (), "default": Treatment.TOKEN}
    return Policy(**(values | given))
