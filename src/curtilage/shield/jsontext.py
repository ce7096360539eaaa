"""Follows a JSON text that comes in pieces, and JSON inside its strings.

To put a value into a string of a JSON document it has to be escaped, and once
more for each document that stands as a string inside another. How often can
only be known by reading: this reader takes RFC 8259 strictly, so that what it
calls JSON is JSON, and what it is unsure of it says so.
"""

import re
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from curtilage.shield.context import TextContext

DEPTH_LIMIT = 4  # documents inside documents; beyond it everything is doubtful
NESTING_LIMIT = 512  # arrays and objects open at once
_SCALAR_LIMIT = 512  # longer numbers are nobody's

_SPACE = re.compile(r"[ \t\n\r]*")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_SCALAR = re.compile(r"[-+.0-9A-Za-z]*")
_SCALAR_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null")
_ESCAPE_WHOLE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})')
_ESCAPE_PART = re.compile(r"\\(?:u[0-9A-Fa-f]{0,3})?")
_SHORT = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Kind(Enum):
    """What the text is, as far as it is known."""

    BLANK = "nothing but space so far"
    JSON = "an object or array, valid so far"
    PLAIN = "not an object or array from its first character on"
    BROKEN = "began as an object or array and is none"


class Place(NamedTuple):
    """Where the text stands: how often to escape, and whether values may come here.

    `depth` is None where that is in doubt. `closed` is said of the innermost
    string alone, `around` of one of those that it stands in: who shows such a
    string as it is, and does not read the document in it, sees one text.
    """

    depth: int | None
    closed: bool
    around: bool = False


class JsonText:
    """A JSON document whose beginning has been read."""

    def __init__(self, *, level: int = 1) -> None:
        self._level = level
        self.kind = Kind.BLANK
        self._stack: list[str] = []
        # Functions, not bound methods: those would be rings that keep a text's pieces.
        self._expect: Callable[[JsonText, str, int], int] = JsonText._root
        self._scalar = ""
        self._escape = ""
        self._is_key = False
        self._has_parts = False  # an object or a string was seen
        self._content: TextContext | None = None
        self._inner: JsonText | None = None
        self._decoded: list[str] = []
        self.in_string = False

    def feed(self, text: str) -> None:
        """Read on."""
        at, end = 0, len(text)
        while at < end and self.kind in (Kind.BLANK, Kind.JSON):
            at = self._expect(self, text, at)
        if self.in_string:
            self._pass_on()

    def place(self) -> Place:
        """What inserting a value at the end of the text has to mind.

        Only to be asked while `in_string`.
        """
        assert self._content is not None  # made when the string was opened
        inner = self._inner
        if inner is not None and inner.in_string:
            depth, closed, around = inner.place()
            depth = None if depth is None else depth + 1
            return Place(depth, closed, around or self._content.closed)
        is_sure = inner is not None and inner.kind in (Kind.BLANK, Kind.PLAIN) and not self._escape
        return Place(1 if is_sure else None, self._content.closed)

    def _pass_on(self) -> None:
        """Give the content of the open string to those who follow it."""
        decoded = "".join(self._decoded)
        self._decoded.clear()
        assert self._content is not None  # made when the string was opened
        self._content.feed(decoded)
        if self._inner is not None:
            self._inner.feed(decoded)

    def _break(self, text: str, at: int) -> int:
        """It is no JSON. `[x](…` and `[1] See` never were; after that it is in doubt."""
        was_never = not self._has_parts and text[at] != "'"
        self.kind, self.in_string = Kind.PLAIN if was_never else Kind.BROKEN, False
        return len(text)

    def _root(self, text: str, at: int) -> int:
        at = _skip(_SPACE, text, at)
        if at == len(text):
            return at
        if text[at] not in "{[":
            self.kind = Kind.PLAIN
            return at
        self.kind = Kind.JSON
        return self._open(text, at)

    def _open(self, text: str, at: int) -> int:
        if len(self._stack) == NESTING_LIMIT:
            return self._break(text, at)
        self._has_parts |= text[at] == "{"
        self._stack.append(text[at])
        self._expect = JsonText._first_key if text[at] == "{" else JsonText._first_item
        return at + 1

    def _close(self, at: int) -> int:
        self._stack.pop()
        self._after_value()
        return at + 1

    def _after_value(self) -> None:
        self._expect = JsonText._separator if self._stack else JsonText._done

    def _first_key(self, text: str, at: int) -> int:
        return self._key_or(text, at, "}")

    def _key(self, text: str, at: int) -> int:
        return self._key_or(text, at, "")

    def _key_or(self, text: str, at: int, closing: str) -> int:
        at = _skip(_SPACE, text, at)
        if at == len(text):
            return at
        if text[at] == '"':
            return self._open_string(at, is_key=True)
        return self._close(at) if text[at] == closing else self._break(text, at)

    def _colon(self, text: str, at: int) -> int:
        at = _skip(_SPACE, text, at)
        if at == len(text):
            return at
        self._expect = JsonText._value
        return at + 1 if text[at] == ":" else self._break(text, at)

    def _first_item(self, text: str, at: int) -> int:
        at = _skip(_SPACE, text, at)
        if at < len(text) and text[at] == "]":
            return self._close(at)
        return self._value(text, at)

    def _value(self, text: str, at: int) -> int:
        at = _skip(_SPACE, text, at)
        if at == len(text):
            return at
        if text[at] == '"':
            return self._open_string(at, is_key=False)
        if text[at] in "{[":
            return self._open(text, at)
        self._expect = JsonText._scalar_part
        return at

    def _scalar_part(self, text: str, at: int) -> int:
        end = _skip(_SCALAR, text, at)
        self._scalar += text[at : min(end, at + _SCALAR_LIMIT + 1)]
        if len(self._scalar) > _SCALAR_LIMIT:
            return self._break(text, at)
        if end == len(text):
            return end
        if _SCALAR_WHOLE.fullmatch(self._scalar) is None:
            return self._break(text, end)
        self._scalar = ""
        self._after_value()
        return end

    def _separator(self, text: str, at: int) -> int:
        at = _skip(_SPACE, text, at)
        if at == len(text):
            return at
        is_object = self._stack[-1] == "{"
        if text[at] == ",":
            self._expect = JsonText._key if is_object else JsonText._value
            return at + 1
        return self._close(at) if text[at] == "]}"[is_object] else self._break(text, at)

    def _done(self, text: str, at: int) -> int:
        at = _skip(_SPACE, text, at)
        return at if at == len(text) else self._break(text, at)

    def _open_string(self, at: int, *, is_key: bool) -> int:
        self.in_string, self._is_key, self._has_parts = True, is_key, True
        self._content = TextContext()
        self._inner = JsonText(level=self._level + 1) if self._level < DEPTH_LIMIT else None
        self._expect = JsonText._string
        return at + 1

    def _string(self, text: str, at: int) -> int:
        end = _skip(_PLAIN, text, at)
        if end > at:
            self._decoded.append(text[at:end])
        if end == len(text):
            return end
        if text[end] == "\\":
            self._expect = JsonText._escaped
            return end
        return self._close_string(end) if text[end] == '"' else self._break(text, end)

    def _close_string(self, at: int) -> int:
        self.in_string = False
        self._decoded.clear()
        if self._is_key:
            self._expect = JsonText._colon
        else:
            self._after_value()
        return at + 1

    def _escaped(self, text: str, at: int) -> int:
        """One escape, which may have begun in an earlier piece."""
        known = len(self._escape)
        escape = self._escape + text[at : at + 6 - known]
        whole = _ESCAPE_WHOLE.match(escape)
        if whole is not None:
            self._decoded.append(_decode(whole.group()))
            self._escape, self._expect = "", JsonText._string
            return at + whole.end() - known
        if _ESCAPE_PART.fullmatch(escape) is None:
            return self._break(text, at)
        self._escape = escape
        return len(text)


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    assert found is not None  # these patterns match the empty string
    return found.end()


def _decode(escape: str) -> str:
    return chr(int(escape[-4:], 16)) if escape[1] == "u" else _SHORT[escape[1]]
