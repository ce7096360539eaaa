"""Replies of Gemini, whole and streamed: values back, every other byte as it came.

Restored: texts, which a caller joins for each candidate, and the arguments of
the caller's functions. Left as they came: signatures, what the provider ran
itself, searches, citations, parts nobody here knows.
"""

from collections.abc import Collection
from typing import Any

from curtilage.gateway.wire.errors import BrokenStream
from curtilage.gateway.wire.facts import ReplyStats, RequestFacts, Usage, read_count
from curtilage.gateway.wire.restoring import ReplyRestorer
from curtilage.gateway.wire.rewriting import FrameRewriter
from curtilage.gateway.wire.sse import Frame, encode_data
from curtilage.gateway.wire.stream_json import read_frame, write_frame
from curtilage.shield.held import Held, Sink
from curtilage.shield.restore import Form, StreamRestorer

THOUGHTS = (None, True, False)  # readers take another word for either
MAX_CANDIDATES = 128  # Gemini gives eight at most
MAX_TEXTS = 4096  # of one reply


def read_gemini_usage(document: Any) -> Usage:
    """Tokens as Gemini counts them: thoughts and what its tools read are added here."""
    usage = document.get("usageMetadata") if type(document) is dict else None
    said, thought = (read_count(usage, f"{name}TokenCount") for name in ("candidates", "thoughts"))
    prompt, of_tools = (
        read_count(usage, "promptTokenCount"),
        read_count(usage, "toolUsePromptTokenCount"),
    )
    return Usage(
        prompt=None if prompt is None else prompt + (of_tools or 0),
        completion=None if said is None and thought is None else (said or 0) + (thought or 0),
        cached=read_count(usage, "cachedContentTokenCount"),
    )


def restore_generated(
    document: Any, held: Held, _facts: RequestFacts, outbound_tools: Collection[str] = ()
) -> ReplyStats:
    """Restore a reply in place. Logprobs are nulled where a text was changed."""
    stats = ReplyStats(usage=read_gemini_usage(document))
    for candidate in _dicts(document, "candidates"):
        odd = any(part.get("thought") not in THOUGHTS for part in _parts(candidate))
        restorer = ReplyRestorer(Held(watch=held.watch) if odd else held, stats, outbound_tools)
        for part in _parts(candidate):
            if "text" in part:
                _restore_text(part, restorer)
        if restorer.changed and candidate.get("logprobsResult") is not None:
            candidate["logprobsResult"] = None
            stats.logprobs_withheld = True
        for part in _parts(candidate):
            restore_call(part, restorer)
        stats.finished(candidate.get("finishReason"))
    stats.complete = bool(stats.finish) or (type(document) is dict and "promptFeedback" in document)
    return stats


def restore_token_count(
    document: Any, _held: Held, _facts: RequestFacts, _outbound_tools: Collection[str] = ()
) -> ReplyStats:
    """The reply of countTokens holds numbers."""
    return ReplyStats(usage=Usage(prompt=read_count(document, "totalTokens"), completion=0))


def _restore_text(part: dict[str, Any], restorer: ReplyRestorer) -> None:
    if part.get("thought"):
        restorer.text(part, "text")
    else:
        restorer.joined(part, "text")


def restore_call(part: dict[str, Any], restorer: ReplyRestorer) -> None:
    """Restore a call of one of the caller's functions."""
    call = part.get("functionCall")
    if type(call) is dict:
        restorer.text(call, "name", sink=Sink.ARGUMENTS)
        restorer.arguments(call, "args", sink=restorer.sink_of(call.get("name")))


def _dicts(holder: Any, name: str) -> list[dict[str, Any]]:
    items = holder.get(name) if type(holder) is dict else None
    return [item for item in items if type(item) is dict] if type(items) is list else []


def _parts(candidate: dict[str, Any]) -> list[dict[str, Any]]:
    return _dicts(candidate.get("content"), "parts")


class GeminiStreamRewriter(FrameRewriter):
    """Restores a stream of Gemini, which ends when each candidate has its reason.

    Thoughts and the answer are two texts of a candidate. What one holds back goes
    into a part of its own, before a call and before the end."""

    def __init__(
        self, held: Held, facts: RequestFacts, outbound_tools: Collection[str] = ()
    ) -> None:
        super().__init__(held, facts, outbound_tools)
        self.stats.logprobs_withheld = facts.logprobs and len(held) > 0
        self._texts: dict[tuple[int, bool], StreamRestorer] = {}
        self._seen: set[int] = set()
        self._finished: set[int] = set()

    def _is_whole(self) -> bool:
        return len(self._finished) >= max(len(self._seen), 1)

    def _take(self, frame: Frame, out: list[bytes]) -> None:
        data = frame.data
        document = None if data is None else read_frame(data)
        if data is None or type(document) is not dict:
            if data is not None and data.lstrip()[:1] == b"{":
                self._stop_restoring(out)  # a more patient reader may see text in it
            out.append(frame.raw)
            return
        self._reply.changed = False
        if "usageMetadata" in document:
            self.stats.usage = read_gemini_usage(document)
        if "promptFeedback" in document and not self._seen:
            self._finished.add(0)  # refused as a whole: no candidate follows
        if document.get("error"):
            self.stats.failed = True
            self._flush_all(out)
            self._reply.value(document, "error", sink=Sink.TEXT)
        for candidate in _dicts(document, "candidates"):
            self._take_candidate(candidate, out)
        out.append(frame.rewrite(write_frame(document, data)) if self._reply.changed else frame.raw)

    def _take_candidate(self, candidate: dict[str, Any], out: list[bytes]) -> None:
        index = candidate.get("index", 0)
        if type(index) is not int:
            self._stop_restoring(out)
            index = 0
        self._seen.add(index)
        if len(self._seen) > MAX_CANDIDATES:
            raise BrokenStream("The provider sent more candidates than a reply has.")
        ready: list[Any] = []
        content = candidate.get("content")
        parts = content.get("parts") if type(content) is dict else None
        for part in parts if type(parts) is list else ():
            if type(part) is dict and part.get("thought") not in THOUGHTS:
                self._stop_restoring(out)
            self._take_part(index, part, ready)
        reason = candidate.get("finishReason")
        if reason is not None:
            self.stats.finished(reason)
            self._finished.add(index)
            self._flush(index, ready)
        self._write_parts(candidate, ready)
        if candidate.get("logprobsResult") is not None and self.stats.logprobs_withheld:
            candidate["logprobsResult"] = None
            self._reply.changed = True

    def _write_parts(self, candidate: dict[str, Any], ready: list[Any]) -> None:
        """Put the parts back where there are more of them now."""
        content = candidate.get("content")
        if type(content) is not dict:
            content = {"role": "model"}
        came = content.get("parts")
        if len(ready) != (len(came) if type(came) is list else 0):
            content["parts"] = ready
            candidate["content"] = content
            self._reply.changed = True

    def _take_part(self, index: int, part: Any, ready: list[Any]) -> None:
        if type(part) is dict:
            if type(part.get("text")) is str:
                text = self._open(index, is_thought=bool(part.get("thought")))
                restored = text.feed(part["text"])
                if restored != part["text"]:
                    part["text"] = restored
                    self._reply.changed = True
            elif part.get("functionCall") is not None:
                self._flush(index, ready)
                restore_call(part, self._reply)
        ready.append(part)

    def _open(self, index: int, *, is_thought: bool) -> StreamRestorer:
        place = (index, is_thought)
        known = self._texts.get(place)
        if known is not None and known in self._opened:
            return known
        if len(self._opened) >= MAX_TEXTS:
            raise BrokenStream("The provider sent more texts than a reply has.")
        text = StreamRestorer(self._held, sink=Sink.TEXT, form=Form.TEXT, after=known)
        self._texts[place] = text
        self._opened.append(text)
        return text

    def _flush(self, index: int, ready: list[Any]) -> None:
        """Put what the texts of a candidate hold back into parts of their own."""
        for is_thought in (True, False):
            text = self._texts.get((index, is_thought))
            rest = text.close() if text is not None else ""
            if rest:
                ready.append({"text": rest, **({"thought": True} if is_thought else {})})

    def _flush_all(self, out: list[bytes]) -> None:
        for index in sorted(self._seen):
            ready: list[Any] = []
            self._flush(index, ready)
            if ready:
                content = {"role": "model", "parts": ready}
                document = {"candidates": [{"index": index, "content": content}]}
                out.append(encode_data(write_frame(document, b"")))
