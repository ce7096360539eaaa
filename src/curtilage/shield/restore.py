"""Put values back: into a whole text, or along a stream that may be cut anywhere.

One pass: what was put back is never looked at again. A value is the exact
original or its token stays. There is one reader for both ways, so a text gives
the same result whole and in any pieces.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from curtilage.shield import grammar, surrogates
from curtilage.shield.context import TextContext
from curtilage.shield.held import Held, HeldValue, Sink, Watched
from curtilage.shield.jsontext import JsonText, Kind, Place

__all__ = ["Form", "Restored", "Sink", "StreamRestorer", "restore_text"]

_UNREAD_LIMIT = 4096  # text passed on without a look; then its context is followed
_OPENS_JSON = "{[ \t\n\r"  # what begins with anything else is no document (RFC 8259 §2)
_READ = (Sink.TEXT, Sink.NONE)  # a text that gets no values is read all the same
_SURROGATE = re.compile("[\ud800-\udfff]")


class Form(Enum):
    """TEXT is read by people (or is a JSON document as a whole); JSON is one for sure."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Restored:
    """A text with its values back.

    `restored` counts by type. `unknown` tokens are not of this request,
    `withheld` ones may not come back here, `mangled` ones cannot be read.
    """

    text: str
    restored: Mapping[str, int] = field(default_factory=dict)
    mangled: int = 0
    unknown: int = 0
    withheld: int = 0


def restore_text(
    text: str, held: Held, *, sink: Sink = Sink.TEXT, form: Form = Form.TEXT
) -> Restored:
    """Put back what `held` holds and `sink` may hold."""
    restorer = StreamRestorer(held, sink=sink, form=form)
    whole = restorer.feed(text) + restorer.close()
    return Restored(
        whole, dict(restorer.restored), restorer.mangled, restorer.unknown, restorer.withheld
    )


class StreamRestorer:
    """Restores one logical stream: one field of one choice or block.

    Feed it every piece in order; it gives back what is ready. It holds nothing
    back until a token could be starting, and never more than twice the longest
    token.
    """

    __slots__ = (
        "_context",
        "_guard",
        "_held",
        "_json",
        "_pending",
        "_sink",
        "_strict",
        "_tail",
        "_unread",
        "_unread_size",
        "mangled",
        "restored",
        "unknown",
        "withheld",
    )

    def __init__(
        self, held: Held, *, sink: Sink, form: Form, after: "StreamRestorer | None" = None
    ) -> None:
        """`after` is the text that readers join this one to: what it opened is open here."""
        self._held = held
        self._sink = sink
        self._strict = form is Form.JSON
        self._context: TextContext | None = None
        if after is not None:
            self._context = after._read_up()  # noqa: SLF001  # its own kind
        self._guard: Watched | None = None
        if held.watch is not None and form is Form.TEXT and sink in _READ:
            self._guard = held.watch.begin()
        self._json: JsonText | None = None
        self._pending = self._tail = ""
        self._unread: list[str] = []
        self._unread_size = 0
        self.restored: Counter[str] = Counter()
        self.mangled = self.unknown = self.withheld = 0

    def saw(self, text: str) -> None:
        """Take note of a piece that was passed on without `feed`."""
        self._unread.append(text)
        self._unread_size += len(text)
        if self._unread_size > _UNREAD_LIMIT:
            self._read_up()

    def feed(self, text: str) -> str:
        """What is ready, now that `text` has come. Untouched text comes back as it is."""
        ready = self._feed(text)
        return ready if self._guard is None else self._guard.feed(ready)

    def _feed(self, text: str) -> str:
        if not self._pending and not self._held.may_hold(text):
            self._unread.append(text)
            self._unread_size += len(text)
            if self._unread_size > _UNREAD_LIMIT:
                self._read_up()
            return text
        if self._sink is Sink.NONE:
            pending, self._pending = self._pending, ""
            return pending + text
        return self._restore(text, final=False)

    def stop(self) -> None:
        """Restore nothing more: where the reader stands is no longer known."""
        self._sink = Sink.NONE

    def close(self) -> str:
        """The rest: what was held back and turned out to be no token stays as it is."""
        rest = self._restore("", final=True) if self._pending else ""
        return rest if self._guard is None else self._guard.feed(rest) + self._guard.close()

    def _restore(self, text: str, *, final: bool) -> str:
        """What is ready. `final`: no more of this text follows."""
        at = len(self._tail)  # what stands before, for surrogates: it was passed on
        text, self._pending = self._tail + self._pending + text, ""
        begun = len(text)
        if self._held.has_surrogates and not final:
            begun = surrogates.begun_at(text)
        ready: list[str] = []
        for start in (*grammar.find_starts(text), len(text)):
            if start < at:
                continue  # stands before
            at = self._replace_surrogates(text, at, min(start, begun), ready)
            if start == len(text):
                break
            end = self._replace_token(text, start, ready, final=final)
            if end is None:
                return self._wait(text, start, ready)
            at = end
        return self._wait(text, max(at, begun), ready, since=at)

    def _wait(self, text: str, at: int, ready: list[str], *, since: int | None = None) -> str:
        """Keep what is not decided yet, and so much before it as is needed to decide it."""
        if since is not None:
            self._pass(text[since:at], ready)
        self._pending = text[at:]
        if self._held.has_surrogates:
            self._tail = text[max(0, at - surrogates.CONTEXT) : at]
        return "".join(ready)

    def _pass(self, raw: str, ready: list[str], value: str | None = None) -> None:
        ready.append(raw if value is None else value)
        self.saw(raw)

    def _replace_surrogates(self, text: str, at: int, until: int, ready: list[str]) -> int:
        """Pass on what lies before `until`, with values for surrogates; where it went to."""
        while self._held.has_surrogates:
            found = surrogates.find_next(text, at)
            if found is None or found.start >= until:
                break
            self._pass(text[at : found.start], ready)
            held = self._held.find(found.text)
            value = None
            if held is not None and held.value != found.text:  # one may stand for itself
                value = self._value(held, found.text)
            self._pass(found.text, ready, value)
            at = found.end
        if at < until:
            self._pass(text[at:until], ready)
        return max(at, until)

    def _replace_token(self, text: str, start: int, ready: list[str], *, final: bool) -> int | None:
        """Pass on what stands for a token; None where more of the text has to come first."""
        shape = grammar.read_exact(text, start)
        end = start
        if shape is None:
            end = grammar.stretch_end(text, start)
            window = grammar.window_at(text, start)
            if end == len(text) and end - start < window and not final:
                return None
            shape = grammar.read_damaged(text, start, end)
        value = self._settle(text, start, end, shape)
        if shape is None or value is None:  # a surrogate may stand anywhere in what follows
            end = start + 1
            value = None
        else:
            end = shape.end
        self._pass(text[start:end], ready, value)
        return end

    def _settle(self, text: str, start: int, end: int, shape: grammar.Shape | None) -> str | None:
        """The value for a piece that began like a token; None where it stays as it is."""
        if shape is None:
            self.mangled += grammar.is_mangled(text, start, end)
            return None
        held = self._held.find(shape.canonical)
        if held is None:
            self.unknown += 1
            return None
        return self._value(held, text[start : shape.end])

    def _value(self, held: HeldValue, raw: str) -> str | None:
        """A held value for this place; None where it may not stand here."""
        value = self._fit(held.value, raw) if self._held.may_restore(held, self._sink) else None
        if value is None:
            self.withheld += 1
        else:
            self.restored[held.type] += 1
        return value

    def _fit(self, value: str, raw: str) -> str | None:
        """The value as this place can hold it, or None where it cannot."""
        if self._sink is Sink.INVERSE:
            return value
        place = self._place()
        if place.closed or (place.depth != 0 and "\\" in raw):
            return None
        if place.depth is None:
            return value if _escape(value) == value else None
        if place.depth and _reads_two_ways(value):
            return None
        for _ in range(place.depth):
            value = _escape(value)
        return value

    def _place(self) -> Place:
        """Where the text stands. What is JSON for sure nobody reads as one text.

        A reply that looks like JSON may be shown as Markdown none the less: there
        every string is one more text that something can be closed in.
        """
        context = self._read_up()
        if self._json is None or not self._json.in_string:
            return Place(None if self._strict else 0, context.closed)
        place = self._json.place()
        if self._strict or not (place.around or context.closed):
            return place
        return place._replace(closed=True)

    def _read_up(self) -> TextContext:
        """Follow the context of all that was passed on so far.

        What follows it is made on the first need: most streams hold no token.
        """
        text = "".join(self._unread)
        self._unread.clear()
        self._unread_size = 0
        if self._context is None:
            self._context = TextContext()
            if not text or text[0] in _OPENS_JSON:
                self._json = JsonText()
        self._context.feed(text)
        if self._json is not None:
            self._json.feed(text)
            if self._json.kind in (Kind.PLAIN, Kind.BROKEN):
                self._json = None
        return self._context


def _reads_two_ways(value: str) -> bool:
    """Whether a value may have been taken out of a JSON string as it stood there.

    A key pasted with its line breaks escaped is one thing as text and another as JSON;
    inside JSON nobody can tell which one the caller needs, so its token stays.
    """
    if "\\" not in value:
        return False
    try:
        json.loads(f'"{value}"', strict=False)
    except ValueError:
        return False
    return True


def _escape(value: str) -> str:
    """A value as it stands inside a JSON string (RFC 8259 §7), valid in UTF-8 too."""
    escaped = json.dumps(value, ensure_ascii=False)[1:-1]
    return _SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", escaped)
