"""Which calls may be answered from the cache, and which replies may be kept. Pure.

A reply is kept only where asking again would be asking the same: nothing that a
provider stores, looks up, fetches or runs may have gone into it. How creative the
model was told to be is no question here: who turns the cache on for a route wants
one answer to one question.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from curtilage.gateway.wire.facts import ReplyStats, RequestFacts

EMBEDDINGS = frozenset(("openai.embeddings", "azure.embeddings", "azure.v1.embeddings"))
KINDS = EMBEDDINGS | {
    "openai.chat", "openai.completions", "openai.responses",
    "azure.chat", "azure.completions", "azure.v1.chat", "azure.v1.completions",
    "anthropic.messages", "gemini.generate", "gemini.stream", "gemini.v1.generate",
    "gemini.v1.stream", "bedrock.converse", "bedrock.stream",
}  # fmt: skip
# What makes a reply depend on more than the request: the provider's memory, its own search.
_BEYOND = (
    "store", "background", "previous_response_id", "conversation", "web_search_options",
    "data_sources", "mcp_servers", "container", "cachedContent", "promptVariables",
)  # fmt: skip
# The same in the body, as it spells what the provider fetches or keeps. Inside a text the quotes
# are escaped; a name that merely looks so costs a call and nothing else.
_FETCHED = (
    b'"file_id"', b'"file_url"', b'"fileuri"', b'"file_uri"', b'"item_reference"', b'"container_upload"',
    b'"container_id"', b'"s3location"', b'"additional_tools"', b'"tool_search_output"', b'"url":"http',
    b'"image_url":"http',
)  # fmt: skip
_ABSENT = (None, False)  # an empty object is not: it asks for a search without options
_CALLERS_TOOLS = ("function", "custom")
_DECLARED = ({"functionDeclarations"}, {"toolSpec"})  # as Gemini and Bedrock have them
# How a reply ends that says all it has to say.
_WHOLE = frozenset((
    "stop", "length", "tool_calls", "function_call", "eos_token",
    "end_turn", "max_tokens", "stop_sequence", "tool_use", "STOP", "MAX_TOKENS", "completed",
))  # fmt: skip
_HEADER = b"cache-control"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a caller's `cache-control` allows (RFC 9111 §5.2.1): to look, and to keep."""

    may_look: bool = True
    may_keep: bool = True


def read_wish(headers: Iterable[tuple[bytes, bytes]]) -> Wish:
    """`no-store`: neither; `no-cache`: ask the provider, and keep what it says."""
    said = b",".join(value for name, value in headers if name == _HEADER).lower()
    directives = {part.strip() for part in said.split(b",")}
    is_kept = b"no-store" not in directives
    return Wish(may_look=is_kept and b"no-cache" not in directives, may_keep=is_kept)


def is_repeatable(kind: str, facts: RequestFacts, document: Any, body: bytes) -> bool:
    """Whether a request says all that its reply depends on. `body` is what leaves."""
    if kind not in KINDS or type(document) is not dict:
        return False
    if facts.stored or facts.continues or facts.adds_to:
        return False
    if any(document.get(name) not in _ABSENT for name in _BEYOND):
        return False
    if type(document.get("prompt")) is dict:  # a template that the provider keeps
        return False
    are_callers = all(_is_callers(tool) for tool in _tools(document))
    spelled = body.lower()  # addresses have no one spelling
    return are_callers and not any(name in spelled for name in _FETCHED)


def _tools(document: dict[str, Any]) -> list[Any]:
    """The tools of a request; what is no list of them counts as one that nobody knows."""
    configured = document.get("toolConfig")
    inner = configured.get("tools") if type(configured) is dict else configured
    named = [tools for tools in (document.get("tools"), inner) if tools]
    return [tool for tools in named for tool in (tools if type(tools) is list else [None])]


def _is_callers(tool: Any) -> bool:
    """Whether the caller runs a tool, so that the provider learns its result from the caller."""
    if type(tool) is not dict:
        return False
    if "type" in tool:
        return tool["type"] in _CALLERS_TOOLS
    return "name" in tool or set(tool) in _DECLARED


def is_whole(kind: str, stats: ReplyStats) -> bool:
    """Whether a reply to a call of this kind is complete, and no error in disguise."""
    if stats.failed or not stats.complete:
        return False
    if kind in EMBEDDINGS:
        return stats.usage.prompt is not None
    return bool(stats.finish) and _WHOLE.issuperset(stats.finish)
