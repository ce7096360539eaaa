"""What holds for every policy, however it was made."""

from dataclasses import replace

import pytest

from curtilage.consent.errors import PolicyError
from curtilage.consent.models import (
    HostileRules,
    Opaque,
    Policy,
    Purpose,
    RestoreRules,
    Rule,
    canonical_form,
)
from curtilage.core.models import PurposeKey, Treatment
from curtilage.detect.hostile.models import Action as HostileAction

ASSIST = Purpose(PurposeKey("assist"), "Assist")


def a_policy(*rules: Rule, **changes: object) -> Policy:
    values = {
        "name": "mine",
        "purposes": (ASSIST,),
        "rules": rules,
        "default": Treatment.TOKEN,
        **changes,
    }
    return Policy(**values)


def test_a_policy_that_allows_everything_has_to_say_so() -> None:
    with pytest.raises(PolicyError, match="observe = true"):
        a_policy(default=Treatment.ALLOW)
    with pytest.raises(PolicyError, match="Rule 2"):
        a_policy(Rule("*", Treatment.ALLOW, number=2))
    a_policy(default=Treatment.ALLOW, observe=True)


@pytest.mark.parametrize("target", ["user", "user.financial"])
def test_cards_leave_only_by_a_rule_that_names_them(target: str) -> None:
    with pytest.raises(PolicyError, match=r"user\.financial\.card"):
        a_policy(Rule(target, Treatment.ALLOW))
    a_policy(Rule("user.financial.card", Treatment.ALLOW, destination="local"))
    a_policy(Rule("user.fin", Treatment.ALLOW))


def test_a_policy_that_observes_changes_nothing() -> None:
    with pytest.raises(PolicyError, match="changes nothing"):
        a_policy(Rule("secret", Treatment.TOKEN), default=Treatment.ALLOW, observe=True)
    with pytest.raises(PolicyError, match="changes nothing"):
        a_policy(observe=True)


def test_a_rule_for_a_purpose_that_is_not_there_is_refused() -> None:
    with pytest.raises(PolicyError, match="Rule 3"):
        a_policy(Rule("secret", Treatment.BLOCK, purpose="asist", number=3))


def test_the_version_changes_with_all_that_decides_and_with_nothing_else() -> None:
    rules = [Rule("secret", Treatment.BLOCK), Rule("user.name", Treatment.MASK)]
    policy = a_policy(*rules)
    same = [
        a_policy(*rules[::-1]),
        a_policy(*rules, *rules),
        a_policy(*rules, title="Another"),
        a_policy(Rule("secret", Treatment.BLOCK, because="Ours.", number=9), rules[1]),
    ]
    assert {other.version for other in same} == {policy.version}
    others = [
        a_policy(*rules, name="other"),
        a_policy(*rules[:1]),
        a_policy(*rules, default=Treatment.MASK),
        a_policy(*rules, refused_destinations=frozenset({"openai"})),
        a_policy(*rules, allowed_opaque=frozenset({Opaque.IMAGES})),
        a_policy(*rules, restore=RestoreRules(never=frozenset({"secret"}))),
        a_policy(*rules, restore=RestoreRules(to_persons=frozenset())),
        a_policy(*rules, restore=RestoreRules(to_services=frozenset())),
        a_policy(*rules, purposes=(Purpose(PurposeKey("assist"), "", frozenset({"eu"})),)),
        a_policy(*rules, purposes=(Purpose(PurposeKey("assist"), "", needs_subject=True),)),
        a_policy(*rules, purposes=(Purpose(PurposeKey("assist"), "", needs_consent=True),)),
    ]
    assert len({policy.version, *(other.version for other in others)}) == len(others) + 1


def test_content_that_cannot_be_scanned_is_refused_unless_allowed() -> None:
    policy = a_policy(allowed_opaque=frozenset({Opaque.IMAGES}))
    assert [content for content in Opaque if policy.may_carry(content)] == [Opaque.IMAGES]


def test_of_a_reply_no_more_is_done_than_replies_says_and_nobody_is_asked() -> None:
    action = HostileAction
    usual = HostileRules()
    assert usual.for_reply("exfiltration") is action.STRIP
    assert usual.for_reply("canary") is action.BLOCK
    assert HostileRules(canary=action.ASK).for_reply("canary") is action.BLOCK
    capped = HostileRules(replies=action.FLAG)
    assert capped.for_reply("canary") is capped.for_reply("exfiltration") is action.FLAG
    assert HostileRules(replies=action.ASK).for_reply("exfiltration") is action.STRIP
    assert HostileRules(replies=action.ALLOW).for_reply("canary") is action.ALLOW


def test_what_is_said_of_replies_changes_the_version_only_where_something_is_said() -> None:
    spoken = HostileRules(injection=HostileAction.BLOCK)
    assert "replies" not in canonical_form(a_policy(hostile=spoken))["hostile"]
    forms = [
        canonical_form(a_policy(hostile=replace(spoken, **more)))["hostile"]
        for more in ({"replies": HostileAction.FLAG}, {"allowed_hosts": frozenset({"a.example"})})
    ]
    assert forms[0]["replies"] == "flag" and forms[1]["allowed_hosts"] == ["a.example"]
