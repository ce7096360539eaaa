"""A request of OpenAI Responses with every kind of item and tool. Invented throughout."""

from typing import Any

from tests.unit.gateway.wire.requests import CACHED, SCHEMA, SIGNATURE

_TEXT = {"type": "input_text", "text": "Look at this", **CACHED}
_IMAGE = {
    "type": "input_image",
    "image_url": "https://pictures.example/a",
    "file_id": "file-abc123def",
    "detail": "auto",
}
_FILE = {
    "type": "input_file",
    "file_data": "AAAA",
    "file_id": "file-abc123def",
    "file_url": "https://files.example/a",
    "filename": "cv.pdf",
    "detail": "low",
}
_CITED = [
    {"type": "file_citation", "file_id": "file-abc123def", "filename": "cv.pdf", "index": 3},
    {"type": "url_citation", "title": "A page", "url": "site", "start_index": 0, "end_index": 2},
]
_BY = {"caller": {"type": "program", "caller_id": "prog_abc123def"}, "status": "completed"}
_FILTER = {"type": "and", "filters": [{"type": "eq", "key": "name", "value": "kept"}]}
_SKILL = {"type": "skill_reference", "skill_id": "skill_abc123def", "version": "latest"}
_PLACE = {
    "type": "approximate",
    "city": "town",
    "country": "land",
    "region": "part",
    "timezone": "zone",
}


def items() -> list[dict[str, Any]]:
    """Every kind of item that an input may have."""
    ids = {"id": "msg_abc123def", "call_id": "call_abc123def"}
    call = {**ids, **_BY}
    return [
        {"role": "user", "content": "Hello"},
        {"role": "system", "content": "Be kind"},
        {"type": "message", "role": "user", "content": [_TEXT, _IMAGE, _FILE]},
        {"type": "message", "role": "developer", "content": [{"type": "text", "text": "Rules"}]},
        {
            "type": "message",
            "role": "user",
            "content": [{"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}],
        },
        {
            "type": "message",
            "role": "assistant",
            "id": "msg_abc123def",
            "phase": "final_answer",
            "status": "completed",
            "content": [
                {"type": "output_text", "text": "Hi", "annotations": _CITED, "logprobs": []},
                {"type": "refusal", "refusal": "Not that"},
            ],
        },
        {"type": "message", "role": "critic", "content": "unusual role"},
        {
            "type": "reasoning",
            "id": "rs_abc123def",
            "summary": [{"type": "summary_text", "text": "thought"}],
            "content": [{"type": "reasoning_text", "text": "thought again"}],
            "encrypted_content": SIGNATURE,
        },
        {"type": "compaction", "id": "cmp_abc123def", "encrypted_content": SIGNATURE},
        {"type": "compaction_trigger", "id": "cmp_abc123def"},
        {
            "type": "configuration_update",
            "reasoning": {"effort": "low"},
            "text": {"format": {"type": "json_schema", "name": "out", "schema": SCHEMA}},
        },
        {
            "type": "function_call",
            "name": "look",
            "namespace": "tools",
            "async": False,
            "arguments": '{"who": "someone", "deep": [{"key": "value"}]}',
            **call,
        },
        {"type": "function_call_output", "output": '{"found": "x\\u0040y", "pages": [1]}', **call},
        {
            "type": "function_call_output",
            "output": [{"type": "input_text", "text": "part"}],
            **call,
        },
        {"type": "custom_tool_call", "name": "run", "input": "free text", **call},
        {"type": "custom_tool_call_output", "output": "printed", **call},
        {
            "type": "file_search_call",
            "queries": ["asked"],
            "results": [
                {
                    "attributes": {"author": "writer"},
                    "file_id": "file-abc123def",
                    "filename": "notes.txt",
                    "score": 0.5,
                    "text": "passage",
                }
            ],
            **call,
        },
        {
            "type": "web_search_call",
            "action": {
                "type": "search",
                "query": "one",
                "queries": ["two"],
                "sources": [{"type": "url", "url": "page"}],
            },
            "results": [{"title": "found page"}],
            **call,
        },
        {"type": "web_search_call", "action": {"type": "find_in_page", "pattern": "w", "url": "p"}},
        {
            "type": "computer_call",
            "action": {"type": "type", "text": "typed", "keys": ["CTRL"]},
            "actions": [{"type": "drag", "path": [{"x": 1, "y": 2}]}],
            "pending_safety_checks": [{"id": "cu_abc123def", "code": "c", "message": "careful"}],
            **call,
        },
        {
            "type": "computer_call_output",
            "output": {"type": "computer_screenshot", "image_url": "https://pictures.example/a"},
            "acknowledged_safety_checks": [],
            **call,
        },
        {
            "type": "code_interpreter_call",
            "code": "print(1)",
            "container_id": "cntr_abc123def",
            "outputs": [
                {"type": "logs", "logs": "1"},
                {"type": "image", "url": "https://pictures.example/a"},
            ],
            **call,
        },
        {
            "type": "image_generation_call",
            "result": "AAAA",
            "revised_prompt": "a picture",
            "action": "generate",
            "background": "auto",
            "output_format": "png",
            "quality": "high",
            "size": "1024x1024",
            **call,
        },
        {
            "type": "local_shell_call",
            "action": {
                "type": "exec",
                "command": ["ls", "here"],
                "env": {"HOME": "house"},
                "user": "somebody",
                "working_directory": "folder",
                "timeout_ms": 5,
            },
            **call,
        },
        {"type": "local_shell_call_output", "output": "listed", **call},
        {
            "type": "shell_call",
            "action": {"commands": ["cat notes"], "max_output_length": 9, "timeout_ms": 5},
            "environment": {"type": "local", "skills": [{"name": "s", "path": "p"}]},
            **call,
        },
        {
            "type": "shell_call_output",
            "output": [
                {"stdout": "out", "stderr": "err", "outcome": {"type": "exit", "exit_code": 0}}
            ],
            "max_output_length": 9,
            **call,
        },
        {
            "type": "apply_patch_call",
            "operation": {"type": "update_file", "path": "notes.txt", "diff": "+ line"},
            **call,
        },
        {"type": "apply_patch_call_output", "output": "patched", **call},
        {
            "type": "mcp_list_tools",
            "server_label": "wiki",
            "tools": [
                {
                    "name": "ask",
                    "description": "asks",
                    "input_schema": SCHEMA,
                    "annotations": {"title": "T"},
                }
            ],
            "error": "none",
            **ids,
        },
        {
            "type": "mcp_call",
            "server_label": "wiki",
            "name": "ask",
            "arguments": '{"q": "question"}',
            "output": "answer",
            "error": {"type": "http_error", "code": 500, "message": "failed there"},
            "approval_request_id": "mcpr_abc123def",
            **ids,
        },
        {
            "type": "mcp_approval_request",
            "server_label": "wiki",
            "name": "ask",
            "arguments": "{}",
            **ids,
        },
        {
            "type": "mcp_approval_response",
            "approval_request_id": "mcpr_abc123def",
            "approve": True,
            "reason": "because",
        },
        {"type": "tool_search_call", "arguments": {"q": "which"}, "execution": "client", **call},
        {"type": "tool_search_output", "tools": tools(), "execution": "client", **call},
        {"type": "additional_tools", "role": "developer", "tools": tools()},
        {"type": "program", "code": "await ask()", "fingerprint": "print", **call},
        {"type": "program_output", "result": "done", **call},
    ]


def tools() -> list[dict[str, Any]]:
    """Every kind of tool."""
    callers = {"allowed_callers": ["direct"], "defer_loading": False}
    container = {
        "type": "auto",
        "file_ids": ["file-abc123def"],
        "memory_limit": "1g",
        "network_policy": {
            "type": "allowlist",
            "allowed_domains": ["site"],
            "domain_secrets": [{"domain": "site", "name": "n", "value": "v"}],
        },
    }
    function = {
        "type": "function",
        "name": "look",
        "description": "What it is",
        "parameters": SCHEMA,
        "output_schema": SCHEMA,
        "strict": True,
        "async": False,
        **callers,
    }
    custom = {
        "type": "custom",
        "name": "run",
        "description": "Runs",
        "format": {"type": "grammar", "definition": "start: x", "syntax": "lark"},
        **callers,
    }
    return [
        function,
        custom,
        {"type": "namespace", "name": "tools", "description": "Some", "tools": [function, custom]},
        {
            "type": "mcp",
            "server_label": "wiki",
            "server_url": "https://wiki.example",
            "server_description": "A wiki",
            "connector_id": "connector_gmail",
            "tunnel_id": "fs_abc123def",
            "authorization": "t",
            "headers": {"X-Team": "team"},
            "allowed_tools": ["ask"],
            "require_approval": {"always": {"read_only": False, "tool_names": ["ask"]}},
            **callers,
        },
        {"type": "mcp", "server_label": "wiki", "allowed_tools": {"tool_names": ["ask"]}},
        {
            "type": "file_search",
            "vector_store_ids": ["vs_abc123def"],
            "filters": _FILTER,
            "max_num_results": 3,
            "ranking_options": {
                "ranker": "auto",
                "score_threshold": 0.5,
                "hybrid_search": {"embedding_weight": 1, "text_weight": 1},
            },
        },
        {"type": "web_search", "filters": {"allowed_domains": ["site"]}, "user_location": _PLACE},
        {"type": "web_search_2025_08_26", "external_web_access": True},
        {"type": "web_search_preview", "search_context_size": "low"},
        {"type": "web_search_preview_2025_03_11", "search_content_types": ["text"]},
        {"type": "computer"},
        {"type": "computer_use_preview", "environment": "linux", "display_height": 1},
        {"type": "code_interpreter", "container": container, **callers},
        {"type": "code_interpreter", "container": "cntr_abc123def"},
        {
            "type": "image_generation",
            "model": "gpt-image-2",
            "input_image_mask": {"file_id": "file-abc123def", "image_url": "https://p.example"},
            "quality": "high",
            "size": "1024x1024",
            "svg": {"model": "gpt-image-2", "reasoning": {"effort": "low"}},
        },
        {
            "type": "shell",
            "environment": {**container, "type": "container_auto", "skills": [_SKILL]},
            **callers,
        },
        {
            "type": "shell",
            "environment": {
                "type": "container_auto",
                "skills": [
                    {
                        "type": "inline",
                        "name": "s",
                        "description": "a skill",
                        "source": {
                            "type": "base64",
                            "data": "AAAA",
                            "media_type": "application/zip",
                        },
                    }
                ],
            },
        },
        {"type": "local_shell"},
        {"type": "apply_patch", **callers},
        {"type": "programmatic_tool_calling"},
        {
            "type": "tool_search",
            "description": "Finds",
            "execution": "client",
            "parameters": SCHEMA,
        },
    ]


def openai_responses() -> dict[str, Any]:
    return {
        "model": "gpt-5-2025-08-07",
        "input": items(),
        "instructions": "Answer briefly",
        "previous_response_id": "resp_abc123def",
        "conversation": {"id": "conv_abc123def"},
        "prompt": {
            "id": "pmpt_abc123def",
            "version": "2",
            "variables": {"topic": "bees", "shown": {"type": "input_text", "text": "sky"}},
        },
        "tools": tools(),
        "tool_choice": {
            "type": "allowed_tools",
            "mode": "auto",
            "tools": [{"type": "function", "name": "look"}],
        },
        "text": {
            "format": {
                "type": "json_schema",
                "name": "out",
                "description": "The answer",
                "schema": SCHEMA,
                "strict": True,
            },
            "verbosity": "low",
        },
        "reasoning": {"effort": "low", "summary": "auto", "context": "auto", "mode": "standard"},
        "include": ["reasoning.encrypted_content", "message.output_text.logprobs"],
        "metadata": {"topic": "bees"},
        "user": "user-17",
        "safety_identifier": "user-17",
        "prompt_cache_key": "user-17",
        "prompt_cache_options": {"mode": "implicit", "ttl": "30m", "prewarm": False},
        "prompt_cache_retention": "24h",
        "service_tier": "auto",
        "truncation": "auto",
        "background": False,
        "background_options": {"completion_window": "soonest"},
        "access_programs": {"cyber": "standard"},
        "context_management": [{"type": "compaction", "compact_threshold": 9}],
        "image": {"context_compression": "auto"},
        "moderation": {"model": "judge", "policy": {"input": {"mode": "score"}}},
        "stream": True,
        "stream_options": {"include_obfuscation": True},
        "store": True,
        "temperature": 0.5,
        "top_p": 1,
        "top_logprobs": 2,
        "max_output_tokens": 100,
        "max_tool_calls": 3,
        "parallel_tool_calls": True,
    }
