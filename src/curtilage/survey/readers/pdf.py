"""PDF documents, page by page; the extra `files` has the library.

Text is read as the file says it, with what is not on a page: metadata, fields of forms,
remarks, attached files. Scripts are told of, and nothing is run or fetched. A page that
breaks, or takes long, is a problem, and the others are read.
"""

import logging
import re
import time
from collections.abc import Iterable, Iterator
from typing import Any

from curtilage.survey.encodings import is_binary
from curtilage.survey.errors import Unreadable
from curtilage.survey.models import Fixed, Item, Note, Part, Problem, Spot
from curtilage.survey.reading import Reader, read_within
from curtilage.survey.sources import Source, open_seekable
from curtilage.survey.unfolding import shorten

MOST_PAGES = 20_000
MOST_CONTENT = 32 * 1024 * 1024  # bytes that draw one page
MOST_REMARKS = 10_000  # on one page
MOST_FILES = 1000
CORE = 64 * 1024  # characters of a part
PAGE_SECONDS = 20.0
WHOLE = "See that other programs open it; save it anew, or leave it out."
_MARK = re.compile(rb"%PDF-[0-9]")
_MARK_AT_LINE = re.compile(rb"(?:^|[\r\n])(?:\xef\xbb\xbf)?%PDF-[0-9]")
SCRIPTS = ("/OpenAction", "/AA")
PICTURES = "Its pages may be pictures: the text in them is read where Tesseract is installed."


class TooLong(Exception):  # raised through a library, and caught here
    """A page takes more time or holds more than is given to it."""


def read_pdf(source: Source) -> Iterator[Item]:
    library = _library()
    with open_seekable(source) as opened:
        try:
            document = library.PdfReader(opened, strict=False)
            if document.is_encrypted and not document.decrypt(""):
                raise Unreadable("It is encrypted.", hint="Save it without a password.")
            pages = len(document.pages)
        except Unreadable:
            raise
        except Exception as problem:  # noqa: BLE001  # the library raises anything on hostile files
            raise _broken(problem) from None
        yield from _Reading(source, document, pages).items()


def _library() -> Any:
    try:
        import pypdf  # noqa: PLC0415  # an extra
    except ImportError:
        raise Unreadable(
            "The library for PDF is not installed.",
            hint="Install the extra `files`: `pip install 'curtilage[files]'`.",
        ) from None
    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)  # it quotes what it reads
    return pypdf


def _broken(problem: Exception) -> Unreadable:
    return Unreadable(f"It is broken or cut off ({type(problem).__name__}).", hint=WHOLE)


class _Reading:
    """One document, while it is read."""

    def __init__(self, source: Source, document: Any, pages: int) -> None:
        self._source = source
        self._document = document
        self._pages = pages
        self._end = time.monotonic() + source.limits.seconds
        self._empty = 0

    def items(self) -> Iterator[Item]:
        for read, label in (
            (self._metadata, "properties"),
            (self._fields, "form"),
            (self._scripts, "scripts"),
        ):
            yield from self._guarded(read(), label)
        yield from self._all_pages()
        yield from self._guarded(self._files(), "attached files")

    def _guarded(self, items: Iterable[Item], label: str) -> Iterator[Item]:
        """What is broken in one place ends that alone."""
        within = (*self._source.within, label)
        try:
            yield from items
        except (TooLong, RecursionError):
            yield Problem("It takes too long or holds too much.", WHOLE, within)
        except Exception as problem:  # noqa: BLE001  # the library raises anything on hostile files
            told = _broken(problem)
            yield Problem(told.detail, told.advice, within)

    def _parts(self, text: str, *labels: str) -> Iterator[Item]:
        """A text in parts of bounded length, cut at white space."""
        self._source.unfolded.bytes += len(text)
        place = Fixed(Spot(within=(*self._source.within, *labels)))
        at = 0
        while at < len(text):
            end = at + CORE
            if end < len(text):
                end = max(text.rfind("\n", at, end), text.rfind(" ", at, end), at + CORE // 2)
            before = max(0, at - 1024)
            yield Part(text[before:end], place, (at - before, min(end, len(text)) - before))
            at = end

    def _metadata(self) -> Iterator[Item]:
        found = self._document.metadata or {}
        lines = [f"{str(key).lstrip('/')}: {value}" for key, value in found.items()]
        yield from self._parts("\n".join(lines), "properties")
        stream = self._document.root_object.get("/Metadata")
        if stream is not None:
            inner = self._source.inner("XMP", "a.xml", stream.get_object().get_data())
            yield from read_within(inner)

    def _fields(self) -> Iterator[Item]:
        fields = self._document.get_fields() or {}
        lines = [f"{name}: {field.get('/V')}" for name, field in fields.items() if field.get("/V")]
        yield from self._parts("\n".join(lines), "form")

    def _scripts(self) -> Iterator[Item]:
        root = self._document.root_object
        names = root.get("/Names")
        named = names is not None and "/JavaScript" in names.get_object()
        if named or any(key in root for key in SCRIPTS):
            yield Note("It has scripts or actions: they were not run.", self._source.within)

    def _all_pages(self) -> Iterator[Item]:
        within = self._source.within
        for number in range(min(self._pages, MOST_PAGES)):
            if time.monotonic() > self._end:
                yield Problem(
                    f"It takes longer than {self._source.limits.seconds:.0f} seconds: "
                    f"{number:,} of {self._pages:,} pages were read.",
                    "Split it, and scan what comes out.",
                    within,
                )
                return
            if self._source.unfolded.bytes > self._source.limits.unfolded:
                self._source.unfolded.is_spent = True
                yield Problem("Too much text comes out of it: no more was read.", WHOLE, within)
                return
            label = f"page {number + 1}"
            yield from self._guarded(self._page(number, label), label)
        if self._pages > MOST_PAGES:
            yield Problem(
                f"It has more than {MOST_PAGES:,} pages: no more were read.",
                "Split it, and scan what comes out.",
                within,
            )
        if self._empty:
            yield Note(f"{self._empty:,} of its pages hold no text. {PICTURES}", within)

    def _page(self, number: int, label: str) -> Iterator[Item]:
        page = self._document.pages[number]
        contents = page.get_contents()
        if contents is not None and len(contents.get_data()) > MOST_CONTENT:
            raise TooLong
        end = min(self._end, time.monotonic() + PAGE_SECONDS)

        def watch(*_: object) -> None:
            """Called at every step of the drawing: a page must not take for ever."""
            if time.monotonic() > end:
                raise TooLong

        text = page.extract_text(visitor_operand_before=watch)
        yield from self._parts(text, label)
        yield from self._guarded(self._remarks(page, label), label)
        if not text.strip():
            self._empty += 1
            yield from self._guarded(self._pictures(page, label), label)

    def _remarks(self, page: Any, label: str) -> Iterator[Item]:
        """What is written on a page, and the links on it."""
        lines: list[str] = []
        listed = page.get("/Annots")
        for given in list(listed.get_object() if listed is not None else ())[:MOST_REMARKS]:
            remark = given.get_object()
            lines += [str(remark[key]) for key in ("/T", "/Contents") if remark.get(key)]
            action = remark.get("/A")
            address = action.get_object().get("/URI") if action is not None else None
            lines += [str(address)] if address else []
        yield from self._parts("\n".join(lines), label, "remarks")

    def _pictures(self, page: Any, label: str) -> Iterator[Item]:
        for picture in list(page.images)[:10]:
            inner = self._source.inner(f"{label} · {picture.name}", picture.name, picture.data)
            yield from read_within(inner)

    def _files(self) -> Iterator[Item]:
        count = 0
        for name, contents in self._document.attachments.items():
            for content in contents if isinstance(contents, list) else [contents]:
                count += 1
                if count > MOST_FILES:
                    raise TooLong
                self._source.unfolded.bytes += len(content)
                label = f"attached {shorten(name)}"
                yield from read_within(self._source.inner(label, name, content))


def _is_pdf(head: bytes) -> bool:
    """Whether its mark begins a line, or stands in what is no text.

    Other bytes may come before it (PDF Reference 1.7, appendix H, note 13); a program that knows
    the mark, and has it in a string, is no PDF."""
    return _MARK.search(head[:1024]) is not None and (
        _MARK_AT_LINE.search(head[:1024]) is not None or is_binary(head)
    )


READERS = (
    Reader("PDF", read_pdf, frozenset({"pdf"}), _is_pdf),
)  # fmt: skip
