"""HTML and XML: what is read between the tags, attributes, comments; entities decoded.

Nothing is parsed that could unfold: no DTD, no entity of a document's own, no file
beside it. What is broken is read like what is not, and no tag is waited for in vain.
"""

import html
import re
from collections.abc import Iterable, Iterator

from curtilage.survey.models import Item
from curtilage.survey.originals import Segment, Stretch
from curtilage.survey.readers.plain import read_text
from curtilage.survey.reading import Reader
from curtilage.survey.sources import Source

LONGEST_TAG = 64 * 1024
OPENS_VALUE, OPENS_BARE = '="', " "
# No value of an attribute has a `<` in it here: so every tag is looked for up to the next one alone.
_TAG = re.compile(
    r"<!--|-->|<!\[CDATA\[|\]\]>|<[!?]|"
    r"<(?P<close>/?)(?P<name>[A-Za-z][^\s/>]{0,200})(?P<rest>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+)>"
)
_ATTRIBUTE = re.compile(
    r"([^\s=\"'/>]{1,200})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))|(?P<bare>[^\s=/>]{2,200})"
)
_NO_NAME = re.compile(r"[^\w:.-]")  # `<ada@x.example>` is no tag that anybody meant
_WORD = re.compile(r"[@0-9\"']")  # in what has no `=`: there is more in it than a flag
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")
INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)  # fmt: skip
CELLS = frozenset({"td", "th"})
CDATA = "]]>"
RAW = frozenset({"script", "style"})
HTML = frozenset({"html", "htm", "xhtml"})
XML = frozenset({"xml", "svg", "rss", "atom", "xsd", "xsl", "plist", "kml", "gpx"})
"""What names of files end with."""


def read_html(source: Source) -> Iterator[Item]:
    return read_text(source, lambda stretches: Markup(is_html=True).unfold(stretches))


def read_xml(source: Source) -> Iterator[Item]:
    return read_text(source, lambda stretches: Markup(is_html=False).unfold(stretches))


class Layout(Segment):
    """What lays a text out and is none of it: a tag's name, a line end where one is seen."""

    __slots__ = ()


class Markup:
    """One document, while it is read."""

    def __init__(self, *, is_html: bool) -> None:
        self._is_html = is_html
        self._raw = ""
        """The element whose content is no markup, if one is open."""
        self._aside: list[Segment] = []
        """Attributes inside a line of text: they come behind it, and do not part it."""

    def unfold(self, stretches: Iterable[Stretch]) -> Iterator[Segment]:
        held, start = "", 0
        for stretch in stretches:
            held += stretch.text
            cut = _whole_tags(held)
            yield from self._read(held[:cut], start)
            held, start = held[cut:], start + cut
        yield from self._read(held, start)
        yield from self._break(start + len(held))

    def _read(self, text: str, start: int) -> Iterator[Segment]:
        place = 0
        for match in _TAG.finditer(text):
            name = (match["name"] or "").lower()
            if (self._raw and not self._ends_raw(match, name)) or _NO_NAME.search(name):
                continue
            yield from self._characters(text, place, match.start(), start)
            place = match.end()
            if name:
                yield from self._tag(match, name, start)
            else:
                self._raw = CDATA if match[0] == "<![CDATA[" else ""
                yield Layout(" ", start + match.start(), start + place)
        yield from self._characters(text, place, len(text), start)

    @property
    def is_raw(self) -> bool:
        """Whether what is given now has no entities: a script, a style, CDATA."""
        return bool(self._raw)

    def _ends_raw(self, match: re.Match[str], name: str) -> bool:
        if self._raw == CDATA:
            return match[0] == CDATA
        return bool(match["close"]) and name == self._raw

    def _tag(self, match: re.Match[str], name: str, start: int) -> Iterator[Segment]:
        at = start + match.end()
        if match["close"]:
            self._raw = ""
            if not (self._is_html and name in INLINE | CELLS):
                yield from self._break(at)
            return
        attributes = list(self._attributes(match, start))
        if self._is_html and name in INLINE | CELLS:
            self._aside += attributes
            if name in CELLS:
                yield Layout("\t", at, at)
            return
        yield from self._break(at)
        if not self._is_html:
            yield Layout(match["name"], start + match.start("name"), start + match.end("name"))
            yield Layout(": ", at, at)
        yield from attributes
        if self._is_html and name in RAW and not match["rest"].endswith("/"):
            self._raw = name
        if self._is_html and attributes:
            yield Layout("\n", at, at)

    def _attributes(self, match: re.Match[str], start: int) -> Iterator[Segment]:
        """`name="value"` for each, with its entities decoded."""
        rest = match.start("rest")
        for found in _ATTRIBUTE.finditer(match["rest"]):
            if found["bare"] is not None:
                if _WORD.search(found["bare"]):
                    first, last = rest + found.start(), rest + found.end()
                    yield Layout(OPENS_BARE, start + first, start + first)
                    yield Segment(found["bare"], start + first, start + last)
                    yield Layout(" ", start + last, start + last)
                continue
            group = found.lastindex or 1
            yield Layout(found[1], start + rest + found.start(1), start + rest + found.end(1))
            first, last = rest + found.start(group), rest + found.end(group)
            yield Layout(OPENS_VALUE, start + first, start + first)
            if found[1].startswith("xmlns"):  # the name of a language
                yield Layout(match.string[first:last], start + first, start + last)
            else:
                yield from _decoded(match.string, first, last, start)
            yield Layout('" ', start + last, start + last)

    def _characters(self, text: str, first: int, last: int, start: int) -> Iterator[Segment]:
        if self._raw:
            yield Segment(text[first:last], start + first, start + last)
        else:
            yield from _decoded(text, first, last, start)

    def _break(self, at: int) -> Iterator[Segment]:
        """End the line; what was put aside comes in a line of its own."""
        yield Layout("\n", at, at)
        if self._aside:
            yield from self._aside
            yield Layout("\n", at, at)
            self._aside = []


def _decoded(text: str, first: int, last: int, start: int) -> Iterator[Segment]:
    place = first
    if text.find("&", first, last) >= 0:
        for match in _ENTITY.finditer(text, first, last):
            char = html.unescape(match[0])
            if char == match[0]:
                continue
            if match.start() > place:
                yield Segment(text[place : match.start()], start + place, start + match.start())
            place = match.end()
            yield Segment(char, start + match.start(), start + place)
    if place < last:
        yield Segment(text[place:last], start + place, start + last)


def _whole_tags(text: str) -> int:
    """How much of `text` ends with no tag or entity half read."""
    tag = text.rfind("<")
    if tag >= 0 and ">" not in text[tag:] and len(text) - tag < LONGEST_TAG:
        return tag
    entity = text.rfind("&", max(0, len(text) - 40, text.rfind(">") + 1))
    return entity if entity >= 0 and ";" not in text[entity:] else len(text)


def _is_html(head: bytes) -> bool:
    return (
        re.match(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)\b", head, re.IGNORECASE)
        is not None
    )


def _is_xml(head: bytes) -> bool:
    return re.match(rb"(?:\xef\xbb\xbf)?\s*<\?xml\s", head) is not None


READERS = (
    Reader("html", read_html, HTML, _is_html, is_text=True, rank=1),
    Reader("xml", read_xml, XML, _is_xml, is_text=True),
)
