"""Why a request was treated as it was."""

from collections.abc import Mapping
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
from tests.unit.gateway.service.exchanges import DECISION, FakeLedger, an_ending, an_intent

READER = a_principal(rights=frozenset({"requests:read"}))
BALANCED = a_policy()


def a_service(*events: Any, policies: Mapping[str, Policy] | None = None) -> ExplainService:
    offered = {"balanced": BALANCED} if policies is None else policies
    return ExplainService(
        FakeLedger(*events), lambda: offered, {"EMAIL_ADDRESS": "E-mail address"}, Authority()
    )


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


async def test_a_refusal_is_told_by_the_reason_of_its_ending() -> None:
    intent = an_intent(decision={}, facts={"route": "openai.chat"})
    ending = an_ending(intent, records.REFUSED, reason="gateway.purpose-not-held")
    told = await a_service(intent, ending).explain(READER, intent.id)
    assert (told.effect, told.reason, told.reasons) == ("refused", "gateway.purpose-not-held", [])


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
