"""Requests that use every field their protocols have. Invented throughout."""

from typing import Any

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "title": "A title",
    "description": "What it is",
    "properties": {
        "mail": {
            "type": ["string", "null"],
            "format": "email",
            "examples": ["one"],
            "default": "two",
            "pattern": "^a",
        },
        "kind": {"enum": ["first", "second"], "const": "third", "$comment": "note", "minLength": 1},
        "many": {
            "type": "array",
            "items": {"type": "string", "description": "each"},
            "maxItems": 3,
        },
        "some": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/thing"}]},
    },
    "required": ["mail"],
    "additionalProperties": False,
    "$defs": {"thing": {"type": "object", "properties": {"name": {"type": "string"}}}},
}
CACHED = {"prompt_cache_breakpoint": {"mode": "explicit", "ttl": "30m"}}
SIGNATURE = "EqQBCkYIARgCKkBvb2tkZWFsd2l0aHRoaXNzaWduYXR1cmU="


def openai_chat() -> dict[str, Any]:
    return {
        "model": "gpt-4o-2024-08-06",
        "messages": [
            {"role": "system", "content": "Be kind", "name": "house"},
            {"role": "developer", "content": [{"type": "text", "text": "Rules", **CACHED}]},
            {
                "role": "user",
                "name": "ada",
                "content": [
                    {"type": "text", "text": "Hello"},
                    {
                        "type": "image_url",
                        "image_url": {"url": "https://pictures.example/a", "detail": "auto"},
                        **CACHED,
                    },
                    {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
                    {
                        "type": "file",
                        "file": {
                            "file_data": "AAAA",
                            "file_id": "file-abc123def",
                            "filename": "cv.pdf",
                        },
                    },
                    {"type": "video_url", "video_url": {"url": "https://films.example/a"}},
                    {"type": "audio_url", "audio_url": {"url": "https://sounds.example/a"}},
                ],
            },
            {
                "role": "assistant",
                "content": [{"type": "text", "text": "Hi"}, {"type": "refusal", "refusal": "No"}],
                "refusal": "Not that",
                "audio": {"id": "audio_abc123def"},
                "reasoning_content": "thought",
                "reasoning": "thought again",
                "reasoning_details": [
                    {
                        "type": "reasoning.text",
                        "text": "t",
                        "signature": SIGNATURE,
                        "format": "f",
                        "id": "r",
                        "index": 0,
                    },
                    {"type": "reasoning.summary", "summary": "s"},
                    {"type": "reasoning.encrypted", "data": SIGNATURE},
                ],
                "thinking_blocks": [{"type": "thinking", "thinking": "t", "signature": SIGNATURE}],
                "tool_calls": [
                    {
                        "id": "call_abc123def",
                        "type": "function",
                        "index": 0,
                        "function": {
                            "name": "look",
                            "arguments": '{"who": "someone", "deep": [{"key": "value"}]}',
                        },
                        "extra_content": {"google": {"thought_signature": SIGNATURE}},
                    },
                    {
                        "id": "call_abc123deg",
                        "type": "custom",
                        "custom": {"name": "run", "input": "free text"},
                    },
                ],
                "function_call": {"name": "look", "arguments": "not json"},
                "name": "helper",
            },
            {
                "role": "tool",
                "tool_call_id": "call_abc123def",
                "content": '{"found": "x\\u0040y", "pages": [1, 2]}',
            },
            {
                "role": "tool",
                "tool_call_id": "call_abc123deg",
                "content": [{"type": "text", "text": "result"}],
            },
            {"role": "function", "name": "look", "content": "result"},
            {"role": "critic", "content": "unusual role"},
        ],
        "stream": True,
        "stream_options": {"include_usage": False, "include_obfuscation": True},
        "temperature": 0.5,
        "top_p": 1,
        "n": 2,
        "max_tokens": 100,
        "max_completion_tokens": 100,
        "frequency_penalty": 0,
        "presence_penalty": 0,
        "seed": 7,
        "logprobs": True,
        "top_logprobs": 2,
        "logit_bias": {"50256": -100},
        "parallel_tool_calls": True,
        "store": False,
        "stop": ["END", "STOP"],
        "user": "user-17",
        "safety_identifier": "user-17",
        "prompt_cache_key": "user-17",
        "prompt_cache_options": {"mode": "implicit", "ttl": "30m"},
        "prompt_cache_retention": "24h",
        "metadata": {"ticket": "17", "team": "blue"},
        "reasoning_effort": "low",
        "verbosity": "low",
        "service_tier": "auto",
        "modalities": ["text", "audio"],
        "audio": {"format": "wav", "voice": "alloy"},
        "moderation": {
            "model": "omni-moderation",
            "policy": {"input": {"mode": "score"}, "output": {"mode": "block"}},
        },
        "prediction": {"type": "content", "content": [{"type": "text", "text": "expected"}]},
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "description": "d", "schema": SCHEMA, "strict": True},
        },
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "look",
                    "description": "d",
                    "parameters": SCHEMA,
                    "strict": True,
                },
            },
            {
                "type": "custom",
                "custom": {
                    "name": "run",
                    "description": "d",
                    "format": {
                        "type": "grammar",
                        "grammar": {"definition": "start: x", "syntax": "lark"},
                    },
                },
            },
        ],
        "tool_choice": {
            "type": "allowed_tools",
            "allowed_tools": {
                "mode": "auto",
                "tools": [{"type": "function", "function": {"name": "look"}}],
            },
        },
        "functions": [{"name": "look", "description": "d", "parameters": SCHEMA}],
        "function_call": {"name": "look"},
        "web_search_options": {
            "search_context_size": "low",
            "user_location": {
                "type": "approximate",
                "approximate": {
                    "city": "Berlin",
                    "country": "DE",
                    "region": "Berlin",
                    "timezone": "Europe/Berlin",
                },
            },
        },
    }


def openai_completions() -> dict[str, Any]:
    return {
        "model": "gpt-3.5-turbo-instruct",
        "prompt": ["Once upon", "a time"],
        "suffix": "the end",
        "best_of": 2,
        "echo": True,
        "frequency_penalty": 0,
        "presence_penalty": 0,
        "logit_bias": {"50256": -100},
        "logprobs": 2,
        "max_tokens": 100,
        "n": 2,
        "seed": 7,
        "stop": ["stop", "halt"],
        "stream": True,
        "stream_options": {"include_usage": False},
        "temperature": 0.5,
        "top_p": 1,
        "user": "user-17",
    }


def gemini_generate() -> dict[str, Any]:
    parts: list[dict[str, Any]] = [
        {"text": "Hello"},
        {"inlineData": {"mimeType": "image/png", "data": "AAAA", "displayName": "a.png"}},
        {"file_data": {"mime_type": "text/plain", "file_uri": "https://files.example/a"}},
        {"text": "aside", "thought": True, "thoughtSignature": SIGNATURE},
        {"functionCall": {"name": "look", "args": {"who": "someone"}}},
        {"executableCode": {"language": "PYTHON", "code": "print(1)"}},
        {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "one"}},
    ]
    answer = {"name": "look", "response": {"found": "result"}}
    declared = {"name": "look", "description": "What it does", "parameters": SCHEMA}
    tools = [{"functionDeclarations": [declared]}, {"googleSearch": {}}, {"url_context": {}}]
    return {
        "contents": [
            {"role": "user", "parts": parts},
            {"role": "model", "parts": [{"text": "Hi"}]},
            {"role": "function", "parts": [{"functionResponse": answer}]},
            {"parts": [{"text": "More"}]},
        ],
        "systemInstruction": {"parts": [{"text": "Be kind"}]},
        "tools": tools,
        "toolConfig": {
            "functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["look"]}
        },
        "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}],
        "generationConfig": {
            "stopSequences": ["END"], "responseMimeType": "application/json",
            "responseSchema": SCHEMA, "temperature": 0.5, "seed": 7, "responseModalities": ["TEXT"],
            "thinkingConfig": {"thinkingLevel": "LOW", "thinkingBudget": 1024},
        },
    }  # fmt: skip


def azure_chat() -> dict[str, Any]:
    source = {"type": "azure_search", "parameters": {"endpoint": "https://search.example"}}
    context = dict.fromkeys(("end_user_id", "end_user_tenant_id", "source_ip"), "user-17")
    return {
        **openai_chat(),
        "data_sources": [source],
        "user_security_context": {**context, "application_name": "helpdesk"},
    }


def openai_embeddings() -> dict[str, Any]:
    return {
        "model": "text-embedding-3-small",
        "input": ["one", "two"],
        "dimensions": 8,
        "encoding_format": "float",
        "user": "user-17",
    }


CACHE = {"cache_control": {"type": "ephemeral", "ttl": "5m"}}
TOOL = {
    "type": "custom",
    "name": "look",
    "description": "d",
    "input_schema": SCHEMA,
    "input_examples": [{"who": "anyone", "number": 12345678901}],
    "allowed_callers": ["direct", "code_execution_20250825"],
    "defer_loading": True,
    "strict": True,
    **CACHE,
}
CALLER = {"type": "code_execution_20250825", "tool_id": "srvtoolu_abc123def"}
LOCATIONS = [
    {"type": "char_location", "cited_text": "c", "document_title": "t", "document_index": 0, "start_char_index": 0, "end_char_index": 1},
    {"type": "web_search_result_location", "cited_text": "c", "title": "t", "url": "https://a.example", "encrypted_index": SIGNATURE},
    {"type": "search_result_location", "cited_text": "c", "title": "t", "source": "s", "search_result_index": 0},
]  # fmt: skip
DOCUMENTS = [
    {"type": "document", "source": {"type": "text", "data": "d", "media_type": "text/plain"}, "title": "t", "context": "c", "citations": {"enabled": True}, **CACHE},
    {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "d"}]}},
    {"type": "document", "source": {"type": "content", "content": "d"}},
    {"type": "document", "source": {"type": "base64", "data": "AAAA", "media_type": "application/pdf"}},
    {"type": "document", "source": {"type": "url", "url": "https://a.example/b.pdf"}},
    {"type": "document", "source": {"type": "file", "file_id": "file_abc123def"}},
]  # fmt: skip
SEARCH_RESULT = {
    "type": "search_result",
    "source": "s",
    "title": "t",
    "content": [{"type": "text", "text": "r"}],
    "citations": {"enabled": True},
}
BROWSER = {
    "type": "browser_state",
    "tabs": [{"tab_id": "tab1", "title": "t", "url": "https://a.example", "active": True}],
    "state_changes": [
        {
            "type": "download_failed",
            "download_id": "d1",
            "url": "https://a.example",
            "path": "/p",
            "error": "e",
        }
    ],
}


def anthropic_messages() -> dict[str, Any]:
    return {
        "model": "claude-opus-4-5-20251101",
        "max_tokens": 100,
        "system": [{"type": "text", "text": "Be kind", "citations": LOCATIONS, **CACHE}],
        "messages": [
            {"role": "user", "content": "Hello"},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Look"},
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}, **CACHE},
                    {"type": "image", "source": {"type": "url", "url": "https://a.example/b.png"}, "transformations": {"oversized_image": "error"}},
                    *DOCUMENTS,
                    SEARCH_RESULT,
                    {"type": "container_upload", "file_id": "file_abc123def"},
                    {"type": "tool_addition", "tool": {"type": "tool_definition", "definition": TOOL}},
                    {"type": "tool_removal", "tool": {"type": "mcp_tool_reference", "name": "look", "server_name": "srv"}},
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "thought", "signature": SIGNATURE},
                    {"type": "redacted_thinking", "data": SIGNATURE},
                    {"type": "text", "text": "Hi", "citations": LOCATIONS},
                    {
                        "type": "tool_use",
                        "id": "toolu_abc123def",
                        "name": "look",
                        "input": {"who": "someone", "deep": [{"key": "value", "number": 12345678901}]},
                        "caller": CALLER,
                        "toolset_name": "browser",
                        **CACHE,
                    },
                    {"type": "server_tool_use", "id": "srvtoolu_abc123def", "name": "web_search", "input": {"query": "q"}},
                    {"type": "mcp_tool_use", "id": "mcptoolu_abc123def", "name": "look", "server_name": "srv", "input": {"query": "q"}},
                    {"type": "mcp_tool_result", "tool_use_id": "mcptoolu_abc123def", "is_error": False, "content": [{"type": "text", "text": "r"}]},
                    {"type": "mcp_tool_listing", "mcp_server_name": "srv", "tools": [{"name": "look", "description": "d", "input_schema": SCHEMA}]},
                    {
                        "type": "web_search_tool_result",
                        "tool_use_id": "srvtoolu_abc123def",
                        "content": [{"type": "web_search_result", "title": "t", "url": "https://a.example", "page_age": "1 day", "encrypted_content": SIGNATURE}],
                        "caller": CALLER,
                    },
                    {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_abc123def", "content": {"type": "web_search_tool_result_error", "error_code": "unavailable"}},
                    {
                        "type": "web_fetch_tool_result",
                        "tool_use_id": "srvtoolu_abc123def",
                        "content": {"type": "web_fetch_result", "url": "https://a.example", "retrieved_at": "2026-11-23T10:00:00Z", "content": DOCUMENTS[0]},
                    },
                    {
                        "type": "code_execution_tool_result",
                        "tool_use_id": "srvtoolu_abc123def",
                        "content": {"type": "code_execution_result", "stdout": "o", "stderr": "e", "return_code": 0, "content": [{"type": "code_execution_output", "file_id": "file_abc123def"}]},
                    },
                    {"type": "code_execution_tool_result", "tool_use_id": "srvtoolu_abc123def", "content": {"type": "encrypted_code_execution_result", "encrypted_stdout": SIGNATURE, "stderr": "", "return_code": 0, "content": []}},
                    {"type": "bash_code_execution_tool_result", "tool_use_id": "srvtoolu_abc123def", "content": {"type": "bash_code_execution_result", "stdout": "o", "stderr": "e", "return_code": 0, "content": []}},
                    {"type": "text_editor_code_execution_tool_result", "tool_use_id": "srvtoolu_abc123def", "content": {"type": "text_editor_code_execution_view_result", "content": "c", "file_type": "text", "num_lines": 1}},
                    {"type": "text_editor_code_execution_tool_result", "tool_use_id": "srvtoolu_abc123def", "content": {"type": "text_editor_code_execution_str_replace_result", "lines": ["l"], "new_lines": 1}},
                    {"type": "tool_search_tool_result", "tool_use_id": "srvtoolu_abc123def", "content": {"type": "tool_search_tool_search_result", "tool_references": [{"type": "tool_reference", "tool_name": "look"}]}},
                    {"type": "advisor_tool_result", "tool_use_id": "srvtoolu_abc123def", "content": {"type": "advisor_result", "text": "t", "stop_reason": "end_turn"}},
                    {"type": "compaction", "content": "summary", "encrypted_content": SIGNATURE, "signature": SIGNATURE, "tool_changes": [{"type": "tool_removal", "tool": {"type": "tool_reference", "name": "look"}}]},
                    {"type": "fallback", "from": {"model": "claude-a"}, "to": {"model": "claude-b"}, "trigger": {"type": "refusal"}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "toolu_abc123def", "is_error": False, "content": '{"found": "x\\u0040y"}', **CACHE},
                    {
                        "type": "tool_result",
                        "tool_use_id": "toolu_abc123def",
                        "content": [{"type": "text", "text": "r"}, DOCUMENTS[0], SEARCH_RESULT, {"type": "tool_reference", "tool_name": "look"}, BROWSER],
                    },
                ],
            },
            {"role": "system", "content": "note", "clear_at": "never", "output_config": {"effort": "low"}},
            {"role": "critic", "content": "unusual role"},
        ],
        "stream": False,
        "temperature": 1,
        "top_p": 1,
        "top_k": 5,
        "stop_sequences": ["END"],
        "metadata": {"user_id": "user-17"},
        "tools": [
            TOOL,
            {"type": "web_search_20250305", "name": "web_search", "max_uses": 2, "allowed_domains": ["a.example"], "blocked_domains": ["b.example"], "user_location": {"type": "approximate", "city": "Berlin", "country": "DE", "region": "Berlin", "timezone": "Europe/Berlin"}},
            {"type": "web_fetch_20260318", "name": "web_fetch", "citations": {"enabled": True}, "url_sources": {"user_input": {"type": "only", "tools": [{"type": "tool_reference", "name": "look"}]}}, "response_inclusion": "full", "use_cache": True},
            {"type": "mcp_toolset", "mcp_server_name": "srv", "default_config": {"enabled": True}, "configs": {"look": {"enabled": False}}, "tools": [{"name": "look", "description": "d", "input_schema": SCHEMA}]},
            {"type": "advisor_20260301", "name": "advisor", "model": "claude-a", "caching": {"type": "ephemeral"}, "max_tokens": 5},
            {"type": "computer_20251124", "name": "computer", "display_height_px": 10, "display_width_px": 10, "enable_zoom": True},
        ],
        "tool_choice": {"type": "tool", "name": "look", "disable_parallel_tool_use": True},
        "thinking": {"type": "enabled", "budget_tokens": 1024, "display": "omitted", "block_binding": {"prefix_mismatch_behavior": "drop"}},
        "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": SCHEMA}, "task_budget": {"type": "tokens", "total": 5}},
        "output_format": {"type": "json_schema", "schema": SCHEMA},
        "service_tier": "auto",
        "speed": "fast",
        "inference_geo": "eu",
        "user_profile_id": "profile-a",
        "workspace_id": "space-a",
        "container": {"id": "container_abc123def", "skills": [{"skill_id": "skill_abc123def", "type": "custom", "version": "1"}]},
        "diagnostics": {"previous_message_id": "msg_abc123def"},
        "betas": ["some-beta"],
        "mcp_servers": [{"type": "url", "name": "srv", "url": "https://a.example", "authorization_token": "t", "tool_configuration": {"allowed_tools": ["look"], "enabled": True}}],
        "context_management": {"edits": [{"type": "compact_20260112", "instructions": "i", "trigger": {"type": "input_tokens", "value": 5}, "keep": "all", "exclude_tools": ["look"], "clear_tool_inputs": ["look"]}]},
        "compaction": {"type": "summarize", "instructions": "i"},
        "billing_policy": {"type": "billing_policy", "bill_to": "self"},
        "fallbacks": [{"model": "claude-b", "max_tokens": 5, "speed": "fast", "thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}}],
        "fallback_credit_token": {"token": SIGNATURE, "mode": "strict"},
        **CACHE,
    }  # fmt: skip


def bedrock_converse() -> dict[str, Any]:
    """Without what names the model: that is the path's."""
    place = {"s3Location": {"uri": "s3://shelf/a", "bucketOwner": "012345678901"}}
    picture = {"format": "png", "source": {"bytes": "AAAA"}}
    document = {
        "format": "pdf",
        "name": "a letter",
        "source": {"bytes": "AAAA"},
        "context": "of spring",
        "citations": {"enabled": True},
    }
    found = {
        "source": "a shelf",
        "title": "a book",
        "content": [{"text": "a page"}],
        "citations": {"enabled": True},
    }
    cited = {
        "title": "a letter",
        "source": "a shelf",
        "sourceContent": [{"text": "a line"}],
        "location": {"documentChar": {"documentIndex": 0, "start": 1, "end": 5}},
    }
    web = {"location": {"web": {"url": "https://shelf.example", "domain": "shelf.example"}}}
    use_id = "tooluse_abcDEFghiJKLmnoPQRstuv"
    guarded = {"text": {"text": "look", "qualifiers": ["query"]}}
    cache = {"cachePoint": {"type": "default", "ttl": "5m"}}
    tool = {"name": "look", "description": "Looks", "inputSchema": {"json": SCHEMA}, "strict": True}
    return {
        "messages": [
            {
                "role": "user",
                "content": [
                    {"text": "Hello"},
                    {"image": picture},
                    {"image": {**picture, "source": place, "error": {"message": "too dark"}}},
                    {"document": document},
                    {"document": {**document, "source": place}},
                    {"document": {**document, "source": {"text": "a letter"}}},
                    {"document": {**document, "source": {"content": [{"text": "a line"}]}}},
                    {"video": {"format": "three_gp", "source": {"bytes": "AAAA"}}},
                    {"audio": {"format": "m4a", "source": {"bytes": "AAAA"}}},
                    {"guardContent": guarded},
                    {"guardContent": {"image": picture}},
                    {"searchResult": found},
                    {"toolAddition": {"tool": {"type": "mcp", "name": "look", "serverName": "s"}}},
                    {"toolRemoval": {"tool": {"name": "look"}}},
                    cache,
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {
                        "reasoningContent": {
                            "reasoningText": {"text": "thought", "signature": SIGNATURE}
                        }
                    },
                    {"reasoningContent": {"reasoningText": {"text": "thought aloud"}}},
                    {"reasoningContent": {"redactedContent": SIGNATURE}},
                    {
                        "citationsContent": {
                            "content": [{"text": "as cited"}],
                            "citations": [cited, web],
                        }
                    },
                    {
                        "toolUse": {
                            "toolUseId": use_id,
                            "name": "look",
                            "input": {"who": "Ada", "where": ["here"]},
                            "type": "server_tool_use",
                        }
                    },
                ],
            },
            {
                "role": "user",
                "content": [
                    {
                        "toolResult": {
                            "toolUseId": use_id,
                            "content": [
                                {"text": "seen"},
                                {"json": {"seen": "Ada"}},
                                {"image": picture},
                                {"document": document},
                                {"video": {"format": "mp4", "source": place}},
                                {"searchResult": found},
                            ],
                            "status": "success",
                            "type": "result",
                        }
                    }
                ],
            },
            {"role": "system", "content": [{"text": "Mind the gap"}]},
        ],
        "system": [{"text": "Be kind"}, {"guardContent": guarded}, cache],
        "inferenceConfig": {
            "maxTokens": 100,
            "temperature": 0.5,
            "topP": 0.9,
            "stopSequences": ["END"],
        },
        "toolConfig": {
            "tools": [{"toolSpec": tool}, {"systemTool": {"name": "nova_grounding"}}, cache],
            "toolChoice": {"tool": {"name": "look"}},
        },
        "guardrailConfig": {
            "guardrailIdentifier": "guard",
            "guardrailVersion": "DRAFT",
            "trace": "enabled_full",
            "streamProcessingMode": "async",
        },
        "projectIdentifier": "project",
        "additionalModelRequestFields": {"top_k": 5, "style": "plain"},
        "promptVariables": {"who": {"text": "Ada"}},
        "additionalModelResponseFieldPaths": ["/stop_sequence"],
        "requestMetadata": {"team": "library"},
        "performanceConfig": {"latency": "optimized"},
        "serviceTier": {"type": "default"},
        "outputConfig": {
            "textFormat": {
                "type": "json_schema",
                "structure": {
                    "jsonSchema": {
                        "schema": '{"type": "object", "description": "a thing"}',
                        "name": "thing",
                        "description": "What it is",
                    }
                },
            },
            "effort": "high",
        },
    }
