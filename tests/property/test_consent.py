"""Decisions, held against a naive reading of the same rules."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from curtilage.consent.models import Policy, Purpose, Rule
from curtilage.consent.rules import compile_policy
from curtilage.consent.wire import LATER, encode_policy, parse_policy
from curtilage.core.models import STRICTNESS, PurposeKey, Treatment

PURPOSES = ["assist", "code"]
DESTINATIONS = ["eu", "local", "us"]
DATA = [
    "user.contact.email:EMAIL_ADDRESS",
    "user.contact.phone_number:PHONE_NUMBER",
    "user.contact:FAX",
    "user.financial.card:CREDIT_CARD",
    "user.financial.card.track:CARD_TRACK",
    "user.name:PERSON",
    "secret.key:SEC_AWS_ID",
    "system:HOST",
    "alien.kind:ODD",
    "nonsense",
]
TARGETS = [
    "*",
    "user",
    "user.contact",
    "user.contact.email",
    "user.financial.card",
    "secret",
    "secret.key",
    "system",
    "EMAIL_ADDRESS",
    "PERSON",
    "ODD",
]
strict_words = st.sampled_from([word for word in Treatment if word is not Treatment.ALLOW])
narrow = st.sampled_from([target for target in TARGETS if target not in {"*", "user"}])
places = {
    "purpose": st.sampled_from(["*", *PURPOSES]),
    "destination": st.sampled_from(["*", *DESTINATIONS[:2]]),
}
rules = st.one_of(
    st.builds(Rule, target=st.sampled_from(TARGETS), treatment=strict_words, **places),
    st.builds(Rule, target=narrow, treatment=st.just(Treatment.ALLOW), **places),
)
policies = st.builds(
    lambda rules, default: Policy(
        name="any",
        purposes=tuple(Purpose(PurposeKey(key), key) for key in PURPOSES),
        rules=tuple(rules),
        default=default,
    ),
    st.lists(rules, max_size=14),
    strict_words,
)


def everything(policy: Policy) -> dict[tuple[str, str, str], Treatment]:
    """Every answer that the policy can give."""
    return {
        (purpose, destination, qualified): compile_policy(
            policy, purpose=PurposeKey(purpose), destination=destination
        ).treat(qualified)
        for purpose in PURPOSES
        for destination in DESTINATIONS
        for qualified in DATA
    }


def naive(policy: Policy, purpose: str, destination: str, qualified: str) -> Treatment:
    """The same by brute force: score every rule that applies, take the best."""
    category, _, kind = qualified.partition(":")
    if category.split(".")[0] not in {"user", "system", "secret"} or not kind:
        return max(
            [policy.default, *(r.treatment for r in policy.rules)], key=list(Treatment).index
        )
    best, outcome = (-1, 0, 0, 0), policy.default
    for rule in policy.rules:
        if rule.purpose not in {"*", purpose} or rule.destination not in {"*", destination}:
            continue
        if rule.target == kind:
            closeness = 1000
        elif (category + ".").startswith(rule.target + "."):
            closeness = len(rule.target)
        elif rule.target == "*":
            closeness = 0
        else:
            continue
        score = (
            closeness,
            int(rule.purpose == purpose),
            int(rule.destination == destination),
            list(Treatment).index(rule.treatment),
        )
        if score > best:
            best, outcome = score, rule.treatment
    return outcome


@given(policies)
def test_every_answer_is_the_naive_one(policy: Policy) -> None:
    for (purpose, destination, qualified), treatment in everything(policy).items():
        assert treatment is naive(policy, purpose, destination, qualified)


@given(policies, rules, st.data())
def test_a_rule_as_strict_as_what_held_before_never_loosens(
    policy: Policy, rule: Rule, data: st.DataObject
) -> None:
    before = everything(policy)
    strictest = max(before.values(), key=STRICTNESS.__getitem__)
    stricter = [word for word in Treatment if STRICTNESS[word] >= STRICTNESS[strictest]]
    added = replace(rule, treatment=data.draw(st.sampled_from(stricter)))
    if added.treatment is Treatment.ALLOW:
        return
    at = data.draw(st.integers(0, len(policy.rules)))
    after = everything(replace(policy, rules=(*policy.rules[:at], added, *policy.rules[at:])))
    for asked, treatment in after.items():
        assert STRICTNESS[treatment] >= STRICTNESS[before[asked]]


@given(policies, st.data())
def test_a_rule_made_stricter_never_loosens(policy: Policy, data: st.DataObject) -> None:
    if not policy.rules:
        return
    at = data.draw(st.integers(0, len(policy.rules) - 1))
    stricter = [w for w in Treatment if STRICTNESS[w] >= STRICTNESS[policy.rules[at].treatment]]
    changed = replace(policy.rules[at], treatment=data.draw(st.sampled_from(stricter)))
    after = everything(
        replace(policy, rules=(*policy.rules[:at], changed, *policy.rules[at + 1 :]))
    )
    for asked, treatment in everything(policy).items():
        assert STRICTNESS[after[asked]] >= STRICTNESS[treatment]


@given(policies, st.randoms(use_true_random=False))
def test_the_order_of_rules_decides_nothing(policy: Policy, random: object) -> None:
    shuffled = list(policy.rules)
    random.shuffle(shuffled)
    other = replace(policy, rules=tuple(shuffled))
    assert other.version == policy.version
    assert everything(other) == everything(policy)


@given(policies)
def test_a_policy_that_went_through_its_file_decides_the_same(policy: Policy) -> None:
    if LATER & {policy.default, *(rule.treatment for rule in policy.rules)}:
        policy = replace(
            policy,
            default=Treatment.TOKEN,
            rules=tuple(rule for rule in policy.rules if rule.treatment not in LATER),
        )
    again = parse_policy(encode_policy(policy), "any")
    assert again == policy
    assert everything(again) == everything(policy)
