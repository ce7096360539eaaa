"""Files of JSON, a document on each line: cut into lines, and restored as they come.

What comes back of a batch is restored line by line, each as the reply that it is, so
that a file of any size costs the memory of its longest line. A line that cannot be read
stays as it came: right or untouched.
"""

import codecs
from collections.abc import Callable, Collection
from typing import Any, TypeAlias

from curtilage.gateway.wire.anthropic_reply import restore_message
from curtilage.gateway.wire.errors import BrokenStream
from curtilage.gateway.wire.facts import ReplyStats, RequestFacts, Usage
from curtilage.gateway.wire.openai_completions import restore_completions
from curtilage.gateway.wire.openai_embeddings import restore_embeddings
from curtilage.gateway.wire.openai_reply import restore_chat
from curtilage.gateway.wire.responses_reply import restore_response
from curtilage.gateway.wire.restoring import ReplyRestorer
from curtilage.gateway.wire.stream_json import read_frame, write_frame
from curtilage.shield.held import Held, Sink
from curtilage.shield.restore import Form, StreamRestorer

MAX_LINE = 64 * 1024 * 1024  # bytes: as much as one whole reply may have
# How a file is to be read.
AS_IT_IS, OWN_LINES, OWN_TEXT, MESSAGE_RESULTS = "", "own lines", "own text", "/v1/messages"

_Restore: TypeAlias = Callable[[Any, Held, RequestFacts, Collection[str]], ReplyStats]
RESTORED: dict[str, _Restore] = {
    "/v1/chat/completions": restore_chat,
    "/v1/completions": restore_completions,
    "/v1/embeddings": restore_embeddings,
    "/v1/responses": restore_response,
    # As Azure's guides name them.
    "/chat/completions": restore_chat,
    "/completions": restore_completions,
    "/embeddings": restore_embeddings,
}
"""The endpoints of a batch, and how a reply of each is restored."""


class LineCutter:
    """Cuts bytes into lines, with their ends. Raises BrokenStream for one beyond `limit`."""

    __slots__ = ("_limit", "_size", "_waiting")

    def __init__(self, *, limit: int = MAX_LINE) -> None:
        self._waiting: list[bytes] = []  # pieces of a line, joined once its end has come
        self._size = 0
        self._limit = limit

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that are whole now."""
        *lines, rest = data.split(b"\n")
        whole = []
        for line in lines:
            whole.append(b"".join((*self._waiting, line, b"\n")))
            self._waiting, self._size = [], 0
        if rest:
            self._waiting.append(rest)
            self._size += len(rest)
        if self._size > self._limit:
            raise BrokenStream("The provider sent a line that is too long.")
        return whole

    def close(self) -> bytes:
        """The last line, where it has no end."""
        rest, self._waiting, self._size = b"".join(self._waiting), [], 0
        return rest


class FileRewriter:
    """Restores a file as it comes, as `facts.read_as` says."""

    def __init__(
        self, held: Held, facts: RequestFacts, outbound_tools: Collection[str] = ()
    ) -> None:
        self.stats = ReplyStats(complete=True)
        self.ended = False  # only the provider's own end is one
        self._held, self._tools = held, outbound_tools
        self._restore = RESTORED.get(facts.read_as)
        self._read_as = facts.read_as
        self._lines = LineCutter()
        self._text = StreamRestorer(held, sink=Sink.INVERSE, form=Form.TEXT)
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def feed(self, data: bytes) -> bytes:
        if self._read_as == AS_IT_IS:
            return data
        if self._read_as == OWN_TEXT:
            return self._write(self._text.feed(self._decoder.decode(data)))
        return b"".join(map(self._take, self._lines.feed(data)))

    def close(self) -> bytes:
        if self._read_as == OWN_TEXT:
            rest = self._text.feed(self._decoder.decode(b"", final=True)) + self._text.close()
            self.stats.count(self._text)
            return self._write(rest)
        rest_of_line = self._lines.close()
        return self._take(rest_of_line) if rest_of_line else b""

    @staticmethod
    def _write(text: str) -> bytes:
        return text.encode("utf-8", "surrogateescape")

    def _take(self, line: bytes) -> bytes:
        """A line with its values back; its own bytes where nothing changed."""
        document = read_frame(line)
        if type(document) is not dict:
            return line
        stats = ReplyStats()
        self._restore_line(document, stats)
        self._add(stats)
        if not (stats.restored or stats.logprobs_withheld):
            return line
        end = line[len(line.rstrip(b"\r\n")) :]
        return write_frame(document, line) + end

    def _restore_line(self, document: dict[str, Any], stats: ReplyStats) -> None:
        restorer = ReplyRestorer(self._held, stats, self._tools)
        if self._read_as == OWN_LINES:
            root = [document]
            restorer.value(root, 0, sink=Sink.INVERSE)
            return
        restorer.text(document, "custom_id", sink=Sink.INVERSE)
        if self._read_as == MESSAGE_RESULTS:
            self._restore_result(document.get("result"), restorer)
            return
        response = document.get("response")
        if type(response) is dict and self._restore is not None:
            is_whole = response.get("status_code") == 200
            self._restore_body(response, restorer, self._restore if is_whole else None)
        if type(document.get("error")) is dict:
            restorer.value(document, "error", sink=Sink.TEXT)

    def _restore_result(self, result: Any, restorer: ReplyRestorer) -> None:
        """What became of one request of a batch of Anthropic's."""
        if type(result) is not dict:
            return
        if result.get("type") == "succeeded":
            _merge(restorer.stats, restore_message(result.get("message"), self._held, _NO_FACTS, self._tools))  # fmt: skip
        elif type(result.get("error")) is dict:
            restorer.value(result, "error", sink=Sink.TEXT)

    def _restore_body(
        self, response: dict[str, Any], restorer: ReplyRestorer, restore: _Restore | None
    ) -> None:
        if restore is None:
            if "body" in response:  # a provider may have none for a request that it refused
                restorer.value(response, "body", sink=Sink.TEXT)
            return
        _merge(restorer.stats, restore(response.get("body"), self._held, _NO_FACTS, self._tools))

    def _add(self, stats: ReplyStats) -> None:
        _merge(self.stats, stats)


_NO_FACTS = RequestFacts("")


def _merge(into: ReplyStats, stats: ReplyStats) -> None:
    """Add what happened to one reply to what happened to all."""
    into.restored.update(stats.restored)
    into.mangled += stats.mangled
    into.unknown += stats.unknown
    into.withheld += stats.withheld
    into.logprobs_withheld |= stats.logprobs_withheld
    for word in stats.finish:
        into.finished(word)
    into.usage = _total(into.usage, stats.usage)


def _total(first: Usage, second: Usage) -> Usage:
    return Usage(
        prompt=_add(first.prompt, second.prompt),
        completion=_add(first.completion, second.completion),
        cached=_add(first.cached, second.cached),
        cache_written=_add(first.cache_written, second.cache_written),
        reasoning=_add(first.reasoning, second.reasoning),
    )


def _add(first: int | None, second: int | None) -> int | None:
    return second if first is None else first + (second or 0)
