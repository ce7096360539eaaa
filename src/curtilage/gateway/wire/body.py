"""The body of a request: strict JSON in, JSON out.

What two JSON readers may read differently is refused, because then the text
that was scanned need not be the text that the provider reads: duplicate keys,
numbers beyond 64 bits, lone surrogates, a byte order mark (RFC 8259 §§4, 6,
8.1, 8.2). No error says what the body held.
"""

import re
import zlib
from mmap import mmap
from typing import Any, TypeAlias

import orjson

from curtilage.core.errors import InputError
from curtilage.gateway.errors import BodyTooLarge
from curtilage.gateway.wire.errors import (
    DuplicateKey,
    LoneSurrogate,
    MalformedBody,
    NumberOutOfRange,
    TooDeep,
    TooManyValues,
    UnreadableEncoding,
)

Body: TypeAlias = bytes | mmap
"""What is sent: a document, or a file that is mapped and so costs no memory."""

MAX_DEPTH = 64  # the deepest real requests (nested schemas) stay under 30
MAX_VALUES = 500_000  # 2,048 inputs of 8,191 numbers never come in one text request

MAX_MEMBERS = 16  # each costs a copy of the rest; honest senders write one

_BOM = b"\xef\xbb\xbf"
_KEY_END = re.compile(rb'"[ \t\r\n]*:')
_TOKEN = re.compile(
    rb'"(?:[^"\\]++|\\.)*+"(?P<key>[ \t\r\n]*:)?|(?P<integer>-?[0-9]++)(?![0-9.eE])', re.DOTALL
)
_NONFINITE = re.compile(rb"-?(?:NaN|Infinity)")
_BEYOND = 2.0**63  # orjson reads an integer past 64 bits as a float of at least this size


def parse_body(raw: bytes, *, limit: int) -> Any:
    """The document in `raw`. Raises an InputError that says what is wrong, not where."""
    if len(raw) > limit:
        raise BodyTooLarge
    return parse_strict(raw)


def parse_strict(raw: bytes) -> Any:
    """As `parse_body`, for text whose size is already bounded."""
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as problem:
        raise _explain(raw, problem.msg, problem.pos) from None
    entries, doubtful = _measure(document)
    if len(_KEY_END.findall(raw)) != entries or doubtful:
        _refuse_disagreement(raw, entries)
    return document


def _measure(document: Any) -> tuple[int, bool]:
    """How many entries its objects have, and whether a number may have lost digits.

    Goes level by level, so that depth costs no stack.
    """
    entries = values = depth = 0
    doubtful = type(document) is float and not -_BEYOND < document < _BEYOND
    level = [document] if type(document) in (dict, list) else []
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise TooDeep
        below: list[Any] = []
        for node in level:
            values += len(node)
            if type(node) is dict:
                entries += len(node)
                node = node.values()  # noqa: PLW2901  # the loop below reads both kinds alike
            for item in node:
                kind = type(item)
                if kind is str:
                    continue
                if kind is dict or kind is list:
                    below.append(item)
                elif kind is float and not -_BEYOND < item < _BEYOND:
                    doubtful = True
        if values > MAX_VALUES:
            raise TooManyValues
        level = below
    return entries, doubtful


def _refuse_disagreement(raw: bytes, entries: int) -> None:
    """Decide by reading the tokens what the cheap counts left open.

    A quote followed by a colon ends a key, or stands inside a string; only a
    tokeniser can tell. The cheap count is never below the true one, so equality
    with the number of parsed entries proves that no key was dropped.
    """
    keys = 0
    for match in _TOKEN.finditer(raw):
        if match.group("key") is not None:
            keys += 1
        integer = match.group("integer")
        if integer is not None and len(integer) > 18 and not _fits(integer):
            raise NumberOutOfRange
    if keys != entries:
        raise DuplicateKey


def _fits(integer: bytes) -> bool:
    return len(integer) <= 20 and -(2**63) <= int(integer) < 2**64


def _explain(raw: bytes, message: str, position: int) -> InputError:
    """The error for a body that the parser refused. Its own message is not shown."""
    if not raw.strip():
        return MalformedBody("The body is empty; expected a JSON document.")
    if raw.startswith(_BOM):
        return MalformedBody("The body begins with a byte order mark; expected plain UTF-8.")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return MalformedBody("The body is not valid UTF-8.")
    if "surrogate" in message:
        return LoneSurrogate()
    if "depth" in message or "recursion" in message:
        return TooDeep()
    if "infinity" in message or _NONFINITE.match(raw, position):
        return NumberOutOfRange()
    if "after document" in message:
        return MalformedBody("Something follows the JSON document.")
    return MalformedBody()


def encode_body(document: Any) -> bytes:
    """The bytes of a document, with its new names and the JSON inside its strings."""
    if type(document) is dict and Renames in document:
        document.pop(Renames).apply()
    return orjson.dumps(document, default=_encode_embedded)


class Renames:
    """New names for keys of a document, given when it is written, once to each object.

    Until then every object keeps its keys, so that many new names cost one
    rebuilding and no slot loses its place. The document holds this under a key
    that no JSON writer takes: it cannot leave with its old names.
    """

    __slots__ = ("_document", "_objects")

    def __init__(self, document: dict[Any, Any]) -> None:
        self._document = document
        self._objects: dict[int, tuple[dict[str, Any], dict[str, str]]] = {}

    def add(self, holder: dict[str, Any], old: str, new: str) -> None:
        """Have the key `old` of an object inside the document written as `new`."""
        self._document[Renames] = self
        _, names = self._objects.setdefault(id(holder), (holder, {}))
        names[old] = new

    def apply(self) -> None:
        for holder, names in self._objects.values():
            _rename(holder, names)
        self._objects.clear()


def _rename(holder: dict[str, Any], names: dict[str, str]) -> None:
    """Change keys in their places. Two keys that become equal are told apart."""
    taken, counts = set(holder), dict.fromkeys(names.values(), 1)
    items = []
    for key, item in holder.items():
        wanted = names.get(key)
        name = key
        if wanted is not None:
            taken.discard(key)
            name = wanted
            while name in taken:
                counts[wanted] += 1
                name = f"{wanted} {counts[wanted]}"
            taken.add(name)
        items.append((name, item))
    holder.clear()
    holder.update(items)


class Embedded:
    """A string of a document that holds a JSON document of its own, altered.

    It stands in the string's place until the outer document is written, so that
    many changes inside cost one writing. `root` holds the inner document alone.
    """

    __slots__ = ("root",)

    def __init__(self, root: list[Any]) -> None:
        self.root = root

    def encode(self) -> str:
        return orjson.dumps(self.root[0], default=_encode_embedded).decode()


def _encode_embedded(value: Any) -> str:
    if isinstance(value, Embedded):
        return value.encode()
    raise TypeError("expected a document made of JSON values")


def decode_content(raw: bytes, encoding: str, *, limit: int) -> bytes:
    """The body without its content-encoding (RFC 9110 §8.4), at most `limit` bytes.

    Inflating stops at the limit: a small body cannot fill the memory. One coding
    at most, because a stack of them has no honest use on a request.
    """
    if encoding in ("", "identity"):
        if len(raw) > limit:
            raise BodyTooLarge
        return raw
    if encoding in ("gzip", "x-gzip"):
        return _inflate(raw, 16 + zlib.MAX_WBITS, limit=limit)
    if encoding == "deflate":
        return _inflate(
            raw, zlib.MAX_WBITS if _has_zlib_header(raw) else -zlib.MAX_WBITS, limit=limit
        )
    raise UnreadableEncoding


def _has_zlib_header(raw: bytes) -> bool:
    """RFC 1950 §2.2; some clients send bare RFC 1951 data under the same name."""
    return len(raw) >= 2 and raw[0] & 0x0F == 8 and int.from_bytes(raw[:2], "big") % 31 == 0


def _inflate(raw: bytes, window: int, *, limit: int) -> bytes:
    out = b""
    members = 0
    while raw:  # a gzip body may have several members (RFC 1952 §2.2)
        members += 1
        if members > MAX_MEMBERS:
            raise UnreadableEncoding("The compressed body has too many members.")
        engine = zlib.decompressobj(window)
        try:
            out += engine.decompress(raw, limit - len(out) + 1)
        except zlib.error:
            raise UnreadableEncoding("The compressed body is damaged.") from None
        if len(out) > limit:
            raise BodyTooLarge
        if not engine.eof:
            raise UnreadableEncoding("The compressed body ends too early.")
        if engine.unused_data and (window < 16 or len(engine.unused_data) == len(raw)):
            raise UnreadableEncoding("Something follows the compressed body.")
        raw = engine.unused_data
    return out
