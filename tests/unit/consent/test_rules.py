"""The decision: who may send what, where, and in what form."""

from dataclasses import replace
from datetime import timedelta

import pytest

from curtilage.consent.models import (
    Consents,
    DataDemand,
    Origin,
    Policy,
    Purpose,
    RestoreRules,
    Rule,
)
from curtilage.consent.rules import (
    REASONS,
    compile_policy,
    decide,
    find_restored,
    is_withheld,
)
from curtilage.core.models import (
    NO_DEMAND,
    Decision,
    Demand,
    Effect,
    Principal,
    PrincipalId,
    PrincipalKind,
    PurposeKey,
    SubjectId,
    TenantId,
    Treatment,
)
from tests.fakes.clock import START

EMAIL = "user.contact.email:EMAIL_ADDRESS"
CARD = "user.financial.card:CREDIT_CARD"
ASSIST = PurposeKey("assist")


def a_policy(*rules: Rule, **changes: object) -> Policy:
    values = {
        "name": "mine",
        "purposes": (Purpose(ASSIST, "Assist"), Purpose(PurposeKey("code"), "Code")),
        "rules": rules,
        "default": Treatment.TOKEN,
        **changes,
    }
    return Policy(**values)


def a_caller(*purposes: str) -> Principal:
    return Principal(
        tenant=TenantId("t1"),
        id=PrincipalId("p1"),
        kind=PrincipalKind.SERVICE,
        purposes=frozenset(PurposeKey(purpose) for purpose in purposes or ("assist",)),
    )


def ask(policy: Policy, *categories: str, **changes: object) -> Decision:
    values = {
        "principal": a_caller(),
        "purpose": ASSIST,
        "subject": None,
        "categories": categories or (EMAIL,),
        "action": "send",
        "destination": "openai",
        **changes,
    }
    return decide(policy, **values)


def treated(policy: Policy, qualified: str, **changes: object) -> Treatment:
    return ask(policy, qualified, **changes).treatments[qualified]


def test_a_permitted_request_says_how_each_category_is_treated() -> None:
    policy = a_policy(Rule("user.financial.card", Treatment.MASK))
    decision = ask(policy, EMAIL, CARD)
    assert decision.effect is Effect.PERMIT
    assert decision.reason == "permitted"
    assert decision.policy == policy.reference
    assert decision.treatments == {EMAIL: Treatment.TOKEN, CARD: Treatment.MASK}


@pytest.mark.parametrize(
    ("changes", "policy_changes", "reason"),
    [
        ({"purpose": "advertise"}, {}, "purpose.unknown"),
        ({"purpose": ""}, {}, "purpose.unknown"),
        ({"purpose": "code"}, {}, "purpose.not-held"),
        ({"action": "train"}, {}, "action.unknown"),
        ({}, {"refused_destinations": frozenset({"openai"})}, "destination.refused"),
        (
            {},
            {"purposes": (Purpose(ASSIST, "", destinations=frozenset({"local"})),)},
            "destination.not-for-purpose",
        ),
        ({}, {"purposes": (Purpose(ASSIST, "", needs_subject=True),)}, "subject.missing"),
        (
            {"subject": SubjectId("s1")},
            {"purposes": (Purpose(ASSIST, "", needs_consent=True),)},
            "consent.missing",
        ),
        (
            {"subject": SubjectId("s1"), "consents": Consents(3, frozenset({PurposeKey("code")}))},
            {"purposes": (Purpose(ASSIST, "", needs_consent=True),)},
            "consent.missing",
        ),
        (
            {"consents": Consents(3, frozenset({ASSIST}))},
            {"purposes": (Purpose(ASSIST, "", needs_consent=True),)},
            "consent.missing",
        ),
    ],
)
def test_what_is_not_permitted_is_refused_with_its_reason_and_no_treatment(
    changes: dict[str, object], policy_changes: dict[str, object], reason: str
) -> None:
    decision = ask(a_policy(**policy_changes), **changes)
    assert decision.effect is Effect.REFUSE
    assert decision.reason == reason
    assert decision.treatments == {}
    assert reason in REASONS


def test_a_given_consent_permits_and_its_generation_is_kept() -> None:
    policy = a_policy(purposes=(Purpose(ASSIST, "", needs_consent=True),))
    consents = Consents(7, frozenset({ASSIST}))
    decision = ask(policy, subject=SubjectId("s1"), consents=consents)
    assert decision.effect is Effect.PERMIT
    assert decision.consent_generation == 7


def test_a_type_wins_over_a_category_and_a_longer_category_over_a_shorter() -> None:
    rules = [
        Rule("*", Treatment.BLOCK),
        Rule("user", Treatment.MASK),
        Rule("user.contact", Treatment.ENCRYPT),
        Rule("user.contact.email", Treatment.SURROGATE),
        Rule("EMAIL_ADDRESS", Treatment.ALLOW),
    ]
    expected = [rule.treatment for rule in rules]
    for count in range(len(rules), 0, -1):
        assert treated(a_policy(*rules[:count]), EMAIL) is expected[count - 1]


def test_a_category_covers_only_what_follows_at_a_dot() -> None:
    policy = a_policy(Rule("user.contact.em", Treatment.BLOCK), Rule("user.con", Treatment.BLOCK))
    assert treated(policy, EMAIL) is Treatment.TOKEN


def test_a_named_purpose_wins_and_then_a_named_destination() -> None:
    policy = a_policy(
        Rule("EMAIL_ADDRESS", Treatment.BLOCK),
        Rule("EMAIL_ADDRESS", Treatment.MASK, destination="local"),
        Rule("EMAIL_ADDRESS", Treatment.ENCRYPT, purpose="code"),
        Rule("EMAIL_ADDRESS", Treatment.ALLOW, purpose="code", destination="local"),
    )
    caller = a_caller("assist", "code")
    for purpose, destination, expected in [
        ("assist", "openai", Treatment.BLOCK),
        ("assist", "local", Treatment.MASK),
        ("code", "openai", Treatment.ENCRYPT),
        ("code", "local", Treatment.ALLOW),
    ]:
        got = treated(
            policy, EMAIL, purpose=PurposeKey(purpose), destination=destination, principal=caller
        )
        assert got is expected


def test_a_closer_target_wins_over_a_named_purpose() -> None:
    policy = a_policy(
        Rule("user.contact", Treatment.BLOCK, purpose="assist", destination="openai"),
        Rule("user.contact.email", Treatment.MASK),
    )
    assert treated(policy, EMAIL) is Treatment.MASK


@pytest.mark.parametrize("order", [1, -1])
def test_of_equal_rules_the_strictest_holds_in_any_order(order: int) -> None:
    rules = [Rule("EMAIL_ADDRESS", Treatment.ALLOW), Rule("EMAIL_ADDRESS", Treatment.MASK)]
    assert treated(a_policy(*rules[::order]), EMAIL) is Treatment.MASK


@pytest.mark.parametrize(
    "qualified",
    [
        "alien.thing:EMAIL_ADDRESS",
        "user.contact.email",
        "user..email:EMAIL_ADDRESS",
        "User.contact:EMAIL_ADDRESS",
        "user.contact.email:email",
        ":EMAIL_ADDRESS",
        "",
        "user.contact.email:EMAIL_ADDRESS\n",
    ],
)
def test_an_unknown_category_gets_the_strictest_even_where_its_type_is_allowed(
    qualified: str,
) -> None:
    policy = a_policy(
        Rule("EMAIL_ADDRESS", Treatment.ALLOW), Rule("user.name", Treatment.MASK, purpose="code")
    )
    assert treated(policy, qualified) is Treatment.MASK


def test_an_unknown_category_is_blocked_even_by_a_policy_that_observes() -> None:
    policy = a_policy(observe=True, default=Treatment.ALLOW)
    assert treated(policy, "alien.thing:X") is Treatment.BLOCK
    decision = ask(policy)
    assert decision.reason == "permitted.observed"
    assert decision.treatments == {EMAIL: Treatment.ALLOW}


def test_a_table_says_which_rule_spoke() -> None:
    policy = a_policy(Rule("user.contact", Treatment.MASK, because="No need.", number=4))
    table = compile_policy(policy, purpose=ASSIST, destination="openai")
    rule = table.find_rule(EMAIL)
    assert rule is not None
    assert (rule.because, rule.number) == ("No need.", 4)
    assert table.find_rule(CARD) is None


def test_persons_and_agents_get_back_what_persons_may_and_services_what_services_may() -> None:
    policy = a_policy(
        restore=RestoreRules(never=frozenset({"user.financial", "SEC_JWT"})),
    )

    def may(kind: PrincipalKind, origin: Origin, qualified: str = EMAIL) -> bool:
        return origin in find_restored(policy, kind) and not is_withheld(policy, qualified)

    assert may(PrincipalKind.PERSON, Origin.CALLER)
    assert may(PrincipalKind.SERVICE, Origin.APPLICATION)
    assert not may(PrincipalKind.PERSON, Origin.APPLICATION)
    assert not may(PrincipalKind.AGENT, Origin.APPLICATION)
    assert not may(PrincipalKind.SERVICE, Origin.CALLER, CARD)
    assert not may(PrincipalKind.SERVICE, Origin.CALLER, "secret.token:SEC_JWT")


def surely(level: int, ago: timedelta | None = None) -> Principal:
    at = None if ago is None else START - ago
    return replace(a_caller(), assurance=level, authenticated_at=at)


WARD = Demand(2, timedelta(minutes=15))


@pytest.mark.requirement(23)
@pytest.mark.parametrize(
    ("who", "reason"),
    [
        (surely(0), "assurance.too-low"),
        (surely(1, timedelta(0)), "assurance.too-low"),
        (surely(2), "authentication.too-old"),
        (surely(3, timedelta(minutes=16)), "authentication.too-old"),
        (surely(2, timedelta(minutes=15)), "permitted"),
        (surely(3, timedelta(0)), "permitted"),
    ],
)
def test_a_purpose_asks_how_surely_and_how_lately_somebody_signed_in(
    who: Principal, reason: str
) -> None:
    policy = a_policy(purposes=(Purpose(ASSIST, "Assist", demand=WARD),))
    decision = ask(policy, principal=who, at=START)
    assert decision.reason == reason
    stepped = reason != "permitted"
    assert (decision.effect is Effect.STEP_UP, bool(decision.treatments)) == (stepped, not stepped)
    assert decision.demand == (WARD if stepped else NO_DEMAND)


@pytest.mark.requirement(23)
def test_who_does_not_say_when_it_is_gets_nothing_that_depends_on_it() -> None:
    policy = a_policy(purposes=(Purpose(ASSIST, "Assist", demand=WARD),))
    assert ask(policy, principal=surely(3, timedelta(0))).reason == "authentication.too-old"
    assert policy.asks_age and not a_policy().asks_age


@pytest.mark.requirement(23)
def test_data_asks_too_and_all_demands_that_cover_it_count() -> None:
    wide, close = Demand(1), Demand(0, timedelta(hours=1))
    policy = a_policy(
        demands=(
            DataDemand("user.contact", wide),
            DataDemand("EMAIL_ADDRESS", close, ASSIST),
            DataDemand("*", Demand(3), "code"),
            DataDemand("CREDIT_CARD", Demand(3), destination="elsewhere"),
        )
    )
    table = compile_policy(policy, purpose=ASSIST, destination="openai")
    assert table.find_demand((EMAIL,)) == Demand(1, timedelta(hours=1))
    assert table.find_demand((CARD,)) == NO_DEMAND
    assert ask(policy, CARD, at=START).effect is Effect.PERMIT
    assert ask(policy, EMAIL, at=START).effect is Effect.STEP_UP
    assert ask(policy, EMAIL, principal=surely(1, timedelta(0)), at=START).effect is Effect.PERMIT


def test_demands_together_are_as_strict_as_each() -> None:
    assert Demand(2).join(Demand(1, timedelta(1))) == Demand(2, timedelta(1))
    ages = Demand(0, timedelta(2)).join(Demand(3, timedelta(1)))
    assert ages == Demand(3, timedelta(1))
