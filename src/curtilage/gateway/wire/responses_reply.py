"""Whole replies of OpenAI Responses: values back, usage out.

Restored: what the caller reads (messages, refusals, reasoning that is not
sealed, what it sent itself) and what it is to run: functions, custom tools,
patches, its own shell and screen. Left as they came: what the provider runs
(search, MCP, code, hosted shells, programs), URLs, ids, unknown items.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from curtilage.gateway.wire.citations import MAX_ANNOTATIONS, shift_places
from curtilage.gateway.wire.facts import Given, ReplyStats, RequestFacts, Usage, read_count
from curtilage.gateway.wire.fields import is_sealed
from curtilage.gateway.wire.responses_items import STORED_KINDS
from curtilage.gateway.wire.texts import Texts
from curtilage.shield.held import Held, Sink
from curtilage.shield.restore import Form

SPOKEN = {
    "output_text": "text",
    "text": "text",
    "refusal": "refusal",
    "reasoning_text": "text",
    "summary_text": "text",
}
ENDED = frozenset(("completed", "incomplete", "failed", "cancelled"))


def restore_response(
    document: Any, held: Held, facts: RequestFacts, outbound_tools: Collection[str] = ()
) -> ReplyStats:
    """Restore a response in place, or a list of items of one."""
    stats = ReplyStats(complete=False)
    texts = Texts(held, stats, outbound_tools)
    take_response(document, texts)
    note_response(document, stats.given, is_stored=facts.stored)
    texts.close()
    return stats


def restore_nothing(
    document: Any, _held: Held, _facts: RequestFacts, _outbound_tools: Collection[str] = ()
) -> ReplyStats:
    """For counts and confirmations: they hold no text."""
    return ReplyStats(usage=Usage(prompt=read_count(document, "input_tokens")))


def take_response(document: Any, texts: Texts, *, is_over: bool = True) -> None:
    """Restore what a response holds, and note what it says of itself.

    The output of one that is not over is only begun, and left as it came."""
    if type(document) is not dict:
        return
    stats = texts.stats
    _read_state(document, stats)
    texts.whole(document, "instructions", ("instructions",))
    _take_echo(document.get("instructions"), texts)
    if type(document.get("metadata")) is dict:
        texts.values(document, "metadata", (), sink=Sink.TEXT)
    if type(document.get("error")) is dict:
        texts.whole(document["error"], "message", ("error",))
    items = document.get("output", document.get("data")) if is_over else None
    for index, item in enumerate(items if type(items) is list else ()):
        take_item(item, index, texts)


def note_response(document: Any, given: Given, *, is_stored: bool) -> None:
    """Note the ids of what the provider stores of a response.

    Only of its output: lists and echoes hold what callers wrote, and any id in it."""
    if type(document) is not dict or document.get("object") != "response":
        return
    output = document.get("output")
    for item in output if type(output) is list else ():
        note_item(item, given, is_stored=is_stored)


def note_item(item: Any, given: Given, *, is_stored: bool) -> None:
    """Note the id of an item that the provider made.

    Of what is stored any item may be named by its id alone. Where nothing is, those that stand
    for more than they say come back by their id all the same, unless they are sealed: SDKs
    send items as they got them."""
    kind = item.get("type") if type(item) is dict else None
    if type(kind) is str and (is_stored or (kind in STORED_KINDS and not is_sealed(item))):
        given.add(item.get("id"), is_stored=is_stored)


def _take_echo(instructions: Any, texts: Texts) -> None:
    """Instructions that were items come back as items."""
    for index, item in enumerate(instructions if type(instructions) is list else ()):
        take_item(item, ("instructions", index), texts)


def _read_state(document: Mapping[str, Any], stats: ReplyStats) -> None:
    if type(document.get("id")) is str and document.get("object") != "list":
        stats.reply_id = document["id"]
    usage = document.get("usage")
    if type(usage) is dict:
        stats.usage = read_usage(usage)
    status = document.get("status")
    if (
        (type(status) is str and status in ENDED)
        or document.get("background") is True
        or status is None
    ):
        details = document.get("incomplete_details")
        reason = details.get("reason") if type(details) is dict else None
        stats.finished(reason or status)
        stats.complete = True


def read_usage(usage: Mapping[str, Any]) -> Usage:
    """Tokens as Responses counts them: the input includes what was cached."""
    details = usage.get("input_tokens_details")
    return Usage(
        prompt=read_count(usage, "input_tokens"),
        completion=read_count(usage, "output_tokens"),
        cached=read_count(details, "cached_tokens"),
        cache_written=read_count(details, "cache_write_tokens"),
        reasoning=read_count(usage.get("output_tokens_details"), "reasoning_tokens"),
    )


def take_item(item: Any, index: object, texts: Texts) -> None:
    """Restore one item of an output, by its type."""
    if type(item) is not dict:
        return
    kind = item.get("type") or "message"
    take = _ITEMS.get(kind) if type(kind) is str else None
    if take is not None:
        take(item, index, texts)


def take_part(part: Any, index: object, number: object, texts: Texts) -> None:
    """Restore one part of a message's, a result's or a reasoning's content.

    What the reply says is read as one, part after part; what it echoes is not."""
    if type(part) is not dict or type(part.get("type")) is not str:
        return
    kind = part["type"]
    if kind in SPOKEN:
        raw = part.get("text")
        voice = kind if type(index) is int else ""
        texts.whole(part, SPOKEN[kind], (index, kind, number), voice=voice)
        if type(raw) is str and type(part.get("annotations")) is list:
            citations = part["annotations"][:MAX_ANNOTATIONS]
            if shift_places(citations, raw, part["text"], texts.held):
                texts.changed = True
        is_other = texts.stats.logprobs_withheld or raw != part.get(SPOKEN[kind])
        if part.get("logprobs") and is_other:
            part["logprobs"] = []
            texts.changed = texts.stats.logprobs_withheld = True
    elif kind == "input_text":
        texts.whole(part, "text", (index, kind, number))


def _take_message(item: dict[str, Any], index: object, texts: Texts) -> None:
    voice = "text" if type(index) is int else ""
    texts.whole(item, "content", (index, "text", 0), voice=voice)
    _take_parts(item.get("content"), index, texts)


def _take_parts(parts: Any, index: object, texts: Texts) -> None:
    for number, part in enumerate(parts if type(parts) is list else ()):
        take_part(part, index, number, texts)


def _take_reasoning(item: dict[str, Any], index: object, texts: Texts) -> None:
    _take_parts(item.get("summary"), index, texts)
    _take_parts(item.get("content"), index, texts)


def _take_function(item: dict[str, Any], index: object, texts: Texts) -> None:
    texts.whole(item, "name", (index, "name"), sink=Sink.ARGUMENTS)
    sink = texts.sink_of(item.get("name"))
    texts.whole(item, "arguments", (index, "arguments"), sink=sink, form=Form.JSON)


def _take_custom(item: dict[str, Any], index: object, texts: Texts) -> None:
    texts.whole(item, "name", (index, "name"), sink=Sink.ARGUMENTS)
    texts.whole(item, "input", (index, "input"), sink=texts.sink_of(item.get("name")))


def _take_result(item: dict[str, Any], index: object, texts: Texts) -> None:
    """What the caller's own tool gave back, as the provider kept it."""
    texts.whole(item, "output", (index, "output", 0))
    _take_parts(item.get("output"), (index, "result"), texts)


def _take_patch(item: dict[str, Any], index: object, texts: Texts) -> None:
    operation, sink = item.get("operation"), texts.sink_of("apply_patch")
    if type(operation) is dict:
        for name in ("path", "diff"):
            texts.whole(operation, name, (index, name), sink=sink)


def _take_shell(item: dict[str, Any], index: object, texts: Texts) -> None:
    """Only a shell of the caller: another runs where values must not be."""
    if not is_local(item):
        return
    action, sink = item.get("action"), texts.sink_of("shell")
    commands = action.get("commands") if type(action) is dict else None
    for number in range(len(commands)) if type(commands) is list else ():
        texts.whole(commands, number, (index, "command", number), sink=sink)


def is_local(item: Mapping[str, Any]) -> bool:
    """Whether a shell call is for the caller's own machine."""
    environment = item.get("environment")
    return type(environment) is dict and environment.get("type") == "local"


def _take_local_shell(item: dict[str, Any], index: object, texts: Texts) -> None:
    if type(item.get("action")) is dict:
        texts.values(item, "action", (index,), sink=texts.sink_of("local_shell"))


def _take_computer(item: dict[str, Any], index: object, texts: Texts) -> None:
    sink = texts.sink_of("computer")
    for name in ("action", "actions"):
        if name in item:
            texts.values(item, name, (index,), sink=sink)


def _take_tool_search(item: dict[str, Any], index: object, texts: Texts) -> None:
    if item.get("execution") == "client" and "arguments" in item:
        texts.values(item, "arguments", (index,), sink=texts.sink_of("tool_search"))


def _take_image(item: dict[str, Any], index: object, texts: Texts) -> None:
    texts.whole(item, "revised_prompt", (index, "revised_prompt"))


_ITEMS: Mapping[str, Callable[[dict[str, Any], object, Texts], None]] = {
    "message": _take_message,
    "reasoning": _take_reasoning,
    "function_call": _take_function,
    "custom_tool_call": _take_custom,
    "function_call_output": _take_result,
    "custom_tool_call_output": _take_result,
    "apply_patch_call": _take_patch,
    "shell_call": _take_shell,
    "local_shell_call": _take_local_shell,
    "computer_call": _take_computer,
    "tool_search_call": _take_tool_search,
    "image_generation_call": _take_image,
}
