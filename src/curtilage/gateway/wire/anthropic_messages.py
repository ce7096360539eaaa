"""Anthropic Messages and count_tokens: which strings of a request are text.

Facts: the `anthropic` package 2.12, `types/message_create_params.py` and
`types/beta/message_create_params.py` with all that they reach. Beta fields are
read whatever the beta header says: the body is what leaves.
"""

from collections.abc import Collection
from typing import Any

from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.gateway.wire.facts import RequestFacts, read_flag, read_request
from curtilage.gateway.wire.fields import (
    FILE_ID,
    FREE,
    ID,
    IDENTITY,
    MAYBE_JSON,
    MEDIA,
    MEDIA_TYPE,
    MODEL,
    NAME,
    NAMES,
    OPAQUE,
    PLACE_ID,
    SCALAR,
    SIGNED,
    STORED_ID,
    TAG,
    TEXT,
    TYPE,
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
)
from curtilage.gateway.wire.schema import SCHEMA

_CACHE = {"cache_control": an({"type": one_of("ephemeral"), "ttl": one_of("5m", "1h")})}
_CITES = {"citations": an({"enabled": SCALAR})}
_EFFORT = one_of("low", "medium", "high", "xhigh", "max")

# Documents and results are what the app or the provider put in, not the caller.
_APP = Author.APPLICATION

_CITATION = an(
    {
        "type": one_of(
            "char_location", "page_location", "content_block_location", "web_search_result_location",
            "search_result_location",
        ),
        "cited_text": TEXT,
        "document_title": TEXT,
        "title": TEXT,
        "source": TEXT,
        "url": TEXT,
        "file_id": ID,
        "encrypted_index": OPAQUE,
        **dict.fromkeys(
            (
                "document_index", "start_char_index", "end_char_index", "start_page_number",
                "end_page_number", "start_block_index", "end_block_index", "search_result_index",
            ),
            SCALAR,
        ),
    },
    author=Author.DOCUMENT,
)  # fmt: skip

_TEXT_BLOCK = {"text": TEXT, "citations": many(_CITATION), **_CACHE}


def _sources(*, blocks: Object, media: str) -> Object:
    return parts(
        {
            "text": part({"data": MAYBE_JSON, "media_type": MEDIA_TYPE}),
            "content": part({"content": Node(object=blocks, items=Node(object=blocks))}),
            "base64": part({"data": MEDIA, "media_type": MEDIA_TYPE}, needs=media),
            "url": part({"url": URL}, needs=media),
            "file": part({"file_id": FILE_ID}, needs=media),
        }
    )


_IMAGE = part(
    {
        "source": Node(object=_sources(blocks=Object(), media="images")),
        "transformations": an({"oversized_image": one_of("downsize", "error")}),
        **_CACHE,
    },
    needs="images",
)
_INNER = parts({"text": part(_TEXT_BLOCK), "image": _IMAGE})
_DOCUMENT = part(
    {
        "source": Node(object=_sources(blocks=_INNER, media="files")),
        "title": TEXT,
        "context": TEXT,
        **_CITES,
        **_CACHE,
    },
    author=Author.DOCUMENT,
)
_SEARCH_RESULT = part(
    {"content": many(Node(object=_INNER)), "source": TEXT, "title": TEXT, **_CITES, **_CACHE},
    author=Author.DOCUMENT,
)
_TAB = an({"tab_id": NAME, "title": TEXT, "url": TEXT, "active": SCALAR})
_TAB_CHANGE = an(
    {
        "type": one_of("tab_opened", "download_started", "download_completed", "download_failed"),
        "tab_id": NAME,
        "download_id": NAME,
        "url": TEXT,
        "path": TEXT,
        "error": TEXT,
        "size_bytes": SCALAR,
    }
)
_BROWSER_STATE = part(
    {"tabs": many(_TAB), "state_changes": many(_TAB_CHANGE), **_CACHE}, author=Author.TOOL
)
_TOOL_REFERENCE = part({"tool_name": NAME, **_CACHE})
_RESULT_PARTS = parts(
    {
        "text": part({**_TEXT_BLOCK, "text": MAYBE_JSON}),
        "image": _IMAGE,
        "document": _DOCUMENT,
        "search_result": _SEARCH_RESULT,
        "tool_reference": _TOOL_REFERENCE,
        "browser_state": _BROWSER_STATE,
    }
)
_RESULT = Node(
    Leaf.MAYBE_JSON,
    object=_RESULT_PARTS,
    items=Node(Leaf.MAYBE_JSON, object=_RESULT_PARTS),
    note="text or parts",
)
_CALLER = an({"type": TYPE, "tool_id": ID})
_CALL = {"id": ID, "name": NAME, "input": FREE, "caller": _CALLER, "toolset_name": NAME, **_CACHE}

# What tools that the provider runs gave back: results, files and errors in one map.
_OUTPUT = an({"type": TYPE, "file_id": ID})
_SERVER_FIELDS = Object(
    {
        "type": TYPE,
        "content": Node(object=_OUTPUT.object, items=_OUTPUT),
        "error_code": NAME,
        "error_message": TEXT,
        "stdout": TEXT,
        "stderr": TEXT,
        "encrypted_stdout": OPAQUE,
        "encrypted_content": OPAQUE,
        "return_code": SCALAR,
        "file_id": ID,
        "file_type": one_of("text", "image", "pdf"),
        "title": TEXT,
        "url": TEXT,
        "page_age": TEXT,
        "retrieved_at": TEXT,
        "text": TEXT,
        "stop_reason": NAME,
        "lines": many(TEXT),
        "tool_references": many(Node(object=parts({"tool_reference": _TOOL_REFERENCE}))),
        **dict.fromkeys(
            (
                "is_file_update", "num_lines", "start_line", "total_lines", "new_lines", "new_start",
                "old_lines", "old_start",
            ),
            SCALAR,
        ),
    }
)  # fmt: skip
_FETCHED = part(
    {"url": TEXT, "retrieved_at": TEXT, "content": Node(object=parts({"document": _DOCUMENT}))}
)
_SERVER_RESULT = Object(
    by="type", variants={"web_fetch_result": _FETCHED}, otherwise=_SERVER_FIELDS
)
_SERVER_CONTENT = Node(object=_SERVER_RESULT, items=Node(object=_SERVER_RESULT))
_SERVER_PART = part(
    {"tool_use_id": ID, "content": _SERVER_CONTENT, "caller": _CALLER, **_CACHE}, author=Author.TOOL
)

# Tools: the caller's own, and the provider's by their dated types.
_MCP_TOOL = an({"name": NAME, "description": TEXT, "input_schema": SCHEMA})
_SWITCHES = an({"defer_loading": SCALAR, "enabled": SCALAR})
_ADDRESSES = an({"type": TYPE, "tools": many(an({"type": TYPE, "name": NAME}))})
_TOOL = an(
    {
        "type": TYPE,
        "name": NAME,
        "description": TEXT,
        "input_schema": SCHEMA,
        "input_examples": FREE,
        "allowed_callers": many(TYPE),
        "allowed_domains": many(TEXT),
        "blocked_domains": many(TEXT),
        "user_location": an(
            {"type": one_of("approximate"), "city": TEXT, "country": TEXT, "region": TEXT, "timezone": TEXT}
        ),
        "url_sources": an(
            {"client_tool_results": _ADDRESSES, "server_tool_results": _ADDRESSES, "user_input": _ADDRESSES}
        ),
        "response_inclusion": one_of("full", "excluded"),
        "model": TEXT,
        "caching": _CACHE["cache_control"],
        "mcp_server_name": NAME,
        "default_config": _SWITCHES,
        "configs": Node(object=Object(rest=_SWITCHES), note="by tool name"),
        "tools": many(_MCP_TOOL),
        **_CITES,
        **_CACHE,
        **dict.fromkeys(
            (
                "defer_loading", "strict", "eager_input_streaming", "max_uses", "max_tokens",
                "max_content_tokens", "max_characters", "use_cache", "display_height_px",
                "display_width_px", "display_number", "enable_zoom",
            ),
            SCALAR,
        ),
    }
)  # fmt: skip
_CHANGED_TOOL = an({"type": TYPE, "name": NAME, "server_name": NAME, "definition": _TOOL})
_TOOL_CHANGE = part({"tool": _CHANGED_TOOL, **_CACHE}, author=_APP)
_TOOL_CHANGES = parts({"tool_addition": _TOOL_CHANGE, "tool_removal": _TOOL_CHANGE})

_MODEL_INFO = an({"model": TEXT})
_BLOCKS = parts(
    {
        "text": part(_TEXT_BLOCK),
        "image": _IMAGE,
        "document": _DOCUMENT,
        "search_result": _SEARCH_RESULT,
        "thinking": part({"thinking": SIGNED, "signature": OPAQUE}),
        "redacted_thinking": part({"data": OPAQUE}),
        "tool_use": part(_CALL),
        "tool_result": part(
            {"tool_use_id": ID, "content": _RESULT, "is_error": SCALAR, "toolset_name": NAME, **_CACHE},
            author=Author.TOOL,
        ),
        "server_tool_use": part(_CALL),
        "mcp_tool_use": part({**_CALL, "server_name": NAME}),
        "mcp_tool_result": part(
            {"tool_use_id": ID, "content": _RESULT, "is_error": SCALAR, **_CACHE}, author=Author.TOOL
        ),
        "mcp_tool_listing": part({"mcp_server_name": NAME, "tools": many(_MCP_TOOL)}, author=_APP),
        **dict.fromkeys(
            (
                "web_search_tool_result", "web_fetch_tool_result", "code_execution_tool_result",
                "bash_code_execution_tool_result", "text_editor_code_execution_tool_result",
                "tool_search_tool_result", "advisor_tool_result",
            ),
            _SERVER_PART,
        ),
        "container_upload": part({"file_id": FILE_ID, **_CACHE}, needs="files"),
        "compaction": part(
            {
                "content": SIGNED,
                "encrypted_content": OPAQUE,
                "signature": OPAQUE,
                "tool_changes": many(Node(object=_TOOL_CHANGES)),
                **_CACHE,
            }
        ),
        "fallback": part({"from": _MODEL_INFO, "to": _MODEL_INFO, "trigger": FREE}),
        "tool_addition": _TOOL_CHANGE,
        "tool_removal": _TOOL_CHANGE,
    }
)  # fmt: skip
_CONTENT = Node(object=_BLOCKS, items=Node(object=_BLOCKS), note="text or blocks")

_MESSAGE = {
    "role": TAG,
    "content": _CONTENT,
    "clear_at": one_of("next_user_message", "never"),
    "output_config": an({"effort": _EFFORT}),
}
_MESSAGES = many(
    Node(
        object=Object(
            by="role",
            variants={
                "user": Object(_MESSAGE, author=Author.CALLER),
                "assistant": Object(_MESSAGE, author=Author.MODEL),
                "system": Object(_MESSAGE, author=_APP),
            },
            otherwise=Object({"content": _CONTENT}),
        )
    )
)

_THINKING = an(
    {
        "type": one_of("enabled", "disabled", "adaptive", "between_tools"),
        "budget_tokens": SCALAR,
        "display": one_of("summarized", "omitted", "updates"),
        "block_binding": an({"prefix_mismatch_behavior": NAME}),
    }
)
_OUTPUT_CONFIG = an(
    {
        "effort": _EFFORT,
        "format": an({"type": one_of("json_schema"), "schema": SCHEMA}),
        "task_budget": an({"type": one_of("tokens"), "total": SCALAR, "remaining": SCALAR}),
    }
)
_AMOUNT = an({"type": TYPE, "value": SCALAR})
_EDIT = an(
    {
        "type": TYPE,
        "keep": Node(Leaf.STRUCTURE, NAME.fits, object=_AMOUNT.object, note="all, or an amount"),
        "trigger": _AMOUNT,
        "clear_at_least": _AMOUNT,
        "clear_tool_inputs": Node(items=NAME, numbers=False, note="flag or tool names"),
        "exclude_tools": NAMES,
        "instructions": TEXT,
        "pause_after_compaction": SCALAR,
    }
)
# The provider itself connects there, with what it has: the policy has to say so.
_MCP_SERVER = an(
    {
        "type": one_of("url"),
        "name": NAME,
        "url": TEXT,
        "authorization_token": Node(Leaf.CREDENTIAL, note="credential, passed as it is"),
        "tool_configuration": an({"allowed_tools": NAMES, "enabled": SCALAR}),
    },
    needs="remote_urls",
)
_SYSTEM = Node(object=_BLOCKS, items=Node(object=_BLOCKS), note="text or blocks")

MESSAGES = FieldMap(
    Object(
        {
            "model": MODEL,
            "max_tokens": SCALAR,
            "system": _SYSTEM,
            "messages": _MESSAGES,
            "stream": SCALAR,
            "temperature": SCALAR,
            "top_p": SCALAR,
            "top_k": SCALAR,
            "stop_sequences": many(TEXT),
            "metadata": an({"user_id": IDENTITY}),
            "tools": many(_TOOL),
            "tool_choice": an(
                {
                    "type": one_of("auto", "any", "tool", "none"),
                    "name": NAME,
                    "disable_parallel_tool_use": SCALAR,
                }
            ),
            "thinking": _THINKING,
            "output_config": _OUTPUT_CONFIG,
            "output_format": an({"type": one_of("json_schema"), "schema": SCHEMA}),
            "service_tier": one_of("auto", "standard_only"),
            "speed": one_of("standard", "fast"),
            "inference_geo": NAME,
            "user_profile_id": ID,
            "workspace_id": ID,
            "container": Node(
                Leaf.PLACE,
                object=Object(
                    {
                        "id": PLACE_ID,
                        "skills": many(
                            an(
                                {
                                    "skill_id": ID,
                                    "type": one_of("anthropic", "custom"),
                                    "version": NAME,
                                }
                            )
                        ),
                    }
                ),
                note=ID.note,
            ),
            "diagnostics": an({"previous_message_id": STORED_ID}),
            "betas": many(NAME),
            "mcp_servers": many(_MCP_SERVER),
            "context_management": an({"edits": many(_EDIT)}),
            "compaction": an({"type": one_of("summarize"), "instructions": TEXT}),
            "billing_policy": an({"type": TYPE, "bill_to": one_of("self", "user_profile")}),
            "fallbacks": Node(
                Leaf.STRUCTURE,
                frozenset(("default",)).__contains__,
                items=an(
                    {
                        "model": TEXT,
                        "max_tokens": SCALAR,
                        "speed": one_of("standard", "fast"),
                        "thinking": _THINKING,
                        "output_config": _OUTPUT_CONFIG,
                    }
                ),
                note="default, or a list",
            ),
            "fallback_credit_token": Node(
                Leaf.OPAQUE,
                object=Object({"token": OPAQUE, "mode": one_of("strict", "best_effort")}),
            ),
            "thread": an({"type": one_of("create", "continue"), "previous_message_id": ID}),
            **_CACHE,
        }
    )
)


def prepare_messages(document: Any, _allowed: Collection[str] = ()) -> RequestFacts:
    """What the gateway relies on in a request. Raises UnexpectedShape.

    A thread keeps earlier turns at the provider, where no map of this request
    reaches them: refused until such state is kept here as well.
    """
    model = read_request(document, "messages")
    if document.get("thread") is not None:
        raise UnexpectedShape(
            "`thread` keeps the conversation at the provider, which this service does not serve.",
            hint="Send the conversation's messages with each request.",
        )
    return RequestFacts(
        model=model,
        stream=read_flag(document, "stream"),
        diagnosed=document.get("diagnostics") is not None,
    )


def prepare_count(document: Any, _allowed: Collection[str] = ()) -> RequestFacts:
    """The facts of a count: nothing is generated and nothing streams."""
    return RequestFacts(model=read_request(document, "messages"))
