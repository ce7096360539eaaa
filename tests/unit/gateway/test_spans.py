"""A span says what the two records say, under the names of the conventions, and no more."""

from datetime import UTC, datetime
from typing import Any

import pytest

from curtilage.core.models import Decision, Effect, Event, Sealed, TenantId, Treatment
from curtilage.gateway import records
from curtilage.gateway.spans import Parent, describe_call, find_parent

AT = datetime(2026, 11, 23, 10, 20, 31, tzinfo=UTC)
TREATMENTS = {"user.contact.email:EMAIL": Treatment.TOKEN, "user.name:PERSON": Treatment.ALLOW}


def an_intent(**facts: Any) -> Event:
    given = {
        "route": "openai.chat", "model": "gpt-*", "upstream": "openai", "stream": True,
        "slots": 2, "found": {"EMAIL": 2, "PERSON": 1}, "bytes_in": 10,
    }  # fmt: skip
    return records.intended(
        request_id="r-1", at=AT, tenant=TenantId("t"), actor="actor-pseudonym", actor_kind="service",
        subject="subject-pseudonym", purpose="assist",
        decision=Decision(Effect.PERMIT, "ok", TREATMENTS, "balanced@1"),
        facts=given | facts, sealed=Sealed(bytes(32), b"box"),
    )  # fmt: skip


def an_outcome(kind: str = records.COMPLETED, **facts: Any) -> Event:
    given = {
        "status": 200, "tokens_in": 7, "tokens_out": 9, "finish": ["stop"], "total_us": 1500,
        "restored": {"EMAIL": 2},
    }  # fmt: skip
    return records.outcome(
        event_id="o-1", at=AT, kind=kind, intent=an_intent(), facts=given | facts
    )


def test_a_call_that_went_well() -> None:
    span = describe_call(an_intent(), an_outcome())
    assert (span.name, span.error, span.microseconds) == ("chat gpt-*", "", 1500)
    assert span.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-*",
        "gen_ai.usage.input_tokens": 7,
        "gen_ai.usage.output_tokens": 9,
        "gen_ai.response.finish_reasons": ["stop"],
        "http.response.status_code": 200,
        "curtilage.request_id": "r-1",
        "curtilage.outcome": "completed",
        "curtilage.purpose": "assist",
        "curtilage.policy": "balanced@1",
        "curtilage.findings": 3,
        "curtilage.protected": 2,
        "curtilage.restored": 2,
        "curtilage.stream": True,
        "curtilage.slots": 2,
        "curtilage.upstream": "openai",
    }


@pytest.mark.parametrize(
    ("kind", "facts", "error"),
    [
        (records.REFUSED, {"reason": "gateway.blocked"}, "gateway.blocked"),
        (records.FAILED, {"reason": "provider-error"}, "provider-error"),
        (records.ABORTED, {}, "aborted"),
    ],
)
def test_a_call_that_did_not_says_why_in_a_word_of_ours(
    kind: str, facts: dict[str, str], error: str
) -> None:
    span = describe_call(an_intent(), an_outcome(kind, **facts))
    assert span.error == span.attributes["error.type"] == error


def test_other_routes_have_their_operation() -> None:
    for route, operation, provider in (
        ("openai.embeddings", "embeddings", "openai"),
        ("openai.completions", "text_completion", "openai"),
        ("openai.responses", "chat", "openai"),
        ("anthropic.messages", "chat", "anthropic"),
        ("azure.v1.completions", "text_completion", "azure"),
        ("bedrock.converse", "chat", "bedrock"),
        ("bedrock.stream", "chat", "bedrock"),
        ("gemini.stream", "generate_content", "gemini"),
        ("gemini.v1.generate", "generate_content", "gemini"),
    ):
        attributes = describe_call(an_intent(route=route), an_outcome()).attributes
        assert attributes["gen_ai.operation.name"] == operation
        assert attributes["gen_ai.provider.name"] == provider


@pytest.mark.parametrize(
    "route", ["openai.files.content", "openai.speech", "anthropic.batches", "openai.responses.read"]
)
def test_what_the_conventions_have_no_word_for_is_told_by_its_route(route: str) -> None:
    span = describe_call(an_intent(route=route), an_outcome())
    assert "gen_ai.operation.name" not in span.attributes
    assert span.name == f"{route} gpt-*"


def test_who_asked_and_what_is_sealed_is_not_in_it() -> None:
    text = repr(describe_call(an_intent(), an_outcome()))
    assert "pseudonym" not in text
    assert "box" not in text


def test_a_record_with_little_in_it_gives_a_span_too() -> None:
    bare = Event("r-1", AT, records.INTENDED, TenantId("t"), facts={"found": None, "model": ["x"]})
    odd = Event("o-1", AT, records.FAILED, TenantId("t"), facts={"total_us": "1", "restored": [1]})
    span = describe_call(bare, odd)
    assert (span.error, span.microseconds) == ("failed", 0)
    assert span.name.startswith("call")
    assert span.attributes["curtilage.findings"] == 0


TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def test_a_traceparent_is_read() -> None:
    for flags, sampled in (("01", True), ("00", False)):
        raw = [(b"traceparent", f"00-{TRACE}-{SPAN}-{flags}".encode())]
        assert find_parent(raw) == Parent(int(TRACE, 16), int(SPAN, 16), sampled)


@pytest.mark.parametrize(
    "said",
    [
        [],
        [f"00-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-01"],
        [f"00-{'0' * 32}-{SPAN}-01"],
        [f"00-{TRACE}-{'0' * 16}-01"],
        [f"01-{TRACE}-{SPAN}-01"],
        [f"00-{TRACE.upper()}-{SPAN}-01"],
        [f"00-{TRACE}-{SPAN}-01\n"],
        [f"00-{TRACE}-{SPAN}-01-more"],
        ["ada@orchard.example"],
    ],
)
def test_what_is_none_is_left_out(said: list[str]) -> None:
    assert find_parent([(b"traceparent", value.encode()) for value in said]) is None
