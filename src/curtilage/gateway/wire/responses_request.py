"""OpenAI Responses: which strings of a request are text, and what it goes on from.

Facts: the `openai` package 3.54, `types/responses/response_create_params.py`, with
`input_token_count_params.py` and `response_compact_params.py`. Items of the
input: `responses_items`. Replies: `responses_reply`, streams: `responses_stream`.
"""

import re
from collections.abc import Collection
from typing import Any

from curtilage.gateway.wire.errors import ReferenceRefused, UnexpectedShape
from curtilage.gateway.wire.facts import RequestFacts, read_flag, read_request
from curtilage.gateway.wire.fields import (
    FREE,
    ID,
    IDENTITY,
    MODEL,
    NAME,
    SCALAR,
    TEXT,
    FieldMap,
    Leaf,
    Node,
    Object,
    an,
    many,
    one_of,
)
from curtilage.gateway.wire.responses_items import CONTENT, INPUT, SAYS
from curtilage.gateway.wire.responses_tools import CHOICE, EFFORT, TOOLS
from curtilage.gateway.wire.schema import SCHEMA

LOGPROBS = "message.output_text.logprobs"
INCLUDED = (
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    LOGPROBS,
)
KEPT_ID = re.compile(r"[A-Za-z0-9_-]{1,256}\Z").match
"""The shape of an id that a provider gave to what it keeps."""

_CONTINUATIONS = {
    "prompt_cache_options": "comparison_response_id",
    "background_options": "continuation_id",
}

# Only ids that this service saw come back to this caller get so far: `exchange`.
_KEPT = Node(Leaf.STRUCTURE, KEPT_ID, note="an id that the provider gave this caller")
_MODE = an({"mode": one_of("score", "block")})
_FORMAT = an(
    {
        "type": one_of("text", "json_object", "json_schema"),
        "name": NAME,
        "description": TEXT,
        "schema": SCHEMA,
        "strict": SCALAR,
    }
)
_REASONING = an(
    {
        "effort": EFFORT,
        "summary": one_of("auto", "concise", "detailed"),
        "generate_summary": one_of("auto", "concise", "detailed"),
        "context": one_of("auto", "current_turn", "all_turns"),
        "mode": NAME,
    }
)

RESPONSES = FieldMap(
    Object(
        {
            "model": MODEL,
            "input": INPUT,
            "instructions": TEXT,
            "previous_response_id": _KEPT,
            "conversation": Node(
                Leaf.STRUCTURE, KEPT_ID, object=Object({"id": _KEPT}), note=_KEPT.note
            ),
            "prompt": an(
                {
                    "id": ID,
                    "version": NAME,
                    "variables": Node(object=Object(rest=CONTENT), note="names, each with text"),
                }
            ),
            "tools": TOOLS,
            "tool_choice": CHOICE,
            "text": an({"format": _FORMAT, "verbosity": one_of("low", "medium", "high")}),
            "reasoning": _REASONING,
            "include": many(one_of(*INCLUDED)),
            "metadata": FREE,
            "user": IDENTITY,
            "safety_identifier": IDENTITY,
            "prompt_cache_key": IDENTITY,
            "prompt_cache_options": an(
                {
                    "mode": one_of("implicit", "explicit"),
                    "ttl": one_of("30m", "12h"),
                    "prewarm": SCALAR,
                    "comparison_response_id": ID,
                }
            ),
            "prompt_cache_retention": one_of("in_memory", "24h", "in-memory"),
            "service_tier": NAME,
            "truncation": one_of("auto", "disabled"),
            "background_options": an({"completion_window": NAME, "continuation_id": ID}),
            "access_programs": an({"cyber": NAME}),
            "context_management": many(an({"type": NAME, "compact_threshold": SCALAR})),
            "image": an({"context_compression": one_of("auto", "enabled", "disabled")}),
            "moderation": an({"model": TEXT, "policy": an({"input": _MODE, "output": _MODE})}),
            "stream_options": an({"include_obfuscation": SCALAR}),
            **dict.fromkeys(
                (
                    "stream", "store", "background", "temperature", "top_p", "top_logprobs",
                    "max_output_tokens", "max_tool_calls", "parallel_tool_calls",
                ),
                SCALAR,
            ),
        }
    )
)  # fmt: skip


def prepare_responses(document: Any, _allowed: Collection[str] = ()) -> RequestFacts:
    """What the gateway relies on in a request. Raises UnexpectedShape."""
    model = read_request(document)
    asked = document.get("include")
    _refuse_bare(document.get("input"))
    _refuse_continuations(document)
    previous, conversation = _find_kept(document)
    return RequestFacts(
        model=model,
        stream=read_flag(document, "stream"),
        logprobs=type(asked) is list and LOGPROBS in asked,
        continues=(*previous, *conversation),
        adds_to=conversation,
        stored=document.get("store") is None or read_flag(document, "store"),
    )


def prepare_one_off(document: Any, _allowed: Collection[str] = ()) -> RequestFacts:
    """As `prepare_responses`, for what the provider answers at once and does not keep."""
    facts = prepare_responses(document)
    return RequestFacts(model=facts.model, continues=facts.continues)


def prepare_conversation(document: Any, _allowed: Collection[str] = ()) -> RequestFacts:
    """A conversation that is only begun: no model is named, and the provider keeps it."""
    if type(document) is not dict:
        raise UnexpectedShape("The body is not a JSON object.")
    _refuse_bare(document.get("items"))
    return RequestFacts(model="", stored=True)


def _find_kept(document: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The response and the conversation that this request goes on from, where it names one."""
    conversation = document.get("conversation")
    if type(conversation) is dict:
        conversation = conversation.get("id")
    return (
        _read_id("previous_response_id", document.get("previous_response_id")),
        _read_id("conversation", conversation),
    )


def _refuse_bare(items: Any) -> None:
    """An item with an id and nothing of what it stands for is a reference by another name.

    References themselves have to be the caller's own: the field map says so."""
    if type(items) is list:
        for item in items:
            _refuse_bare(item)
    elif type(items) is dict and _is_bare(items):  # a lone one is read as one of a list
        raise ReferenceRefused


def _is_bare(item: dict[str, Any]) -> bool:
    """Whether an item has an id and nothing of what it stands for."""
    if item.get("id") is None:
        return False
    kind = item.get("type") or ""
    if not kind and not item.get("role"):
        return False  # the field map reads it as a reference, whatever says so
    needed = SAYS.get(kind, ()) if type(kind) is str else ()
    return bool(needed) and all(item.get(name) is None for name in needed)


def _refuse_continuations(document: dict[str, Any]) -> None:
    """The same for ids that stand in options."""
    for name, key in _CONTINUATIONS.items():
        options = document.get(name)
        if type(options) is dict and options.get(key) is not None:
            raise ReferenceRefused


def _read_id(name: str, id: Any) -> tuple[str, ...]:
    if id is None:
        return ()
    if type(id) is not str or not KEPT_ID(id):
        raise UnexpectedShape(f"`{name}` is not an id as the provider gives them.")
    return (id,)
