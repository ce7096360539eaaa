"""Streamed replies of OpenAI Chat Completions: values back, every other byte as it came.

Each choice has its own logical streams: content, refusal, reasoning, the
transcript of speech, the arguments of each tool call. A frame in which nothing
changes is passed on byte for byte. What a stream holds back is written before
the frame that ends it, as a delta in the shape of the frames before.
"""

from collections.abc import Collection
from typing import Any

from curtilage.gateway.wire.errors import BrokenStream
from curtilage.gateway.wire.facts import RequestFacts
from curtilage.gateway.wire.openai_reply import TEXT_FIELDS, read_chat_usage
from curtilage.gateway.wire.rewriting import FrameRewriter
from curtilage.gateway.wire.sse import Frame, encode_data
from curtilage.gateway.wire.stream_json import read_frame, write_frame
from curtilage.shield.held import Held, Sink
from curtilage.shield.restore import Form, StreamRestorer

MAX_CHOICES = 128  # the largest `n` that OpenAI takes
MAX_STREAMS = 4096  # texts and tool calls of one reply

_OF_ONE_FRAME = frozenset(("choices", "usage", "obfuscation", "moderation"))


class _Call:
    """One tool call of a choice: where its arguments go is known once it has a name."""

    __slots__ = ("id", "kind", "name", "restorer", "sink")

    def __init__(
        self, id: Any, kind: str, name: Any, *, sink: Sink, restorer: StreamRestorer
    ) -> None:
        self.id = id
        self.kind = kind
        self.name = name if type(name) is str else ""
        self.sink = sink
        self.restorer = restorer


class _Choice:
    """The logical streams of one choice."""

    __slots__ = ("calls", "index", "texts")

    def __init__(self, index: int) -> None:
        self.index = index
        self.texts: dict[str, StreamRestorer] = {}
        self.calls: dict[int | None, _Call] = {}


class OpenAIStreamRewriter(FrameRewriter):
    """Restores a stream of Chat Completions.

    Raises BrokenStream for more choices and calls than any reply has, too. Once a frame could mean one thing here and another to the caller, nothing more
    is restored. Where logprobs were asked for and tokens are held, logprobs are
    nulled in every frame: the head of the reply has to say so before the first
    text is known.
    """

    def __init__(
        self, held: Held, facts: RequestFacts, outbound_tools: Collection[str] = ()
    ) -> None:
        super().__init__(held, facts, outbound_tools)
        self.stats.logprobs_withheld = facts.logprobs and len(held) > 0
        self._choices: dict[int, _Choice] = {}
        self._finished: set[int] = set()
        self._shape: dict[str, Any] = {}

    def _is_whole(self) -> bool:
        """The stream was whole if it said so, or every choice came to its end."""
        ended = len(self._finished) >= max(self._facts.n, len(self._choices), 1)
        return self._done or ended

    def _take(self, frame: Frame, out: list[bytes]) -> None:
        data = frame.data
        if data is None:
            out.append(frame.raw)
            return
        document = read_frame(data)
        if type(document) is not dict:
            if data.strip() == b"[DONE]":
                self._done = True
                self._flush_all(out)
            elif data.lstrip()[:1] == b"{":  # a more patient reader may see text in it
                self._stop_restoring(out)
            out.append(frame.raw)
            return
        changed = False
        if document.get("error"):
            self.stats.failed = True
            self._flush_all(out)
            self._reply.changed = False
            self._reply.value(document, "error", sink=Sink.TEXT)
            changed = self._reply.changed
        usage = document.get("usage")
        choices = document.get("choices")
        if type(usage) is dict:
            self.stats.usage = read_chat_usage(document)
            if not choices and self._facts.include_usage_injected:
                return
        if type(choices) is list and choices:
            self._shape = document
            for choice in choices:
                if type(choice) is dict and self._take_choice(choice, out):
                    changed = True
        out.append(frame.rewrite(write_frame(document, data)) if changed else frame.raw)

    def _take_choice(self, raw: dict[str, Any], out: list[bytes]) -> bool:
        """Restore the deltas of one choice; True where something changed."""
        index = self._number(raw.get("index"), 0, out)
        choice = self._choices.get(index)
        if choice is None:
            if len(self._choices) >= MAX_CHOICES:
                raise BrokenStream("The provider sent more choices than a reply has.")
            choice = self._choices[index] = _Choice(index)
        changed = False
        delta = raw.get("delta")
        if type(delta) is dict:
            changed = self._take_delta(choice, delta, out)
        reason = raw.get("finish_reason")
        if reason is not None:
            self.stats.finished(reason)
            self._finished.add(index)
            changed = (
                self._flush_choice(choice, delta if type(delta) is dict else {}, out) or changed
            )
        if self.stats.logprobs_withheld and raw.get("logprobs") is not None:
            raw["logprobs"] = None
            changed = True
        return changed

    def _take_delta(self, choice: _Choice, delta: dict[str, Any], out: list[bytes]) -> bool:
        changed = False
        for name, value in delta.items():
            if type(value) is str:
                if name in TEXT_FIELDS and value:
                    ready = self._text(choice, name).feed(value)
                    if ready != value:
                        delta[name] = ready
                        changed = True
            elif value is None:
                continue
            elif name == "tool_calls" and type(value) is list:
                for position, call in enumerate(value):
                    if type(call) is dict and self._take_call(choice, call, position, out):
                        changed = True
            elif name == "function_call" and type(value) is dict:
                changed = self._take_call(choice, {"function": value}, None, out) or changed
            elif name == "audio" and type(value) is dict:
                changed = self._take_audio(choice, value) or changed
        return changed

    def _take_audio(self, choice: _Choice, audio: dict[str, Any]) -> bool:
        """A piece of speech. Its id, which comes with one of them, names it in the next request."""
        self.stats.given.add(audio.get("id"))
        said = audio.get("transcript")
        if type(said) is not str:
            return False
        audio["transcript"] = ready = self._text(choice, "audio").feed(said)
        return ready != said

    def _text(self, choice: _Choice, name: str) -> StreamRestorer:
        restorer = choice.texts.get(name)
        if restorer is None:
            restorer = choice.texts[name] = self._open(Sink.TEXT, Form.TEXT)
        return restorer

    def _take_call(
        self, choice: _Choice, raw: dict[str, Any], position: int | None, out: list[bytes]
    ) -> bool:
        """Restore a piece of a tool call. A server that counts no calls numbers them by place."""
        place = None if position is None else self._number(raw.get("index"), position, out)
        kind = "custom" if type(raw.get("custom")) is dict else "function"
        inner = raw.get(kind)
        if type(inner) is not dict:
            return False
        self._reply.changed = False
        self._reply.text(inner, "name", sink=Sink.ARGUMENTS)
        call = choice.calls.get(place)
        id = raw.get("id") or None
        if call is None or (id is not None and call.id is not None and id != call.id):
            if call is not None:
                self._flush_call(choice, place, call, out)
            call = choice.calls[place] = self._open_call(id, kind, inner.get("name"))
        elif self._reply.outbound_tools and inner.get("name"):
            self._name_further(call, inner["name"])
        return self._feed_call(call, inner) or self._reply.changed

    def _open_call(self, id: Any, kind: str, name: Any) -> _Call:
        sink = self._reply.sink_of(name)
        form = Form.JSON if kind == "function" else Form.TEXT
        return _Call(id, kind, name, sink=sink, restorer=self._open(sink, form))

    def _name_further(self, call: _Call, name: Any) -> None:
        """More of a call's name: callers join its pieces, or take the last one."""
        call.name += name if type(name) is str else ""
        if Sink.NONE in (self._reply.sink_of(name), self._reply.sink_of(call.name)):
            call.sink = Sink.NONE
            call.restorer.stop()

    def _open(self, sink: Sink, form: Form) -> StreamRestorer:
        if len(self._opened) >= MAX_STREAMS:
            raise BrokenStream("The provider sent more texts and calls than a reply has.")
        restorer = StreamRestorer(self._held, sink=sink, form=form)
        self._opened.append(restorer)
        return restorer

    def _number(self, index: Any, otherwise: int, out: list[bytes]) -> int:
        """Which choice or call is meant. `1.0` is another one here than in JavaScript."""
        if index is not None and type(index) is not int:
            self._stop_restoring(out)
        return _number(index, otherwise)

    def _feed_call(self, call: _Call, inner: dict[str, Any]) -> bool:
        field = "arguments" if call.kind == "function" else "input"
        value = inner.get(field)
        if type(value) is str:
            ready = call.restorer.feed(value)
            inner[field] = ready
            return ready != value
        if type(value) is dict:  # some servers send arguments whole, as an object
            self._reply.arguments(inner, field, sink=call.sink)
        return False

    def _flush_choice(self, choice: _Choice, delta: dict[str, Any], out: list[bytes]) -> bool:
        """Write what the choice holds back: into the frame that ends it, or before it."""
        changed = False
        for name, restorer in choice.texts.items():
            rest = restorer.close()
            if not rest:
                continue
            holder, key = (delta.get("audio"), "transcript") if name == "audio" else (delta, name)
            if type(holder) is dict and type(holder.get(key)) is str:
                holder[key] += rest
                changed = True
            else:
                out.append(self._frame(choice, _text_delta(name, rest)))
        for place, call in choice.calls.items():
            changed = self._flush_into(choice, place, call, delta, out) or changed
        return changed

    def _flush_into(
        self,
        choice: _Choice,
        place: int | None,
        call: _Call,
        delta: dict[str, Any],
        out: list[bytes],
    ) -> bool:
        inner = _find_call(delta, place, call.kind)
        field = "arguments" if call.kind == "function" else "input"
        if inner is None or type(inner.get(field)) is not str:
            self._flush_call(choice, place, call, out)
            return False
        rest = call.restorer.close()
        inner[field] += rest
        return bool(rest)

    def _flush_call(
        self, choice: _Choice, place: int | None, call: _Call, out: list[bytes]
    ) -> None:
        rest = call.restorer.close()
        if rest:
            out.append(self._frame(choice, _call_delta(place, call.kind, rest)))

    def _flush_all(self, out: list[bytes]) -> None:
        """End every logical stream and count what happened to it."""
        for choice in self._choices.values():
            self._flush_choice(choice, {}, out)

    def _frame(self, choice: _Choice, delta: dict[str, Any]) -> bytes:
        """A frame of our own, in the shape of the provider's."""
        document = {key: value for key, value in self._shape.items() if key not in _OF_ONE_FRAME}
        document["choices"] = [{"index": choice.index, "delta": delta, "finish_reason": None}]
        return encode_data(write_frame(document, b""))


def _number(index: Any, otherwise: int) -> int:
    return index if type(index) is int else otherwise


def _text_delta(name: str, text: str) -> dict[str, Any]:
    return {"audio": {"transcript": text}} if name == "audio" else {name: text}


def _call_delta(place: int | None, kind: str, text: str) -> dict[str, Any]:
    inner = {kind: {"arguments" if kind == "function" else "input": text}}
    return (
        {"function_call": inner["function"]}
        if place is None
        else {"tool_calls": [{"index": place, **inner}]}
    )


def _find_call(delta: dict[str, Any], place: int | None, kind: str) -> dict[str, Any] | None:
    """The last piece of a call in a delta: what is held back comes after it."""
    if place is None:
        found = delta.get("function_call")
        return found if type(found) is dict else None
    calls = delta.get("tool_calls")
    inner = None
    for position, call in enumerate(calls if type(calls) is list else ()):
        if (
            type(call) is dict
            and _number(call.get("index"), position) == place
            and type(call.get(kind)) is dict
        ):
            inner = call[kind]
    return inner
