"""Whole replies of OpenAI Chat Completions: values back, usage out.

Restored: what the caller reads (`content`, `refusal`, unsigned reasoning, the
transcript of speech) and the arguments of tools, which the caller runs itself.
Left as they came: ids, URLs of annotations, signed reasoning, unknown fields.
"""

from collections.abc import Collection
from typing import Any

from curtilage.gateway.wire.citations import MAX_ANNOTATIONS, shift_places
from curtilage.gateway.wire.facts import ReplyStats, RequestFacts, Usage, read_count
from curtilage.gateway.wire.restoring import ReplyRestorer
from curtilage.shield.held import Held, Sink

TEXT_FIELDS = ("content", "refusal", "reasoning_content", "reasoning")


def restore_chat(
    document: Any, held: Held, _facts: RequestFacts, outbound_tools: Collection[str] = ()
) -> ReplyStats:
    """Restore a reply in place.

    `logprobs` are nulled where a text was changed: they name tokens of the text
    that the model wrote, which is no longer there.
    """
    stats = ReplyStats(usage=read_chat_usage(document))
    choices = document.get("choices") if type(document) is dict else None
    restorer = ReplyRestorer(held, stats, outbound_tools)
    for choice in choices if type(choices) is list else ():
        if type(choice) is dict:
            _restore_choice(choice, restorer)
    stats.complete = bool(stats.finish)
    return stats


def _restore_choice(choice: dict[str, Any], restorer: ReplyRestorer) -> None:
    restorer.stats.finished(choice.get("finish_reason"))
    message = choice.get("message")
    if type(message) is not dict:
        return
    restorer.changed = False
    content = message.get("content")
    for name in TEXT_FIELDS:
        restorer.text(message, name)
    if type(content) is str and type(message.get("annotations")) is list:
        cited = [_citation(one) for one in message["annotations"][:MAX_ANNOTATIONS]]
        shift_places(cited, content, message["content"], restorer.held)
    _restore_parts(message.get("content"), restorer)
    if type(message.get("audio")) is dict:
        restorer.text(message["audio"], "transcript")
        restorer.stats.given.add(message["audio"].get("id"))
    if restorer.changed and choice.get("logprobs") is not None:
        choice["logprobs"] = None
        restorer.stats.logprobs_withheld = True
    calls = message.get("tool_calls")
    for call in calls if type(calls) is list else ():
        if type(call) is dict:
            restore_call(call, restorer)
    if type(message.get("function_call")) is dict:
        _restore_function(message["function_call"], restorer)


def _citation(annotation: Any) -> Any:
    return annotation.get("url_citation") if type(annotation) is dict else None


def _restore_parts(content: Any, restorer: ReplyRestorer) -> None:
    """Some servers answer in parts, as requests may be."""
    for part in content if type(content) is list else ():
        if type(part) is dict and part.get("type") in ("text", "refusal"):
            restorer.joined(part, part["type"])


def restore_call(call: dict[str, Any], restorer: ReplyRestorer) -> None:
    """Restore one tool call: JSON for functions, free text for custom tools."""
    if type(call.get("function")) is dict:
        _restore_function(call["function"], restorer)
    custom = call.get("custom")
    if type(custom) is dict:
        restorer.text(custom, "name", sink=Sink.ARGUMENTS)
        restorer.text(custom, "input", sink=restorer.sink_of(custom.get("name")))


def _restore_function(function: dict[str, Any], restorer: ReplyRestorer) -> None:
    restorer.text(function, "name", sink=Sink.ARGUMENTS)
    restorer.arguments(function, "arguments", sink=restorer.sink_of(function.get("name")))


def read_chat_usage(document: Any) -> Usage:
    """Tokens as OpenAI counts them: the prompt includes what was cached."""
    usage = document.get("usage") if type(document) is dict else None
    if type(usage) is not dict:
        return Usage()
    details = usage.get("prompt_tokens_details")
    return Usage(
        prompt=read_count(usage, "prompt_tokens"),
        completion=read_count(usage, "completion_tokens"),
        cached=read_count(details, "cached_tokens"),
        cache_written=read_count(details, "cache_write_tokens"),
        reasoning=read_count(usage.get("completion_tokens_details"), "reasoning_tokens"),
    )
