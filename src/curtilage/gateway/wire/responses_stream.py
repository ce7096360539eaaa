"""Streamed replies of OpenAI Responses: values back, and numbers that rise by one.

Each text is a logical stream of its own, known by its place in the output. What
one holds back is sent as a delta before the event that ends it; from there on
every event has a higher number than the provider gave it, so that the caller's
numbers rise by one and a resumed stream can be asked for by them. A frame in
which nothing changes is passed on byte for byte.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from curtilage.gateway.wire.citations import shift_places
from curtilage.gateway.wire.errors import BrokenStream
from curtilage.gateway.wire.facts import RequestFacts
from curtilage.gateway.wire.responses_reply import (
    is_local,
    note_item,
    note_response,
    take_item,
    take_part,
    take_response,
)
from curtilage.gateway.wire.rewriting import FrameRewriter
from curtilage.gateway.wire.sse import Frame, encode_event
from curtilage.gateway.wire.stream_json import read_frame, write_frame
from curtilage.gateway.wire.texts import Place, Text, Texts
from curtilage.shield.held import Held, Sink
from curtilage.shield.restore import Form

MAX_SHIFTED = 64_000_000  # thousands of annotations in a long text; later ones stay as they came
MAX_LOCAL = 4096  # items of one reply that are remembered for where they run


class Family(NamedTuple):
    """One kind of text that comes in deltas: what counts it, and where it is told as a whole."""

    name: str  # in a place, as `responses_reply` has it
    counted_by: str
    whole: str
    voice: str = ""
    form: Form = Form.TEXT
    runs: bool = False  # the caller runs it


_FAMILIES: Mapping[str, Family] = {
    "output_text": Family("output_text", "content_index", "text", voice="output_text"),
    "refusal": Family("refusal", "content_index", "refusal", voice="refusal"),
    "reasoning_text": Family("reasoning_text", "content_index", "text", voice="reasoning_text"),
    "reasoning_summary_text": Family("summary_text", "summary_index", "text", voice="summary_text"),
    "function_call_arguments": Family("arguments", "", "arguments", form=Form.JSON, runs=True),
    "custom_tool_call_input": Family("input", "", "input", runs=True),
    "shell_call_command": Family("command", "command_index", "command", runs=True),
    "audio.transcript": Family("transcript", "", ""),
}
_DELTAS = {f"response.{name}.delta": family for name, family in _FAMILIES.items()}
_DONES = {f"response.{name}.done": family for name, family in _FAMILIES.items()}
_ENDINGS = frozenset(("response.completed", "response.incomplete", "response.failed"))
_OF_THE_FIRST = ("obfuscation", "logprobs")


class ResponsesStreamRewriter(FrameRewriter):
    """Restores a stream of Responses, from its beginning.

    Of a resumed one the events up to `facts.after`, which the caller has, are left
    out: what follows depends on what came before.
    """

    def __init__(
        self, held: Held, facts: RequestFacts, outbound_tools: Collection[str] = ()
    ) -> None:
        super().__init__(held, facts, outbound_tools)
        self.stats.logprobs_withheld = facts.logprobs and len(held) > 0
        self._texts = Texts(held, self.stats, outbound_tools)
        self._shifted = 0  # characters that were gone through for annotations
        self._number = -1  # the last that the provider gave
        self._added = 0  # events of ours so far
        self._last: dict[Place, dict[str, Any]] = {}  # the last delta of each text, for its shape
        self._sinks: dict[object, Sink] = {}  # of calls, by the place of their item
        self._called: dict[object, tuple[str, str]] = {}

    def close(self) -> bytes:
        rest = super().close()
        self._texts.close()
        return rest

    def _take(self, frame: Frame, out: list[bytes]) -> None:
        data = frame.data
        document = read_frame(data) if data is not None else None
        if type(document) is not dict:
            if data is not None and data.lstrip()[:1] == b"{":
                self._stop_restoring(out)
            out.append(frame.raw)
            return
        kind = document.get("type")
        self._texts.changed = False
        if type(kind) is str:
            self._take_event(kind, document, out)
        number = document.get("sequence_number")
        if type(number) is int:
            self._number = number
        if type(number) is int and self._added:
            document["sequence_number"] = number = number + self._added
            self._texts.changed = True
        if type(number) is not int or number > self._facts.after:
            out.append(self._write(frame, document, data or b""))

    def _write(self, frame: Frame, document: dict[str, Any], data: bytes) -> bytes:
        if not self._texts.changed:
            return frame.raw
        written = write_frame(document, data)
        if written is data:
            raise BrokenStream("The provider sent an event that is nested too deeply to be read.")
        return frame.rewrite(written)

    def _take_event(self, kind: str, document: dict[str, Any], out: list[bytes]) -> None:
        family = _DELTAS.get(kind)  # nearly all events are deltas
        if family is not None:
            self._take_delta(family, document)
            return
        family = _DONES.get(kind)
        if family is not None:
            self._take_done(family, document, out)
        elif type(document.get("response")) is dict:
            if kind in _ENDINGS:
                self._flush_all(out, before=document)
                self._done = True
                self.stats.failed = kind == "response.failed"
            elif _is_begun(document["response"].get("output")):
                self._stop_restoring(out)
            take_response(document["response"], self._texts, is_over=kind in _ENDINGS)
            note_response(document["response"], self.stats.given, is_stored=self._facts.stored)
        else:
            self._take_repeated(kind, document, out)

    def _take_repeated(self, kind: str, document: dict[str, Any], out: list[bytes]) -> None:
        match kind:
            case "response.output_item.added":
                self._note_call(document, out)
                if _is_begun([document.get("item")]):
                    self._stop_restoring(out)
            case (
                "response.content_part.added"
                | "response.reasoning_summary_part.added"
                | "response.shell_call_command.added"
            ):
                if _is_begun([{"content": [document.get("part")]}]) or document.get("command"):
                    self._stop_restoring(out)
            case "response.output_item.done":
                self._note_call(document, out)
                take_item(document.get("item"), _index(document, "output_index"), self._texts)
            case "response.content_part.done" | "response.reasoning_summary_part.done":
                self._take_part(document)
            case "response.output_text.annotation.added":
                self._take_annotation(document)
            case "error":
                self.stats.failed = True
                self._texts.whole(document, "message", ("error", "message"))

    def _take_delta(self, family: Family, document: dict[str, Any]) -> None:
        place = _place(family, document)
        text = self._texts.find(place)
        if text is None:
            text = self._texts.open(
                place, sink=self._sink(family, place), form=family.form, voice=family.voice
            )
        delta = document.get("delta")
        if type(delta) is str and delta:
            ready = self._texts.feed(text, delta)
            self._last[place] = document
            if ready != delta:
                document["delta"] = ready
                self._texts.changed = True
        self._withhold_logprobs(document)

    def _sink(self, family: Family, place: Place) -> Sink:
        return self._sinks.get(place[0], Sink.NONE) if family.runs else Sink.TEXT

    def _take_done(self, family: Family, document: dict[str, Any], out: list[bytes]) -> None:
        place = _place(family, document)
        text = self._texts.find(place)
        if text is not None:
            self._flush(place, text, out, before=document)
        if family.whole:
            self._texts.whole(
                document, family.whole, place,
                sink=self._sink(family, place), form=family.form, voice=family.voice,
            )  # fmt: skip
        self._withhold_logprobs(document)

    def _withhold_logprobs(self, document: dict[str, Any]) -> None:
        if self.stats.logprobs_withheld and document.get("logprobs"):
            document["logprobs"] = []
            self._texts.changed = True

    def _note_call(self, document: dict[str, Any], out: list[bytes]) -> None:
        """Note what is called and where that runs. One call is one tool from its beginning on."""
        item, index = document.get("item"), _index(document, "output_index")
        if type(item) is not dict:
            return
        note_item(item, self.stats.given, is_stored=self._facts.stored)
        called = (str(item.get("type")), str(item.get("name")))
        if len(self._called) < MAX_LOCAL and self._called.setdefault(index, called) != called:
            self._stop_restoring(out)
        self._texts.whole(item, "name", (index, "name"), sink=Sink.ARGUMENTS)
        if len(self._sinks) < MAX_LOCAL:
            self._sinks.setdefault(index, _sink_of(item, self._texts))

    def _take_part(self, document: dict[str, Any]) -> None:
        name = "summary_index" if "summary_index" in document else "content_index"
        index, number = _index(document, "output_index"), _index(document, name)
        if index is None or number is None:
            raise BrokenStream("The provider did not say where a text stands.")
        take_part(document.get("part"), index, number, self._texts)

    def _take_annotation(self, document: dict[str, Any]) -> None:
        text = self._texts.find(_place(_FAMILIES["output_text"], document))
        if text is not None and self._shifted < MAX_SHIFTED:
            raw, restored = text.so_far()
            self._shifted += len(raw)
            if shift_places((document.get("annotation"),), raw, restored, self._texts.held):
                self._texts.changed = True

    def _flush_all(self, out: list[bytes], before: Mapping[str, Any] | None = None) -> None:
        for place in tuple(self._last):
            text = self._texts.find(place)
            if text is not None:
                self._flush(place, text, out, before=before)

    def _flush(
        self, place: Place, text: Text, out: list[bytes], *, before: Mapping[str, Any] | None
    ) -> None:
        """Send what a text holds back as one delta more."""
        shape = self._last.pop(place, None)
        rest = self._texts.end(text)
        if not rest or shape is None:
            return
        document = {name: value for name, value in shape.items() if name not in _OF_THE_FIRST}
        if "logprobs" in shape:
            document["logprobs"] = []
        number = before.get("sequence_number") if before else self._number + 1
        if type(number) is int and "sequence_number" in shape:
            document["sequence_number"] = number = number + self._added
            self._added += 1
        document["delta"] = rest
        if type(number) is not int or number > self._facts.after:
            out.append(encode_event(document["type"].encode(), write_frame(document, b"")))

    def _stop_restoring(self, out: list[bytes]) -> None:
        super()._stop_restoring(out)
        self._texts.stop()


def _is_begun(items: Any) -> bool:
    """Whether items hold text already that deltas would go on with. Real ones begin empty."""
    for item in items if type(items) is list else ():
        if type(item) is not dict:
            continue
        if any(type(item.get(name)) is str and item[name] for name in ("arguments", "input")):
            return True
        held = (item.get("content"), item.get("summary"))
        if any(type(one) is str and one for one in held):
            return True
        parts = [part for one in held if type(one) is list for part in one]
        if any(type(part) is dict and (part.get("text") or part.get("refusal")) for part in parts):
            return True
    return False


def _place(family: Family, document: Mapping[str, Any]) -> Place:
    place: Place = (_index(document, "output_index"), family.name)
    return (*place, _index(document, family.counted_by)) if family.counted_by else place


def _index(document: Mapping[str, Any], name: str) -> int | None:
    """Raises BrokenStream for what counts nothing."""
    index = document.get(name)
    if index is not None and type(index) is not int:  # JavaScript takes `1.0` for 1
        raise BrokenStream("The provider counts with something that is no number.")
    return index


def _sink_of(item: Mapping[str, Any], texts: Texts) -> Sink:
    """Where what the model writes into a call goes: nowhere but to what the caller runs."""
    kind = item.get("type")
    if kind in ("function_call", "custom_tool_call"):
        return texts.sink_of(item.get("name"))
    if kind == "shell_call" and is_local(item):
        return texts.sink_of("shell")
    return Sink.NONE
