"""Whole replies of OpenAI Chat Completions: values back, usage out.

Restored: what the caller reads (`content`, `refusal`, unsigned reasoning, the
transcript of speech) and the arguments of tools, which the caller runs itself.
Left as they came: ids, URLs of annotations, signed reasoning, unknown fields.
"""

from bisect import bisect_right
from collections.abc import Collection
from operator import itemgetter
from typing import Any

from curtilage.gateway.wire.facts import ReplyStats, RequestFacts, Usage, read_count
from curtilage.gateway.wire.restoring import ReplyRestorer
from curtilage.shield.grammar import find_shapes, may_hold_token
from curtilage.shield.held import Held, Sink
from curtilage.shield.restore import Form, StreamRestorer

MAX_ANNOTATIONS = 4096  # a search cites tens; more are left as they came
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
    _shift_annotations(message, restorer.held)
    for name in TEXT_FIELDS:
        restorer.text(message, name)
    _restore_parts(message.get("content"), restorer)
    if type(message.get("audio")) is dict:
        restorer.text(message["audio"], "transcript")
    if restorer.changed and choice.get("logprobs") is not None:
        choice["logprobs"] = None
        restorer.stats.logprobs_withheld = True
    calls = message.get("tool_calls")
    for call in calls if type(calls) is list else ():
        if type(call) is dict:
            restore_call(call, restorer)
    if type(message.get("function_call")) is dict:
        _restore_function(message["function_call"], restorer)


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


def _shift_annotations(message: dict[str, Any], held: Held) -> None:
    """Move the places that annotations point at to where they are after restoring."""
    content, annotations = message.get("content"), message.get("annotations")
    if type(content) is not str or type(annotations) is not list or not may_hold_token(content):
        return
    moves = _find_moves(content, held)
    for annotation in annotations[:MAX_ANNOTATIONS]:
        citation = annotation.get("url_citation") if type(annotation) is dict else None
        if type(citation) is not dict:
            continue
        for name in ("start_index", "end_index"):
            index = citation.get(name)
            if type(index) is int and 0 <= index <= len(content):
                citation[name] = _move(index, moves)


def _find_moves(content: str, held: Held) -> list[tuple[int, int]]:
    """Where each token of a text ends, and how far what follows it moves.

    All before a token has come out once its first letter is fed, because that
    letter ends whatever stood there, and is itself held back.
    """
    stream = StreamRestorer(held, sink=Sink.TEXT, form=Form.TEXT)
    shapes = list(find_shapes(content))
    shifts, fed, out = [], 0, 0
    for shape in shapes:
        out += len(stream.feed(content[fed : shape.start + 1]))
        fed = shape.start + 1
        shifts.append(out - shape.start)
    out += len(stream.feed(content[fed:])) + len(stream.close())
    shifts.append(out - len(content))
    return [(shape.end, shift) for shape, shift in zip(shapes, shifts[1:], strict=True)]


def _move(index: int, moves: list[tuple[int, int]]) -> int:
    """Where a place is afterwards; one inside a token is not past the end of its value."""
    at = bisect_right(moves, index, key=itemgetter(0))
    moved = index + (moves[at - 1][1] if at else 0)
    return min(moved, sum(moves[at])) if at < len(moves) else moved


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
    )
