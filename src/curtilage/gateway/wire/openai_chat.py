"""OpenAI Chat Completions: which strings of a request are text.

Facts: the `openai` package 3.54, `types/chat/completion_create_params.py`, and
the fields that compatible servers add. Replies: `openai_reply`, streams:
`openai_stream`.
"""

from collections.abc import Collection
from typing import Any

from curtilage.gateway.wire.facts import RequestFacts, read_flag, read_limit, read_request
from curtilage.gateway.wire.fields import (
    FILE_ID,
    FREE,
    ID,
    IDENTITY,
    JSON,
    MAYBE_JSON,
    MEDIA,
    MODEL,
    NAME,
    OPAQUE,
    SCALAR,
    SEED,
    SIGNED,
    STORED_ID,
    TAG,
    TEXT,
    URL,
    Author,
    FieldMap,
    Leaf,
    Node,
    Object,
    an,
    many,
    one_of,
    part,
    parts,
    token_ids,
)
from curtilage.gateway.wire.schema import SCHEMA

_BREAKPOINT = an({"mode": one_of("explicit"), "ttl": one_of("30m", "12h")})
_EFFORT = one_of("none", "minimal", "low", "medium", "high", "xhigh", "max")

_CACHED = {"prompt_cache_breakpoint": _BREAKPOINT}
_PARTS = {
    "text": part({"text": TEXT, **_CACHED}),
    "refusal": part({"refusal": TEXT}),
    "image_url": part(
        {
            "image_url": an({"url": URL, "detail": one_of("auto", "low", "high", "authoral")}),
            **_CACHED,
        },
        needs="images",
    ),
    "input_audio": part(
        {"input_audio": an({"data": MEDIA, "format": one_of("wav", "mp3")}), **_CACHED},
        needs="audio",
    ),
    "file": part(
        {"file": an({"file_data": MEDIA, "file_id": FILE_ID, "filename": TEXT}), **_CACHED},
        needs="files",
    ),
    # Compatible servers (vLLM and others):
    "video_url": part({"video_url": an({"url": URL})}, needs="video"),
    "audio_url": part({"audio_url": an({"url": URL})}, needs="audio"),
    "thinking": part({"thinking": SIGNED, "signature": OPAQUE}),
}
_CONTENT_PARTS = parts(_PARTS)
_CONTENT = Node(object=_CONTENT_PARTS, items=Node(object=_CONTENT_PARTS), note="text or parts")
_RESULT = Node(
    Leaf.MAYBE_JSON, object=_CONTENT_PARTS, items=Node(Leaf.MAYBE_JSON, object=_CONTENT_PARTS)
)

_FUNCTION_CALL = an({"name": NAME, "arguments": JSON})
_TOOL_CALL = an(
    {
        "id": ID,
        "type": one_of("function", "custom"),
        "index": SCALAR,
        "function": _FUNCTION_CALL,
        "custom": an({"name": NAME, "input": MAYBE_JSON}),
        "extra_content": an({"google": an({"thought_signature": OPAQUE})}),
    }
)
# What compatible servers give back with reasoning; signed text is never altered.
_REASONING = {
    "reasoning": TEXT,
    "reasoning_content": TEXT,
    "reasoning_details": many(
        an(
            {
                "type": one_of("reasoning.text", "reasoning.summary", "reasoning.encrypted"),
                "text": SIGNED,
                "summary": TEXT,
                "data": OPAQUE,
                "signature": OPAQUE,
                "format": NAME,
                "id": ID,
                "index": SCALAR,
            }
        )
    ),
    "thinking_blocks": many(
        an(
            {
                "type": one_of("thinking", "redacted_thinking"),
                "thinking": SIGNED,
                "signature": OPAQUE,
                "data": OPAQUE,
            }
        )
    ),
}


_SAID = {"content": _CONTENT, "name": TEXT, "audio": an({"id": STORED_ID})}


def _message(author: Author, **more: Node) -> Object:
    return Object({"role": TAG, **_SAID, **more}, author=author)


_OTHER_ROLE = Object({**_SAID, "tool_calls": many(_TOOL_CALL)})


_ROLES = {
    "system": _message(Author.APPLICATION),
    "developer": _message(Author.APPLICATION),
    "user": _message(Author.CALLER),
    "assistant": _message(
        Author.MODEL,
        refusal=TEXT,
        tool_calls=many(_TOOL_CALL),
        function_call=_FUNCTION_CALL,
        **_REASONING,
    ),
    "tool": _message(Author.TOOL, content=_RESULT, tool_call_id=ID),
    "function": _message(Author.TOOL, content=_RESULT, name=NAME),
}
_MESSAGES = many(Node(object=Object(by="role", variants=_ROLES, otherwise=_OTHER_ROLE)))

_FUNCTION = an({"name": NAME, "description": TEXT, "parameters": SCHEMA, "strict": SCALAR})
_GRAMMAR = an({"definition": TEXT, "syntax": one_of("lark", "regex")})
_CUSTOM = an(
    {
        "name": NAME,
        "description": TEXT,
        "format": an({"type": one_of("text", "grammar"), "grammar": _GRAMMAR}),
    }
)
_TOOL = an({"type": one_of("function", "custom"), "function": _FUNCTION, "custom": _CUSTOM})
_NAMED = an({"name": NAME})
_CHOSEN = {"type": one_of("function", "custom"), "function": _NAMED, "custom": _NAMED}
_CHOICE = Node(
    Leaf.STRUCTURE,
    frozenset(("none", "auto", "required")).__contains__,
    object=Object(
        {
            **_CHOSEN,
            "type": one_of("function", "custom", "allowed_tools"),
            "allowed_tools": an({"mode": one_of("auto", "required"), "tools": many(an(_CHOSEN))}),
        }
    ),
    note="none · auto · required, or a named tool",
)
_MODE = an({"mode": one_of("score", "block")})
_PLACE = an({"city": TEXT, "country": TEXT, "region": TEXT, "timezone": TEXT})
_FORMAT = an(
    {
        "type": one_of("text", "json_object", "json_schema"),
        "json_schema": an({"name": NAME, "description": TEXT, "schema": SCHEMA, "strict": SCALAR}),
    }
)

CHAT = FieldMap(
    Object(
        {
            "model": MODEL,
            "messages": _MESSAGES,
            "stream": SCALAR,
            "stream_options": an({"include_usage": SCALAR, "include_obfuscation": SCALAR}),
            "temperature": SCALAR,
            "top_p": SCALAR,
            "n": SCALAR,
            "max_tokens": SCALAR,
            "max_completion_tokens": SCALAR,
            "frequency_penalty": SCALAR,
            "presence_penalty": SCALAR,
            "seed": SEED,
            "logprobs": SCALAR,
            "top_logprobs": SCALAR,
            "logit_bias": token_ids(SCALAR),
            "parallel_tool_calls": SCALAR,
            "store": SCALAR,
            "stop": many(TEXT),
            "user": IDENTITY,
            "safety_identifier": IDENTITY,
            "prompt_cache_key": IDENTITY,
            "prompt_cache_options": an(
                {"mode": one_of("implicit", "explicit"), "ttl": one_of("30m")}
            ),
            "prompt_cache_retention": one_of("in_memory", "24h", "in-memory"),
            "metadata": FREE,
            "reasoning_effort": _EFFORT,
            "verbosity": one_of("low", "medium", "high"),
            "service_tier": one_of("auto", "default", "flex", "scale", "priority", "fast"),
            "modalities": many(one_of("text", "audio")),
            "audio": an(
                {
                    "format": one_of("wav", "aac", "mp3", "flac", "opus", "pcm16"),
                    "voice": Node(
                        Leaf.STRUCTURE, NAME.fits, object=Object({"id": ID}), note=NAME.note
                    ),
                }
            ),
            "moderation": an({"model": TEXT, "policy": an({"input": _MODE, "output": _MODE})}),
            "prediction": Node(
                object=Object(
                    {"type": one_of("content"), "content": _CONTENT}, author=Author.CALLER
                )
            ),
            "response_format": _FORMAT,
            "tools": many(_TOOL),
            "tool_choice": _CHOICE,
            "functions": many(_FUNCTION),
            "function_call": Node(
                Leaf.STRUCTURE,
                frozenset(("none", "auto")).__contains__,
                object=_NAMED.object,
                note="none · auto, or a named function",
            ),
            "web_search_options": an(
                {
                    "search_context_size": one_of("low", "medium", "high"),
                    "user_location": an({"type": one_of("approximate"), "approximate": _PLACE}),
                }
            ),
        }
    )
)


def prepare_chat(document: Any, _allowed: Collection[str] = ()) -> RequestFacts:
    """What the gateway relies on in a request, and `include_usage` asked for.

    Budgets are settled on what the provider counted, so a stream always ends
    with its usage; the rewriter takes the extra chunk out again where the
    caller did not ask for it. Raises UnexpectedShape.
    """
    model = read_request(document, "messages")
    stream = read_flag(document, "stream")
    injected = stream and inject_usage(document)
    return RequestFacts(
        model=model,
        stream=stream,
        n=read_limit(document, "n") or 1,
        include_usage_injected=injected,
        logprobs=read_flag(document, "logprobs"),
    )


def inject_usage(document: dict[str, Any]) -> bool:
    options = document.get("stream_options")
    if options is None:
        options = document["stream_options"] = {}
    if type(options) is not dict or read_flag(options, "include_usage"):
        return False
    options["include_usage"] = True
    return True
