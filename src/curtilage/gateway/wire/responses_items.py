"""OpenAI Responses: which strings of the items of an input are text.

Facts: the `openai` package 3.54, `types/responses/response_input_item_param.py`
and all that it reaches. Tools and settings of a request: `responses_request`.

Ids: an item of a tool that the provider ran, and reasoning that is not sealed, stand for
more than they say: what was found, drawn, printed, thought lies at the provider under
their id, and a reference is an id alone. Such an id has to be the caller's own (`STORED_ID`,
`UNSEALED_ID`). Every other kind says itself what it stands for, in a field of `SAYS`.
"""

from collections.abc import Mapping

from curtilage.gateway.wire.fields import (
    FILE_ID,
    FREE,
    ID,
    JSON,
    MAYBE_JSON,
    MEDIA,
    NAME,
    OPAQUE,
    PLACE_ID,
    SCALAR,
    STORED_ID,
    TAG,
    TEXT,
    UNSEALED_ID,
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
from curtilage.gateway.wire.responses_tools import ENVIRONMENT, TOOLS
from curtilage.gateway.wire.schema import SCHEMA

_APP = Author.APPLICATION
_STATUS = one_of(
    "in_progress", "completed", "incomplete", "searching", "interpreting", "generating", "calling",
    "failed",
)  # fmt: skip
_BREAKPOINT = an({"mode": one_of("explicit"), "ttl": one_of("30m", "12h")})
_DETAIL = one_of("auto", "low", "high", "authoral")
_CACHED = {"prompt_cache_breakpoint": _BREAKPOINT}

# The model's text once more, cut at its tokens: nothing is found in a piece of a value.
_LOGPROBS = many(Node(object=Object(needs="token_arrays"), note="token ids in place of text"))
_ANNOTATION = an(
    {
        "type": one_of(
            "file_citation", "url_citation", "container_file_citation", "file_path"
        ),
        "title": TEXT,
        "url": TEXT,
        "filename": TEXT,
        "file_id": ID,
        "container_id": ID,
        "index": SCALAR,
        "start_index": SCALAR,
        "end_index": SCALAR,
    },
    author=Author.DOCUMENT,
)  # fmt: skip


def _content(text: Node = TEXT) -> Object:
    """The parts of a message or of a tool's result."""
    return parts(
        {
            "input_text": part({"text": text, **_CACHED}),
            "output_text": part(
                {"text": text, "annotations": many(_ANNOTATION), "logprobs": _LOGPROBS}
            ),
            "text": part({"text": text}),
            "refusal": part({"refusal": TEXT}),
            "reasoning_text": part({"text": TEXT}),
            "summary_text": part({"text": TEXT}),
            "input_image": part(
                {"image_url": URL, "file_id": FILE_ID, "detail": _DETAIL, **_CACHED}, needs="images"
            ),
            "computer_screenshot": part({"image_url": URL, "file_id": FILE_ID}, needs="images"),
            "input_file": part(
                {
                    "file_data": MEDIA,
                    "file_id": FILE_ID,
                    "file_url": URL,
                    "filename": TEXT,
                    "detail": _DETAIL,
                    **_CACHED,
                },
                needs="files",
            ),
            "input_audio": part(
                {"input_audio": an({"data": MEDIA, "format": one_of("wav", "mp3")})},
                needs="audio",
            ),
        }
    )


_PARTS, _RESULT_PARTS = _content(), _content(MAYBE_JSON)
CONTENT = Node(object=_PARTS, items=Node(object=_PARTS), note="text or parts")
_RESULT = Node(
    Leaf.MAYBE_JSON,
    object=_RESULT_PARTS,
    items=Node(Leaf.MAYBE_JSON, object=_RESULT_PARTS),
    note="text, JSON text or parts",
)


def _message(author: Author, **role: Node) -> Object:
    fields = {
        "type": TAG,
        **role,
        "id": ID,
        "content": CONTENT,
        "status": _STATUS,
        "phase": one_of("commentary", "final_answer"),
    }
    return Object(fields, author=author)


_ROLES = {
    "user": _message(Author.CALLER, role=TAG),
    "assistant": _message(Author.MODEL, role=TAG),
    "system": _message(_APP, role=TAG),
    "developer": _message(_APP, role=TAG),
}
_REFERENCE = Object({"type": TAG, "id": STORED_ID})
_SPOKEN = Object(by="role", variants=_ROLES, otherwise=_message(_APP))
_BARE = Object(by="role", variants={**_ROLES, "": _REFERENCE}, otherwise=_message(_APP))

_BY = {"caller": an({"type": one_of("direct", "program"), "caller_id": ID})}
_CALL = {"id": ID, "call_id": ID, "status": _STATUS, "created_by": TEXT, **_BY}
_NAMED = {"name": NAME, "namespace": NAME, "async": SCALAR}
_CHECKS = many(an({"id": ID, "code": NAME, "message": TEXT}))
_SUMMARY = many(an({"type": one_of("summary_text", "reasoning_text"), "text": TEXT}))


def _call(
    fields: dict[str, Node], *, needs: str = "", brought: Mapping[str, Author] | None = None
) -> Object:
    """What a model asked for."""
    return part({**_CALL, **fields}, needs=needs, author=Author.MODEL, authors=brought)


def _ran(
    fields: dict[str, Node], *, needs: str = "", brought: Mapping[str, Author] | None = None
) -> Object:
    """What the provider ran itself, and stores what came of it.

    `brought` are the fields in which it says what came: no model said that."""
    return _call({"id": STORED_ID, **fields}, needs=needs, brought=brought)


def _result(fields: dict[str, Node]) -> Object:
    """What a tool gave back."""
    return part({**_CALL, **fields}, author=Author.TOOL)


_SEARCHED = many(
    an({"attributes": FREE, "file_id": ID, "filename": TEXT, "score": SCALAR, "text": MAYBE_JSON})
)
_POINT = an({"x": SCALAR, "y": SCALAR})
_COMPUTER_ACTION = an(
    {
        "type": one_of(
            "click", "double_click", "drag", "keypress", "move", "screenshot", "scroll", "type",
            "wait",
        ),
        "button": one_of("left", "right", "wheel", "back", "forward"),
        "text": TEXT,
        "keys": many(TEXT),
        "path": many(_POINT),
        **dict.fromkeys(("x", "y", "scroll_x", "scroll_y"), SCALAR),
    }
)  # fmt: skip
_WEB_ACTION = an(
    {
        "type": one_of("search", "open_page", "find_in_page"),
        "query": TEXT,
        "queries": many(TEXT),
        "pattern": TEXT,
        "url": TEXT,  # the provider opened it already
        "sources": many(an({"type": one_of("url"), "url": TEXT})),
    }
)
_CODE_OUTPUT = parts(
    {
        "logs": part({"logs": TEXT}, author=Author.TOOL),
        "image": part({"url": URL}, needs="images", author=Author.TOOL),
    }
)
_PATCH = an(
    {"type": one_of("create_file", "delete_file", "update_file"), "path": TEXT, "diff": TEXT}
)
_SHELL_OUTPUT = many(
    an(
        {
            "stdout": MAYBE_JSON,
            "stderr": MAYBE_JSON,
            "outcome": an({"type": one_of("timeout", "exit"), "exit_code": SCALAR}),
        }
    )
)
_LISTED_TOOL = an({"name": NAME, "description": TEXT, "input_schema": SCHEMA, "annotations": FREE})
_FAULT = Node(
    object=Object(
        {
            "type": one_of("mcp_protocol_error", "mcp_tool_execution_error", "http_error"),
            "code": SCALAR,
            "message": TEXT,
            "content": FREE,
        }
    )
)
_MCP = {"server_label": NAME, "approval_request_id": ID}

ITEMS: dict[str, Object] = {
    "": _BARE,
    "message": _SPOKEN,
    "item_reference": _REFERENCE,
    "reasoning": _call(
        {"id": UNSEALED_ID, "summary": _SUMMARY, "content": _SUMMARY, "encrypted_content": OPAQUE}
    ),
    "compaction": _call({"id": UNSEALED_ID, "encrypted_content": OPAQUE}),
    "compaction_trigger": part({"id": ID}),
    "configuration_update": part(
        {
            "id": ID,
            "reasoning": an({"effort": NAME}),
            "text": an(
                {"format": an({"type": NAME, "name": NAME, "description": TEXT, "schema": SCHEMA})}
            ),
        }
    ),
    "function_call": _call({**_NAMED, "arguments": JSON}),
    "function_call_output": _result({**_NAMED, "output": _RESULT}),
    "custom_tool_call": _call({**_NAMED, "input": MAYBE_JSON}),
    "custom_tool_call_output": _result({"output": _RESULT}),
    "file_search_call": _ran(
        {"queries": many(TEXT), "results": _SEARCHED}, brought={"results": Author.DOCUMENT}
    ),
    "web_search_call": _ran(
        {"action": _WEB_ACTION, "results": FREE}, brought={"results": Author.DOCUMENT}
    ),
    "computer_call": _call(
        {
            "action": _COMPUTER_ACTION,
            "actions": many(_COMPUTER_ACTION),
            "pending_safety_checks": _CHECKS,
        }
    ),
    "computer_call_output": _result(
        {"output": Node(object=_PARTS), "acknowledged_safety_checks": _CHECKS}
    ),
    "code_interpreter_call": _ran(
        {"code": TEXT, "container_id": PLACE_ID, "outputs": many(Node(object=_CODE_OUTPUT))}
    ),
    "image_generation_call": _ran(
        {
            "result": MEDIA,
            "revised_prompt": TEXT,
            "action": one_of("generate", "edit", "auto"),
            "background": one_of("transparent", "opaque", "auto"),
            "output_format": one_of("png", "webp", "jpeg", "gif", "svg"),
            "quality": NAME,
            "size": NAME,
        },
        needs="images",
    ),
    "local_shell_call": _call(
        {
            "action": an(
                {
                    "type": one_of("exec"),
                    "command": many(TEXT),
                    "env": FREE,
                    "user": TEXT,
                    "working_directory": TEXT,
                    "timeout_ms": SCALAR,
                }
            )
        }
    ),
    "local_shell_call_output": _result({"output": MAYBE_JSON}),
    "shell_call": _call(
        {
            "action": an(
                {"commands": many(TEXT), "max_output_length": SCALAR, "timeout_ms": SCALAR}
            ),
            "environment": ENVIRONMENT,
        }
    ),
    "shell_call_output": _result({"output": _SHELL_OUTPUT, "max_output_length": SCALAR}),
    "apply_patch_call": _call({"operation": _PATCH}),
    "apply_patch_call_output": _result({"output": TEXT}),
    "mcp_list_tools": _result({**_MCP, "tools": many(_LISTED_TOOL), "error": TEXT}),
    "mcp_call": _ran(
        {**_MCP, "name": NAME, "arguments": JSON, "output": _RESULT, "error": _FAULT},
        brought={"output": Author.TOOL, "error": Author.TOOL},
    ),
    "mcp_approval_request": _ran({**_MCP, "name": NAME, "arguments": JSON}),
    "mcp_approval_response": _call(
        {**_MCP, "approval_request_id": STORED_ID, "approve": SCALAR, "reason": TEXT}
    ),
    "tool_search_call": _call({"arguments": FREE, "execution": one_of("server", "client")}),
    "tool_search_output": _result({"tools": TOOLS, "execution": one_of("server", "client")}),
    "additional_tools": part({"id": ID, "role": NAME, "tools": TOOLS}, author=_APP),
    "program": _call({"code": TEXT, "fingerprint": TEXT}),
    "program_output": _result({"result": MAYBE_JSON}),
}
"""By `type`; a message and a reference to an item may leave it out."""

STORED_KINDS = frozenset(
    kind for kind, item in ITEMS.items() if item.fields.get("id") in (STORED_ID, UNSEALED_ID)
)
"""Kinds of items under whose id the provider stores more than they say."""

SAYS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("", "message"), ("content",)),
    **dict.fromkeys(("function_call", "tool_search_call"), ("arguments",)),
    **dict.fromkeys(("additional_tools", "mcp_list_tools", "tool_search_output"), ("tools",)),
    **dict.fromkeys(("local_shell_call", "shell_call"), ("action",)),
    **dict.fromkeys(
        (
            "function_call_output", "custom_tool_call_output", "computer_call_output",
            "local_shell_call_output", "shell_call_output",
        ),
        ("output",),
    ),
    "custom_tool_call": ("input",),
    "computer_call": ("action", "actions"),
    "apply_patch_call": ("operation",),
    "program": ("code",),
    "program_output": ("result",),
}  # fmt: skip
"""Fields one of which an item has, if it stands for no more than it says."""

_ITEM = Object(by="type", variants=ITEMS)
INPUT = Node(
    Leaf.ASKED,
    object=_ITEM,
    items=Node(Leaf.ASKED, object=_ITEM),
    note="text of the caller, or items",
)
STORED_ITEMS = FieldMap(Object({"items": INPUT, "metadata": FREE}))
"""What is put into a conversation that the provider keeps."""
