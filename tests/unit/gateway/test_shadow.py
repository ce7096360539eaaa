"""What a second policy would have decided about one call."""

from curtilage.core.models import Decision, Effect, Treatment
from curtilage.gateway.shadow import compare_shadow

EMAIL, CARD, KEY = (
    "user.contact.email:EMAIL_ADDRESS", "user.financial.card:CREDIT_CARD", "secret.token:SEC",
)  # fmt: skip
FOUND = {"EMAIL_ADDRESS": 2, "CREDIT_CARD": 1, "SEC": 3}


def permits(policy: str, **treatments: Treatment) -> Decision:
    names = {"email": EMAIL, "card": CARD, "key": KEY}
    treated = {names[name]: treatment for name, treatment in treatments.items()}
    return Decision(Effect.PERMIT, "permitted", treated, policy)


LIVE = permits("live@1", email=Treatment.TOKEN, card=Treatment.MASK, key=Treatment.BLOCK)
REFUSES = Decision(Effect.REFUSE, "purpose.unknown", policy="other@1")


def test_a_policy_that_would_do_the_same_is_named_and_nothing_else() -> None:
    same = permits("other@1", email=Treatment.TOKEN, card=Treatment.MASK, key=Treatment.BLOCK)
    assert compare_shadow(LIVE, same, FOUND) == {"policy": "other@1"}


def test_values_are_counted_by_type_where_it_is_stricter_and_where_looser() -> None:
    other = permits("other@1", email=Treatment.ALLOW, card=Treatment.BLOCK, key=Treatment.TOKEN)
    assert compare_shadow(LIVE, other, FOUND) == {
        "policy": "other@1",
        "looser": {"EMAIL_ADDRESS": 2, "SEC": 3},
        "stricter": {"CREDIT_CARD": 1},
    }


def test_what_a_value_may_be_as_well_is_asked_about_and_not_counted() -> None:
    other = permits("other@1", email=Treatment.ALLOW, card=Treatment.BLOCK, key=Treatment.BLOCK)
    told = compare_shadow(LIVE, other, {"EMAIL_ADDRESS": 2})
    assert told == {"policy": "other@1", "looser": {"EMAIL_ADDRESS": 2}}


def test_a_call_that_one_of_them_refuses_whole_is_told_as_that() -> None:
    told = compare_shadow(LIVE, REFUSES, FOUND)
    assert told == {"policy": "other@1", "effect": "refuse", "reason": "purpose.unknown"}
    told = compare_shadow(REFUSES, LIVE, FOUND)
    assert told == {"policy": "live@1", "effect": "permit", "reason": "permitted"}
    assert compare_shadow(REFUSES, REFUSES, FOUND) == {"policy": "other@1"}
