"""XML as events that know their bytes: a text in it can be replaced, and nothing else.

No DTD is taken: where none is, no entity unfolds and no file is asked for. Depth is
bounded. What is in UTF-16 is turned into UTF-8 first: offsets are those of that.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.parsers import expat  # what defusedxml forbids is forbidden here, by refusing every DTD

from curtilage.survey.errors import Unreadable

PIECE = 64 * 1024
DEEPEST = 256  # elements in elements
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_ATTRIBUTE = re.compile(rb"([^\s=<>\"'/]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_TAG = re.compile(rb"<[^\s/>]+(?:[^>\"']|\"[^\"]*\"|'[^']*')*+>")
KNOWN = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})


class Begin(NamedTuple):
    """An element begins. Names are local: whose they are is told by the part they are in."""

    name: str
    attributes: Mapping[str, str]
    start: int
    """The byte of its `<`."""


class Chars(NamedTuple):
    """Text between two tags, and the bytes that it stands in."""

    text: str
    start: int
    end: int


class End(NamedTuple):
    name: str


Event = Begin | Chars | End


class _Collector:
    """Takes what the parser tells; gives events."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._texts: list[str] = []
        self._start: int | None = None
        self._depth = 0
        # Attributes are told with their prefixes' names: `uri local`.
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._chars
        self._parser.StartCdataSectionHandler = self._mark
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._parser.XmlDeclHandler = _check_encoding

    def feed(self, piece: bytes, *, last: bool) -> list[Event]:
        try:
            self._parser.Parse(piece, last)
        except expat.ExpatError:
            raise Unreadable(
                "Its XML is broken or cut off.",
                hint="See that other programs open it; save it anew, or leave it out.",
            ) from None
        ready, self.events = self.events, []
        return ready

    def _flush(self) -> None:
        if self._texts and self._start is not None:
            text = "".join(self._texts)
            self.events.append(Chars(text, self._start, self._parser.CurrentByteIndex))
        self._texts, self._start = [], None

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._flush()
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unreadable(
                f"Its XML is nested deeper than {DEEPEST} levels.", hint="Leave it out."
            )
        local = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        self.events.append(Begin(_local(name), local, self._parser.CurrentByteIndex))

    def _end(self, name: str) -> None:
        self._flush()
        self._depth -= 1
        self.events.append(End(_local(name)))

    def _chars(self, text: str) -> None:
        self._mark()
        self._texts.append(text)

    def _mark(self) -> None:
        """A text begins here, or the section that has it."""
        if self._start is None:
            self._start = self._parser.CurrentByteIndex


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _refuse_doctype(*_: object) -> None:
    raise Unreadable(
        "Its XML declares a document type, which may unfold without end: it was not read.",
        hint="Documents of office programs have none; save it anew, or leave it out.",
    )


def _check_encoding(version: str, encoding: str | None, standalone: int) -> None:
    if encoding is not None and encoding.lower() not in KNOWN:
        raise Unreadable("Its XML is not in UTF-8.", hint="Save it anew with a current program.")


def as_utf8(raw: bytes) -> bytes:
    """The same document in UTF-8."""
    if not raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw
    try:
        return _DECLARATION.sub("", raw.decode("utf-16")).encode()
    except UnicodeError:
        raise Unreadable("Its XML is broken.", hint="Save it anew, or leave it out.") from None


def walk_xml(raw: bytes) -> Iterator[Event]:
    """What is in a document of UTF-8, in its order. Raises Unreadable."""
    collector = _Collector()
    for start in range(0, len(raw), PIECE):
        yield from collector.feed(raw[start : start + PIECE], last=False)
    yield from collector.feed(b"", last=True)


def tag_end(raw: bytes, start: int) -> int:
    """Behind the `>` of the tag that begins at `start`."""
    found = _TAG.match(raw, start)
    return found.end() if found else start


def attribute_span(raw: bytes, start: int, name: str) -> tuple[int, int] | None:
    """Where the value of an attribute stands, in the tag that begins at `start`."""
    wanted = name.encode()
    for found in _ATTRIBUTE.finditer(raw, start, tag_end(raw, start)):
        if found[1].rpartition(b":")[2] == wanted:
            return found.span(2 if found[2] is not None else 3)
    return None
