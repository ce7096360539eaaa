"""The texts of a reply by their places, where a protocol says each of them several times.

A Responses stream gives a text in deltas, then whole, then inside its part, its
item and the response. Each is restored once, where it is first met: what the
caller has seen as deltas is what every later repetition says.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from curtilage.gateway.wire.body import MAX_DEPTH
from curtilage.gateway.wire.errors import BrokenStream
from curtilage.gateway.wire.facts import ReplyStats
from curtilage.gateway.wire.restoring import find_sink
from curtilage.shield.held import Held, Sink
from curtilage.shield.restore import Form, StreamRestorer

Place: TypeAlias = tuple[object, ...]

SAID = frozenset(("output_text", "refusal", "text"))  # what readers may join into one
MAX_TEXTS = 16384  # of one reply; a long answer of an agent has hundreds


@dataclass(slots=True)
class Text:
    """One text: what came of it so far, and what was made of that.

    `order` is where it stands among the others of its `voice`; `sink` is where it went."""

    restorer: StreamRestorer
    sink: Sink
    voice: str = ""
    order: tuple[int, ...] = ()
    raw: list[str] = field(default_factory=list)
    ready: list[str] = field(default_factory=list)
    closed: bool = False
    _joined: tuple[str, str] | None = None

    def so_far(self) -> tuple[str, str]:
        """The text as it came and as it is restored."""
        if self._joined is not None:
            return self._joined
        joined = _join(self.raw), _join(self.ready)
        if self.closed:  # it is said again and again from now on
            self._joined = joined
        return joined


def _order(place: Place) -> tuple[int, ...]:
    """Where a text stands. Raises BrokenStream where that is not said."""
    steps = [step for step in (place[0], place[-1]) if type(step) is int and step >= 0]
    if len(steps) != 2:
        raise BrokenStream("The provider did not say where a text stands.")
    return tuple(steps)


def _join(pieces: list[str]) -> str:
    """One text of pieces that may have been cut inside a surrogate pair."""
    text = "".join(pieces)
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return text


class Texts:
    """All texts of one reply. Those of one `voice` are read as one, each after the last.

    So they come in their order, and none grows once a later one has begun: what it
    opened then could carry out a value of the later one. Who sends such a stream has
    it broken (BrokenStream). Readers join what is said and what is refused as they
    like; of two such voices the second gets no values."""

    def __init__(self, held: Held, stats: ReplyStats, outbound_tools: Collection[str] = ()) -> None:
        self.held = held
        self.stats = stats
        self.changed = False
        self._outbound_tools = outbound_tools
        self._texts: dict[Place, Text] = {}
        self._last: dict[str, Text] = {}  # of each voice
        self._stopped = False

    def sink_of(self, tool: Any) -> Sink:
        """Where the arguments of a tool of the caller go."""
        return find_sink(tool, self._outbound_tools)

    def open(
        self,
        place: Place,
        *,
        sink: Sink = Sink.TEXT,
        form: Form = Form.TEXT,
        voice: str = "",
    ) -> Text:
        """The text at a place, begun where it is new. Raises BrokenStream for too many."""
        known = self._texts.get(place)
        if known is not None:
            return known
        if len(self._texts) >= MAX_TEXTS:
            raise BrokenStream("The provider sent more texts than a reply has.")
        last = self._last.get(voice) if voice else None
        if self._stopped or (voice in SAID and any(one in self._last for one in SAID - {voice})):
            sink = Sink.NONE
        after = last.restorer if last is not None else None
        restorer = StreamRestorer(self.held, sink=sink, form=form, after=after)
        text = self._texts[place] = Text(restorer, sink, voice, _order(place) if voice else ())
        if voice:
            if last is not None and text.order < last.order:
                raise BrokenStream("The provider put text before what was read already.")
            self._last[voice] = text
        return text

    def feed(self, text: Text, piece: str) -> str:
        """What is ready, now that a piece of a text has come."""
        if text.closed or (text.voice and self._last[text.voice] is not text):
            raise BrokenStream("The provider went on with a text that was over.")
        ready = text.restorer.feed(piece)
        text.raw.append(piece)
        text.ready.append(ready)
        return ready

    def end(self, text: Text) -> str:
        """The rest of a text."""
        if text.closed:
            return ""
        text.closed = True
        rest = text.restorer.close()
        text.ready.append(rest)
        return rest

    def find(self, place: Place) -> Text | None:
        return self._texts.get(place)

    def whole(
        self,
        container: Any,
        key: Any,
        place: Place,
        *,
        sink: Sink = Sink.TEXT,
        form: Form = Form.TEXT,
        voice: str = "",
    ) -> None:
        """Restore a text that is there as a whole, as it was restored before.

        One that is not what its deltas said stays as it came, and so does all that
        follows: nobody knows which of the two the caller goes by."""
        raw = container[key] if type(container) is list else container.get(key)
        if type(raw) is not str or not raw:
            return
        text = self._texts.get(place)
        if text is None:
            text = self.open(place, sink=sink, form=form, voice=voice)
            self.feed(text, raw)
            self.end(text)
        came, restored = text.so_far()
        if came != raw or not text.closed:
            self.stop()
        elif restored != raw and not self._stopped and sink is text.sink:
            container[key] = restored
            self.changed = True

    def values(self, container: Any, key: Any, place: Place, *, sink: Sink, depth: int = 0) -> None:
        """Restore every string inside a JSON value, as deep as a request may be."""
        value = container[key]
        if type(value) is str:
            self.whole(container, key, (*place, key), sink=sink)
        elif depth < MAX_DEPTH and type(value) in (list, dict):
            for inner in range(len(value)) if type(value) is list else list(value):
                self.values(value, inner, (*place, key), sink=sink, depth=depth + 1)

    def close(self) -> None:
        """Count what happened to them."""
        for text in self._texts.values():
            self.end(text)
            self.stats.count(text.restorer)
        self._texts.clear()

    def stop(self) -> None:
        """Restore nothing more: the caller's reader may not be where we are."""
        self._stopped = True
        for text in self._texts.values():
            text.restorer.stop()
