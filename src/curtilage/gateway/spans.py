"""What a trace may say of a call: read from its two records, and from nothing else. Pure.

Names are those of OpenTelemetry's semantic conventions for generative AI, where
there is one. No content, no name of a person or key, no address: a record has
none of them in the open either.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from curtilage.core.models import Event, Treatment
from curtilage.gateway import records

Attribute: TypeAlias = str | int | bool | Sequence[str]

OPERATIONS: Mapping[str, str] = {  # by a route or its last word; the rest have none
    **dict.fromkeys(("chat", "converse", "messages", "responses", "bedrock.stream"), "chat"),
    **dict.fromkeys(("generate", "gemini.stream", "gemini.v1.stream"), "generate_content"),
    "completions": "text_completion",
    "embeddings": "embeddings",
}
COPIED: Mapping[str, str] = {  # by the fact's name in either record
    "model": "gen_ai.request.model",  # as recorded: a route's pattern, or scanned clean
    "tokens_in": "gen_ai.usage.input_tokens",
    "tokens_out": "gen_ai.usage.output_tokens",
    "tokens_cached": "gen_ai.usage.cache_read.input_tokens",
    "finish": "gen_ai.response.finish_reasons",
    "status": "http.response.status_code",
    "stream": "curtilage.stream",
    "upstream": "curtilage.upstream",
    "cache": "curtilage.cache",
    "destination": "curtilage.destination",
    "slots": "curtilage.slots",
    "overhead_us": "curtilage.overhead_us",
    "commit_us": "curtilage.commit_us",
}
_TRACEPARENT = re.compile(rb"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")  # W3C, version 00


@dataclass(frozen=True, slots=True)
class Parent:
    """Where a trusted caller's trace stands (W3C Trace Context §3.2)."""

    trace_id: int
    span_id: int
    is_sampled: bool


@dataclass(frozen=True, slots=True)
class Span:
    """One call, as a trace tells it. `error` is empty where it went well."""

    name: str
    attributes: Mapping[str, Attribute]
    error: str
    microseconds: int


def describe_call(intent: Event, outcome: Event) -> Span:
    """The span of a call that ended. Total: facts of another type are left out."""
    route = str(intent.facts.get("route", ""))
    operation = OPERATIONS.get(route) or OPERATIONS.get(route.rpartition(".")[2], "")
    ended = outcome.kind.removeprefix("exchange.")
    facts = {**intent.facts, **outcome.facts}
    attributes: dict[str, Attribute] = {
        **({"gen_ai.operation.name": operation} if operation else {}),
        "gen_ai.provider.name": route.partition(".")[0],
        "curtilage.request_id": intent.id,
        "curtilage.outcome": ended,
        "curtilage.purpose": intent.purpose,
        "curtilage.policy": str(intent.decision.get("policy") or facts.get("policy", "")),
        "curtilage.findings": _total(facts.get("found")),
        "curtilage.protected": _count_protected(intent),
        "curtilage.restored": _total(facts.get("restored")),
    }
    for name, called in COPIED.items():
        value = facts.get(name)
        if isinstance(value, str | int):
            attributes[called] = value
        elif isinstance(value, list) and value:
            attributes[called] = [str(each) for each in value]
    error = "" if outcome.kind == records.COMPLETED else str(facts.get("reason") or ended)
    if error:
        attributes["error.type"] = error
    took = facts.get("total_us")
    model = attributes.get("gen_ai.request.model", "")
    return Span(
        f"{operation or route or 'call'} {model}".strip(),
        attributes,
        error,
        took if isinstance(took, int) else 0,
    )


def _total(counts: object) -> int:
    if not isinstance(counts, Mapping):
        return 0
    return sum(count for count in counts.values() if isinstance(count, int))


def _count_protected(intent: Event) -> int:
    """How many values did not leave as they were."""
    found, treatments = intent.facts.get("found"), intent.decision.get("treatments")
    if not isinstance(found, Mapping) or not isinstance(treatments, Mapping):
        return 0
    allowed = {
        str(name).rpartition(":")[2]
        for name, treatment in treatments.items()
        if treatment == Treatment.ALLOW.value
    }
    return _total({kind: count for kind, count in found.items() if kind not in allowed})


def find_parent(headers: Sequence[tuple[bytes, bytes]]) -> Parent | None:
    """The caller's place in its trace; None without one, with two, or one that is malformed."""
    said = [value for name, value in headers if name == b"traceparent"]
    match = _TRACEPARENT.fullmatch(said[0]) if len(said) == 1 else None
    if match is None:
        return None
    parent = Parent(int(match[1], 16), int(match[2], 16), bool(int(match[3], 16) & 1))
    return parent if parent.trace_id and parent.span_id else None
