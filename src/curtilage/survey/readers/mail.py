"""E-mail: messages and mailboxes (RFC 5322, 2045 to 2047). Headers, bodies, attachments.

A body goes to the reader of its kind, decoded. A transfer encoding or a character set
that is not what it says is told, and what is there is read as it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message
from typing import BinaryIO

from curtilage.survey.errors import Unreadable
from curtilage.survey.mime import (
    MOST_PARTS,
    Entity,
    decode_charset,
    decode_text,
    decode_transfer,
    parse_entity,
    split_parts,
    structured,
)
from curtilage.survey.models import Field, Item, Note, Part, Problem, Spot
from curtilage.survey.reading import Reader, read_within
from curtilage.survey.sources import Source
from curtilage.survey.unfolding import shorten

LONGEST = 32 * 1024 * 1024  # bytes of one message, more than mail servers take
DEEPEST = 8  # parts within parts
PIECE = 256 * 1024
SAVE = "Save its attachments with a mail program, and scan them."
ENDINGS = {"text/html": "html", "application/json": "json", "text/csv": "csv", "text/xml": "xml"}
SEALED = "It is encrypted, or its text lies in its signature: that was not examined."
UNREAD = {
    "multipart/encrypted": SEALED,
    "application/pkcs7-mime": SEALED,
    "application/x-pkcs7-mime": SEALED,
    "application/ms-tnef": "It is in a form of Outlook's own: that was not examined.",
}
_MESSAGE = re.compile(
    rb"(?:Return-Path|Received|Delivered-To|Message-ID|MIME-Version|From|To|Date|Subject|Sender|"
    rb"Reply-To|X-[A-Za-z-]+|DKIM-Signature|Authentication-Results|Content-Type):[^\n]*\n",
    re.IGNORECASE,
)
_SURE = re.compile(
    rb"^(?:Message-ID|MIME-Version|Received|Return-Path):", re.IGNORECASE | re.MULTILINE
)
# A patch that git wrote begins so too, with a hash: it is read as the text that it is.
_FROM_LINE = re.compile(rb"From (?![0-9a-f]{40} )\S+ +(?:\S+ +){1,6}\d{4}[^\n]*\n")


def read_message(source: Source) -> Iterator[Item]:
    """One message in a file."""
    with source.open() as opened:
        raw = opened.read(LONGEST + 1)
    if len(raw) > LONGEST:
        yield _too_long(source)
        raw = raw[:LONGEST]
    yield from Mail(source).read(raw)


def read_mailbox(source: Source) -> Iterator[Item]:
    """The messages of a mailbox, one after the other in memory."""
    with source.open() as opened:
        for number, raw in enumerate(cut_mailbox(opened), 1):
            each = replace(source, within=(*source.within, f"message {number}"))
            if len(raw) > LONGEST:
                yield _too_long(each)
            yield from Mail(each).read(raw[:LONGEST])


def cut_mailbox(opened: BinaryIO) -> Iterator[bytes]:
    """The messages of a mailbox; of one that is too long, its beginning and a byte more."""
    lines: list[bytes] = []
    size = 0
    is_behind_empty = True
    while line := opened.readline(PIECE):
        if is_behind_empty and _FROM_LINE.match(line):
            if lines:
                yield b"".join(lines)
            lines, size = [], 0
            continue
        is_behind_empty = line.strip(b"\r\n") == b""
        if size <= LONGEST:
            lines.append(line[1:] if line.startswith((b">From ", b">>From ")) else line)
            size += len(line)
    if lines:
        yield b"".join(lines)[: LONGEST + 1]


def _too_long(source: Source) -> Problem:
    return Problem(
        f"The message is longer than {LONGEST:,} bytes; only its beginning was examined.",
        SAVE,
        source.within,
    )


@dataclass(slots=True)
class Mail:
    """One message, while it is read."""

    source: Source
    parts: int = 0

    def read(self, raw: bytes) -> Iterator[Item]:
        entity = parse_entity(raw)
        yield from self._headers(entity, (*self.source.within, "headers"))
        yield from self._entity(entity, self.source, ())

    def _entity(self, entity: Entity, source: Source, number: tuple[int, ...]) -> Iterator[Item]:
        said = structured(entity.headers)
        kind = said.get_content_type()
        if kind in UNREAD:
            advice = "Save what is in it with a mail program, and scan that."
            yield Problem(UNREAD[kind], advice, source.within)
        boundary = said.get_boundary() if kind.startswith("multipart/") else None
        if boundary is None:
            yield from self._body(entity, said, source, number)
        elif len(number) >= DEEPEST:
            yield Problem(
                f"Its parts are nested deeper than {DEEPEST} levels.", SAVE, source.within
            )
        else:
            before, bodies = split_parts(entity.body, boundary.encode("utf-8", "replace"))
            if before.strip():
                yield from _read_inner(source, "text before the parts", "", before)
            for place, body in enumerate(bodies, 1):
                yield from self._part(body, source, (*number, place))

    def _part(self, body: bytes, source: Source, number: tuple[int, ...]) -> Iterator[Item]:
        self.parts += 1
        if self.parts > MOST_PARTS:
            if self.parts == MOST_PARTS + 1:
                why = f"It has more than {MOST_PARTS:,} parts: no more were read."
                yield Problem(why, SAVE, self.source.within)
            return
        inner = parse_entity(body)
        yield from self._headers(inner, (*source.within, _part_label(number), "headers"))
        yield from self._entity(inner, source, number)

    def _headers(self, entity: Entity, within: tuple[str, ...]) -> Iterator[Item]:
        lines = [(name, f"{name}: {decode_text(raw)}\n") for name, raw in entity.headers]
        if lines:
            names, texts = zip(*lines, strict=True)
            yield Part("".join(texts), HeadersPlace(names, texts, within))

    def _body(
        self, entity: Entity, said: Message, source: Source, number: tuple[int, ...]
    ) -> Iterator[Item]:
        kind = said.get_content_type()
        name = _file_name(said)
        label = f"attachment {shorten(name)}" if name else _part_label(number)
        within = (*source.within, label)
        content, is_clean = decode_transfer(entity.body, said.get("content-transfer-encoding", ""))
        if not is_clean:
            yield Note("Its transfer encoding is broken; it was read as far as it holds.", within)
        if kind.startswith("text/"):
            charset = said.get_content_charset("")
            text = decode_charset(content, charset)
            if text is None:
                yield Note("Its character set is not what it says.", within)
            else:
                content = text.encode("utf-8", "replace")
            name = name or f"body.{ENDINGS.get(kind, 'txt')}"
        elif kind == "message/rfc822":
            name = "message.eml"
        yield from _read_inner(source, label, name, content)


@dataclass(frozen=True, slots=True)
class HeadersPlace:
    """The place of a part that is headers, each in a line of the text."""

    names: tuple[str, ...]
    texts: tuple[str, ...]
    within: tuple[str, ...]

    def spot(self, start: int, end: int) -> Spot:
        line, place = 0, 0
        while line < len(self.texts) - 1 and place + len(self.texts[line]) <= start:
            place += len(self.texts[line])
            line += 1
        return Spot(within=self.within, field=Field(self.names[line]))

    def lines(self, start: int) -> tuple[str, str]:
        """Nobody writes comments there that allow anything: they come from strangers."""
        return "", ""


def _read_inner(source: Source, label: str, name: str, content: bytes) -> Iterator[Item]:
    try:
        inner = source.inner(label, name, content)
    except Unreadable as problem:
        yield Problem(problem.detail, problem.advice, (*source.within, label))
        return
    yield from read_within(inner)


def _part_label(number: tuple[int, ...]) -> str:
    return f"part {'.'.join(map(str, number))}" if number else "body"


def _file_name(said: Message) -> str:
    try:
        return decode_text((said.get_filename("") or "").encode("utf-8", "replace"))
    except (LookupError, ValueError, TypeError):
        return ""


def _is_message(head: bytes) -> bool:
    """Two headers of e-mail at the beginning, and one that nothing else has."""
    first = _MESSAGE.match(head)
    if first is None:
        return False
    headers = head.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return len(_MESSAGE.findall(headers)) > 1 and _SURE.search(headers) is not None


def _is_mailbox(head: bytes) -> bool:
    return _FROM_LINE.match(head) is not None


READERS = (
    Reader("e-mail", read_message, frozenset({"eml", "mht", "mhtml"}), _is_message, is_text=True),
    Reader("mailbox", read_mailbox, frozenset({"mbox", "mbx"}), _is_mailbox, is_text=True, rank=1),
)
