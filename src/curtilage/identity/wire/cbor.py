"""CBOR as authenticators write it (CTAP 2.1 §8, RFC 8949 §4.2), and nothing else of it.

Lengths are definite, numbers as short as can be, map keys integers or text that stand
once; there are no tags, floats or undefined values. So one value has one encoding but
for the order of its keys, and no other reader can see another value in the same bytes.
"""

from typing import TypeAlias, Union

from curtilage.identity.wire.errors import PasskeyUnreadable

Cbor: TypeAlias = Union[None, bool, int, bytes, str, list["Cbor"], dict[int | str, "Cbor"]]

DEEPEST = 8  # CTAP 2.1 §8 nests four deep; certificates of attestations add one
MOST_ITEMS = 256  # of one value, all told
SIMPLE: dict[int, bool | None] = {20: False, 21: True, 22: None}
FIRST_IN_BYTES = {1: 24, 2: 1 << 8, 4: 1 << 16, 8: 1 << 32}  # a smaller number is written shorter


def parse_cbor_item(raw: bytes, at: int = 0) -> tuple[Cbor, int]:
    """The value that begins at `at`, and where it ends. Raises `PasskeyUnreadable`."""
    reader = _Reader(raw, at)
    return reader.read(DEEPEST), reader.at


def parse_cbor(raw: bytes) -> Cbor:
    """The one value that `raw` is. Raises `PasskeyUnreadable`."""
    value, end = parse_cbor_item(raw)
    if end != len(raw):
        raise PasskeyUnreadable
    return value


class _Reader:
    def __init__(self, raw: bytes, at: int) -> None:
        self._raw = raw
        self._left = MOST_ITEMS
        self.at = at

    def read(self, depth: int) -> Cbor:
        self._left -= 1
        if depth == 0 or self._left < 0:
            raise PasskeyUnreadable
        head = self._take(1)[0]
        kind, short = head >> 5, head & 31
        if kind == 7:
            return self._simple(short)
        return self._of_kind(kind, self._argument(short), depth)

    def _of_kind(self, kind: int, size: int, depth: int) -> Cbor:
        match kind:
            case 0:
                return size
            case 1:
                return -1 - size
            case 2:
                return self._take(size)
            case 3:
                return self._text(size)
            case 4:
                return [self.read(depth - 1) for _ in range(min(size, MOST_ITEMS + 1))]
            case 5:
                return self._map(size, depth)
            case _:  # a tag
                raise PasskeyUnreadable

    def _map(self, size: int, depth: int) -> Cbor:
        found: dict[int | str, Cbor] = {}
        for _ in range(min(size, MOST_ITEMS + 1)):
            key = self.read(depth - 1)
            if isinstance(key, bool) or not isinstance(key, int | str) or key in found:
                raise PasskeyUnreadable
            found[key] = self.read(depth - 1)
        return found

    def _text(self, size: int) -> str:
        try:
            return self._take(size).decode()
        except UnicodeDecodeError:
            raise PasskeyUnreadable from None

    @staticmethod
    def _simple(short: int) -> bool | None:
        if short not in SIMPLE:
            raise PasskeyUnreadable
        return SIMPLE[short]

    def _argument(self, short: int) -> int:
        """The number in or behind a head (RFC 8949 §3)."""
        if short < 24:
            return short
        if short > 27:  # an indefinite length, or nothing
            raise PasskeyUnreadable
        size = 1 << (short - 24)
        number = int.from_bytes(self._take(size), "big")
        if number < FIRST_IN_BYTES[size]:
            raise PasskeyUnreadable
        return number

    def _take(self, size: int) -> bytes:
        if size > len(self._raw) - self.at:
            raise PasskeyUnreadable
        self.at += size
        return self._raw[self.at - size : self.at]
