"""Whole replies of Anthropic Messages: values back, usage out.

Restored: text blocks with what they cite from the caller's documents, and the
input of tools that the caller runs. Left as they came: thinking (its signature
covers the text), everything of tools that the provider runs, results of web
searches, URLs, ids, unknown blocks.
"""

from collections.abc import Collection
from typing import Any

from curtilage.gateway.wire.facts import ReplyStats, RequestFacts, Usage, read_count
from curtilage.gateway.wire.restoring import ReplyRestorer
from curtilage.shield.held import Held, Sink

_OF_DOCUMENTS = frozenset(
    ("char_location", "page_location", "content_block_location", "search_result_location")
)


def restore_message(
    document: Any, held: Held, facts: RequestFacts, outbound_tools: Collection[str] = ()
) -> ReplyStats:
    """Restore a reply in place."""
    stats = ReplyStats(usage=read_message_usage(document))
    restorer = ReplyRestorer(held, stats, outbound_tools)
    if type(document) is not dict:
        stats.complete = False
        return stats
    if facts.diagnosed:
        stats.given.add(document.get("id"))
    content = document.get("content")
    for block in content if type(content) is list else ():
        if type(block) is dict:
            _restore_block(block, restorer)
    restorer.text(document, "stop_sequence")
    stats.finished(document.get("stop_reason"))
    stats.complete = bool(stats.finish)
    return stats


def _restore_block(block: dict[str, Any], restorer: ReplyRestorer) -> None:
    kind = block.get("type")
    if kind == "text":
        restorer.joined(block, "text")
        citations = block.get("citations")
        for citation in citations if type(citations) is list else ():
            restore_citation(citation, restorer)
    elif kind == "tool_use":
        restore_tool_use(block, restorer)


def restore_tool_use(block: dict[str, Any], restorer: ReplyRestorer) -> None:
    """Restore a call of one of the caller's tools."""
    restorer.text(block, "name", sink=Sink.ARGUMENTS)
    restorer.arguments(block, "input", sink=restorer.sink_of(block.get("name")))


def restore_citation(citation: Any, restorer: ReplyRestorer) -> None:
    """Restore what a citation quotes of the caller's own documents.

    Its indexes count in the document as the provider has it; they stay.
    """
    if type(citation) is dict and citation.get("type") in _OF_DOCUMENTS:
        for name in ("cited_text", "document_title", "title"):
            restorer.text(citation, name)


def restore_count(
    document: Any, _held: Held, _facts: RequestFacts, _outbound_tools: Collection[str] = ()
) -> ReplyStats:
    """The reply of count_tokens holds a number."""
    return ReplyStats(usage=Usage(prompt=read_count(document, "input_tokens"), completion=0))


def read_message_usage(document: Any) -> Usage:
    """Tokens as Anthropic counts them: what was cached is apart, and added here."""
    usage = Usage()
    update_usage(usage, document.get("usage") if type(document) is dict else None)
    return usage


def update_usage(usage: Usage, said: Any) -> None:
    """Take over what a reply, or a later event of a stream, says; counts are cumulative."""
    if type(said) is not dict:
        return
    cached = read_count(said, "cache_read_input_tokens")
    written = read_count(said, "cache_creation_input_tokens")
    usage.cached = usage.cached if cached is None else cached
    usage.cache_written = usage.cache_written if written is None else written
    fresh = read_count(said, "input_tokens")
    if fresh is not None:
        usage.prompt = fresh + (usage.cached or 0) + (usage.cache_written or 0)
    completion = read_count(said, "output_tokens")
    usage.completion = usage.completion if completion is None else completion
