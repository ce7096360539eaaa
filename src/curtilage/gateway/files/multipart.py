"""Multipart bodies (RFC 7578): read piece by piece, and written anew. Sans-I/O.

What comes is taken apart and put together again, so that nothing travels on that nobody
here read: headers of parts, preambles, parts that came twice. One part may be a file; its
bytes go to a sink as they come.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from curtilage.gateway.wire.errors import MalformedForm

MOST_PARTS = 64
MOST_OF_FIELDS = 256 * 1024  # bytes of all that is no file: a prompt at most
MOST_OF_HEADERS = 4096  # bytes of one part's
MULTIPART = "multipart/form-data"
_BOUNDARY = re.compile(rb"[A-Za-z0-9'()+_,./:=? -]{1,70}\Z")  # RFC 2046 §5.1.1
_REPEATED = "[]"  # what a name ends in that may come again
_BINARY = "application/octet-stream"
# What a file may be said to be on its way out; a type of any other words could hold anything.
MEDIA_TYPES = frozenset(
    (
        "text/plain", "text/markdown", "text/csv", "text/tab-separated-values", "text/html", "text/xml",
        "application/json", "application/jsonl", "application/x-ndjson", "application/xml", "application/pdf",
        "application/zip", "image/jpeg", "image/png", "image/webp", "image/gif", "audio/mpeg", "audio/mp3",
        "audio/mp4", "audio/m4a", "audio/x-m4a", "audio/wav", "audio/x-wav", "audio/webm", "audio/ogg",
        "audio/flac", "video/mp4", "video/mpeg", "video/webm", "video/quicktime",
    )
)  # fmt: skip


@dataclass(slots=True)
class Form:
    """The fields of a form by name, and what is said of its one file."""

    fields: dict[str, str] = field(default_factory=dict, repr=False)
    lists: dict[str, list[str]] = field(default_factory=dict, repr=False)
    file_field: str = ""
    filename: str = field(default="", repr=False)
    media_type: str = _BINARY


def read_boundary(content_type: bytes) -> bytes:
    """The boundary that a request names. Raises MalformedForm."""
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != MULTIPART.encode() or not _BOUNDARY.match(boundary):
        raise MalformedForm("The body is no multipart/form-data with a boundary.")
    return boundary


class FormReader:
    """Feed it the body; at the end it has the form. Raises MalformedForm."""

    def __init__(self, boundary: bytes, sink: Callable[[bytes], None]) -> None:
        self.form = Form()
        self._sink = sink
        self._parts = self._taken = 0
        self._ended = False
        self._headers: dict[str, str] = {}
        self._name, self._value = bytearray(), bytearray()
        self._field, self._is_file = "", False
        self._text = bytearray()
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._take_name,
                "on_header_value": self._take_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._end_headers,
                "on_part_data": self._take_data,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )

    def feed(self, data: bytes) -> None:
        try:
            self._parser.write(data)
        except FormParserError:
            raise MalformedForm from None

    def close(self) -> Form:
        """The form. Raises MalformedForm where its last boundary has not come."""
        if not self._ended:
            raise MalformedForm("The form has no end.")
        return self.form

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise MalformedForm("The form has too many parts.")
        self._headers = {}
        self._taken_of_headers = 0
        self._text = bytearray()

    def _take_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]
        self._count_header(end - start)

    def _take_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._count_header(end - start)

    def _count_header(self, size: int) -> None:
        self._taken_of_headers += size
        if self._taken_of_headers > MOST_OF_HEADERS:
            raise MalformedForm("A part of the form has a header that is too long.")

    def _end_header(self) -> None:
        name = self._name.decode("latin-1").lower()
        if name in self._headers:
            raise MalformedForm("A part of the form has the same header twice.")
        self._headers[name] = self._value.decode("latin-1")
        self._name, self._value = bytearray(), bytearray()

    def _end_headers(self) -> None:
        """Which field this part is."""
        kind, options = parse_options_header(self._headers.get("content-disposition", ""))
        if kind != b"form-data" or not options.get(b"name"):
            raise MalformedForm("A part of the form has no name.")
        if self._headers.get("content-transfer-encoding", "binary").lower() not in _PLAIN:
            raise MalformedForm("A part of the form is packed; send it as it is.")
        self._field = _decode(options[b"name"])
        self._is_file = b"filename" in options
        if self._is_file:
            self._begin_file(_decode(options[b"filename"]))

    def _begin_file(self, filename: str) -> None:
        if self.form.file_field:
            raise MalformedForm("The form has more than one file.")
        self.form.file_field, self.form.filename = self._field, filename
        media_type = self._headers.get("content-type", "").partition(";")[0].strip().lower()
        self.form.media_type = media_type if media_type in MEDIA_TYPES else _BINARY

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._sink(data[start:end])
            return
        self._taken += end - start
        if self._taken > MOST_OF_FIELDS:
            raise MalformedForm("The fields of the form are too long.")
        self._text += data[start:end]

    def _end_part(self) -> None:
        if self._is_file:
            return
        text, name = _decode(bytes(self._text)), self._field
        if name.endswith(_REPEATED):
            self.form.lists.setdefault(name, []).append(text)
        elif name in self.form.fields:
            raise MalformedForm("A field of the form came twice.")
        else:
            self.form.fields[name] = text

    def _end(self) -> None:
        self._ended = True


_PLAIN = ("binary", "7bit", "8bit")


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedForm("A name or a field of the form is not valid UTF-8.") from None


def encode_head(boundary: str, fields: Mapping[str, str | list[str]], form: Form) -> bytes:
    """A form up to the bytes of its file: `fields` as they may leave, and the file's headers."""
    lines: list[str] = []
    for name, value in fields.items():
        for text in value if isinstance(value, list) else [value]:
            lines += [f"--{boundary}", f'Content-Disposition: form-data; name="{_quote(name)}"']
            lines += ["", text]
    names = f'name="{_quote(form.file_field)}"; filename="{_quote(form.filename)}"'
    lines += [f"--{boundary}", f"Content-Disposition: form-data; {names}"]
    lines += [f"Content-Type: {form.media_type}", "", ""]
    return "\r\n".join(lines).encode()


def encode_tail(boundary: str) -> bytes:
    """What follows the bytes of the file."""
    return f"\r\n--{boundary}--\r\n".encode()


def _quote(name: str) -> str:
    """A name inside quotes, as browsers write it (WHATWG HTML, multipart/form-data)."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
