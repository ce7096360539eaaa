"""Decisions, held against a naive reading of the same rules."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from curtilage.consent.combine import Earlier, Lineage, combine, summarise
from curtilage.consent.models import Policy, Purpose, Rule
from curtilage.consent.rules import compile_policy
from curtilage.consent.wire import encode_policy, parse_policy
from curtilage.core.models import STRICTNESS, PurposeKey, Treatment
from tests.fakes.clock import START

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
    again = parse_policy(encode_policy(policy), "any")
    assert again == policy
    assert everything(again) == everything(policy)


LOOKED_FOR = [*DATA[:7], "system:HOST"]
SEVERAL = st.lists(policies, min_size=1, max_size=4)


def strictest(*answers: dict[tuple[str, str, str], Treatment]) -> dict[object, Treatment]:
    return {
        asked: max((each[asked] for each in answers), key=STRICTNESS.__getitem__)
        for asked in answers[0]
        if asked[2] in LOOKED_FOR
    }


def is_as_strict(policy: Policy, part: Policy) -> bool:
    answers, least = everything(policy), everything(part)
    return all(STRICTNESS[answers[asked]] >= STRICTNESS[least[asked]] for asked in least)


@given(SEVERAL)
def test_policies_together_say_the_strictest_word_of_each(parts: list[Policy]) -> None:
    both = everything(combine(parts, LOOKED_FOR))
    wanted = strictest(*map(everything, parts))
    assert {asked: both[asked] for asked in wanted} == wanted


@given(SEVERAL)
def test_policies_together_are_nowhere_looser_than_one_of_them(parts: list[Policy]) -> None:
    for whole in (combine(parts, LOOKED_FOR), summarise(parts, LOOKED_FOR)):
        assert all(is_as_strict(whole, part) for part in parts)


@given(policies, SEVERAL)
def test_a_session_is_held_to_the_newest_and_to_all_since_it_began(
    newest: Policy, before: list[Policy]
) -> None:
    earlier = [Earlier(each, START - n * timedelta(hours=1)) for n, each in enumerate(before)]
    lineage = Lineage(newest, earlier, LOOKED_FOR)
    for count in range(len(earlier) + 1):
        begun_at = START + timedelta(minutes=30) - count * timedelta(hours=1)
        held = lineage.find_policy(begun_at)
        assert is_as_strict(held, newest), "what became stricter applies at once"
        assert all(is_as_strict(held, each) for each in before[:count])
    assert lineage.find_policy(START + timedelta(minutes=30)) is newest
