"""Whole replies of Bedrock Converse: values back, usage out.

Restored: texts, with what they cite of the caller's documents, and the input of tools that the
caller runs; what a guardrail says of the request. Left as they came: reasoning (models sign it),
tools that the provider runs, pictures, places on the web, unknown blocks, and the fields of a
model's own that were asked for.
"""

from collections.abc import Collection
from typing import Any

from curtilage.gateway.wire.facts import ReplyStats, RequestFacts, Usage, read_count
from curtilage.gateway.wire.restoring import ReplyRestorer
from curtilage.shield.held import Held, Sink


def read_converse_usage(usage: Any) -> Usage:
    """Tokens as Bedrock counts them: what was cached is apart, and added here."""
    fresh, made, cached, written = (
        read_count(usage, f"{name}Tokens")
        for name in ("input", "output", "cacheReadInput", "cacheWriteInput")
    )
    prompt = None if fresh is None else fresh + (cached or 0) + (written or 0)
    return Usage(prompt=prompt, completion=made, cached=cached, cache_written=written)


def restore_converse(
    document: Any, held: Held, _facts: RequestFacts, outbound_tools: Collection[str] = ()
) -> ReplyStats:
    """Restore a reply in place."""
    stats = ReplyStats()
    restorer = ReplyRestorer(held, stats, outbound_tools)
    if type(document) is not dict:
        stats.complete = False
        return stats
    stats.usage = read_converse_usage(document.get("usage"))
    for block in _content(document):
        if type(block) is dict:
            _restore_block(block, restorer)
    if "trace" in document:
        restorer.value(document, "trace", sink=Sink.TEXT)
    stats.finished(document.get("stopReason"))
    stats.complete = bool(stats.finish)
    return stats


def _content(document: dict[str, Any]) -> list[Any]:
    output = document.get("output")
    message = output.get("message") if type(output) is dict else None
    content = message.get("content") if type(message) is dict else None
    return content if type(content) is list else []


def _restore_block(block: dict[str, Any], restorer: ReplyRestorer) -> None:
    restorer.joined(block, "text")
    use, cited = block.get("toolUse"), block.get("citationsContent")
    if type(use) is dict and is_of_caller(use):
        restorer.text(use, "name", sink=Sink.ARGUMENTS)
        restorer.arguments(use, "input", sink=restorer.sink_of(use.get("name")))
    if type(cited) is dict:
        for text in _dicts(cited.get("content")):
            restorer.joined(text, "text")
        for citation in _dicts(cited.get("citations")):
            restore_citation(citation, restorer)


def is_of_caller(use: dict[str, Any]) -> bool:
    """Whether the caller runs the tool; one that the provider runs says `server_tool_use`."""
    return use.get("type") is None


def restore_citation(citation: Any, restorer: ReplyRestorer) -> None:
    """Restore what a citation quotes of the caller's own documents.

    Its indexes count in the document as the provider has it; they stay."""
    if type(citation) is not dict:
        return
    location = citation.get("location")
    if type(location) is dict and "web" in location:
        return
    for name in ("title", "source"):
        restorer.text(citation, name)
    for quoted in _dicts(citation.get("sourceContent")):
        restorer.text(quoted, "text")


def _dicts(items: Any) -> list[dict[str, Any]]:
    return [item for item in items if type(item) is dict] if type(items) is list else []


def restore_converse_count(
    document: Any, _held: Held, _facts: RequestFacts, _outbound_tools: Collection[str] = ()
) -> ReplyStats:
    """The reply of CountTokens holds a number."""
    return ReplyStats(usage=Usage(prompt=read_count(document, "inputTokens"), completion=0))
