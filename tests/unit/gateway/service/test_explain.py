"""Why a request was treated as it was."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pytest

from curtilage.consent.models import Policy
from curtilage.core.authority import Authority
from curtilage.core.errors import DeniedError
from curtilage.core.models import TenantId
from curtilage.gateway import records
from curtilage.gateway.errors import UnknownRequest
from curtilage.gateway.service.explain import CHANGED, ExplainService
from tests.builders import a_principal
from tests.fakes.dataplane import a_policy
from tests.unit.gateway.service.exchanges import (
    BLOCKED,
    DECISION,
    FakeLedger,
    an_ending,
    an_intent,
)

READER = a_principal(rights=frozenset({"requests:read"}))
BALANCED = a_policy()


def a_service(
    *events: Any, policies: Mapping[str, Policy] | None = None, earlier: Collection[Policy] = ()
) -> ExplainService:
    offered = {"balanced": BALANCED} if policies is None else policies

    async def kept(references: Collection[str]) -> Mapping[str, Policy]:
        return {each.reference: each for each in earlier if each.reference in references}

    titles = {"EMAIL_ADDRESS": "E-mail address"}
    return ExplainService(FakeLedger(*events), lambda: offered, kept, titles, Authority())


def decided_now(**more: Any) -> Any:
    return an_intent(decision={**DECISION, "policy": BALANCED.reference, **more})


async def test_each_kind_is_explained_by_the_rule_that_decided() -> None:
    intent = decided_now()
    told = await a_service(intent, an_ending(intent)).explain(READER, intent.id)
    assert (told.effect, told.purpose, told.policy) == ("permit", "assist", BALANCED.reference)
    assert told.reason == "The policy permits this purpose at this destination."
    secret, email = told.reasons
    assert (secret.title, secret.count, secret.treatment) == ("SEC_GITHUB", 1, "token")
    assert secret.rule.startswith("rule ") and "secret" in secret.rule and secret.because
    assert (email.title, email.count, email.rule) == ("E-mail address", 2, "default")


async def test_a_policy_that_has_changed_since_is_not_quoted() -> None:
    intent = an_intent()
    told = await a_service(intent, an_ending(intent)).explain(READER, intent.id)
    assert {reason.because for reason in told.reasons} == {CHANGED}
    assert [reason.treatment for reason in told.reasons] == ["token", "token"]


async def test_a_policy_that_is_past_is_quoted_where_it_is_kept() -> None:
    past = replace(BALANCED, refused_destinations=frozenset({"far"}))
    intent = an_intent(decision={**DECISION, "policy": past.reference})
    service = a_service(intent, an_ending(intent), earlier=[past])
    secret, email = (await service.explain(READER, intent.id)).reasons
    assert secret.rule.startswith("rule ") and email.rule == "default"


async def test_what_an_earlier_policy_decided_is_told_as_its_word() -> None:
    observing = a_policy("observe")
    intent = an_intent(decision={**DECISION, "policy": observing.reference})
    intent = replace(intent, facts={**intent.facts, "held_to": [BALANCED.reference]})
    service = a_service(
        intent, an_ending(intent), policies={"observe": observing}, earlier=[BALANCED]
    )
    told = await service.explain(READER, intent.id)
    assert told.policy == observing.reference
    for reason in told.reasons:
        assert reason.because.startswith("The session is older than the newest policy")
        assert BALANCED.reference in reason.because


async def test_a_refusal_says_which_earlier_policies_a_session_is_held_to() -> None:
    decision = {"effect": "refuse", "reason": "purpose.unknown", "treatments": {}}
    intent = decided_now(**decision)
    intent = replace(intent, facts={**intent.facts, "held_to": ["balanced@1"]})
    ending = an_ending(intent, records.REFUSED, reason="gateway.policy-refused")
    told = await a_service(intent, ending).explain(READER, intent.id)
    assert told.reason.startswith("The policy does not know the purpose.")
    assert told.reason.endswith("held to an earlier one: balanced@1.")


async def test_a_refusal_is_told_by_the_reason_of_its_ending() -> None:
    intent = an_intent(decision={}, facts={"route": "openai.chat"})
    ending = an_ending(intent, records.REFUSED, reason="gateway.purpose-not-held")
    told = await a_service(intent, ending).explain(READER, intent.id)
    assert (told.effect, told.code, told.reasons) == ("refuse", "gateway.purpose-not-held", [])
    assert told.reason == "The key does not hold this purpose."
    assert (told.scanned, told.outcome, told.ending) == (None, "refused", "Refused; nothing left.")


async def test_what_was_blocked_names_the_rule_and_its_reason() -> None:
    strict = a_policy("strict")
    intent = replace(BLOCKED, decision={**BLOCKED.decision, "policy": strict.reference})
    ending = an_ending(intent, records.REFUSED, reason="gateway.content-blocked", status=400)
    told = await a_service(intent, ending, policies={"strict": strict}).explain(READER, intent.id)
    assert (told.effect, told.code, told.scanned) == ("refuse", "gateway.content-blocked", 3)
    assert told.reason == "The policy blocks what was found: SEC_GITHUB."
    secret = next(reason for reason in told.reasons if reason.treatment == "block")
    assert (secret.rule, secret.count) == ("rule 1: secret", 1)
    assert secret.because.startswith("A password or key in a prompt")
    assert (told.model, told.upstream, told.destination) == ("gpt-4o", "openai", "external")
    assert (told.status, told.ending) == (400, "Refused; nothing left.")


async def test_a_name_that_can_only_leave_as_it_is_is_the_reason_itself() -> None:
    intent = decided_now()
    intent = replace(intent, facts={**intent.facts, "bare": ["model"]})
    ending = an_ending(intent, records.REFUSED, reason="gateway.content-blocked")
    told = await a_service(intent, ending).explain(READER, intent.id)
    assert told.reason.startswith("The model's name looks like")


async def test_a_refusal_by_the_policy_names_its_reason_for_each_kind() -> None:
    decision = {"effect": "refuse", "reason": "purpose.unknown", "treatments": {}}
    intent = decided_now(**decision)
    ending = an_ending(intent, records.REFUSED, reason="gateway.policy-refused")
    told = await a_service(intent, ending).explain(READER, intent.id)
    assert (told.effect, told.code) == ("refuse", "purpose.unknown")
    assert [(reason.treatment, reason.rule, reason.count) for reason in told.reasons] == [
        ("refused", "purpose.unknown", 2), ("refused", "purpose.unknown", 1),
    ]  # fmt: skip


ENDINGS = {
    ("completed", ""): "Answered.",
    (
        "failed",
        "provider-error",
    ): "Ended in an error. The provider answered with an error, which was passed on.",
    (
        "failed",
        "gateway.upstream-failed",
    ): "Ended in an error. The provider did not answer as its protocol says.",
    (
        "aborted",
        "caller-left",
    ): "Cut short before the end. The caller closed the connection before the end.",
    ("unknown", "worker-died"): "Nobody knows how it ended. The worker died during the call.",
    ("failed", "a.code.of.tomorrow"): "Ended in an error. a.code.of.tomorrow",
}


@pytest.mark.parametrize(("outcome", "code"), ENDINGS)
async def test_what_became_of_a_call_is_told_beside_what_was_decided(
    outcome: str, code: str
) -> None:
    intent = decided_now()
    given = {"reason": code} if code else {}
    ending = an_ending(intent, f"exchange.{outcome}", **given)
    told = await a_service(intent, ending).explain(READER, intent.id)
    assert told.ending == ENDINGS[outcome, code]
    assert (told.effect, told.code, told.status) == ("permit", "permitted", 200)


async def test_a_call_that_ended_before_any_decision_tells_how() -> None:
    intent = an_intent(decision={}, facts={"route": "openai.chat"})
    ending = an_ending(intent, records.ABORTED, reason="caller-left")
    told = await a_service(intent, ending).explain(READER, intent.id)
    assert (told.effect, told.code, told.scanned) == ("aborted", "caller-left", None)


async def test_a_call_under_way_is_explained_by_its_decision() -> None:
    intent = decided_now()
    assert (await a_service(intent).explain(READER, intent.id)).effect == "permit"


async def test_the_id_of_no_request_is_unknown() -> None:
    intent = an_intent()
    ending = an_ending(intent)
    for asked in ("none", ending.id):
        with pytest.raises(UnknownRequest):
            await a_service(intent, ending).explain(READER, asked)


async def test_another_tenants_request_is_as_unknown_as_none() -> None:
    intent = replace(an_intent(), tenant=TenantId("tenant-other"))
    with pytest.raises(UnknownRequest):
        await a_service(intent, an_ending(intent)).explain(READER, intent.id)


async def test_it_takes_the_right_to_read_requests() -> None:
    intent = an_intent()
    with pytest.raises(DeniedError):
        await a_service(intent).explain(a_principal(), intent.id)
