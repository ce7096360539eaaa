"""JSON of stream frames, kept exact.

orjson reads and writes nearly all of them. The standard library helps with what
orjson cannot hold: halves of surrogate pairs, which a provider may cut apart,
and integers past 64 bits, which it rounds.
"""

import json
from collections.abc import Iterable
from typing import Any

import orjson

_DIGITS = bytes(48 if 48 <= byte <= 57 else 32 for byte in range(256))
_LONG_INTEGER = b"0" * 19  # every digit a zero: a tenth of the time that a pattern takes


def read_frame(data: bytes) -> Any:
    """The document of a frame, or None where it is not JSON."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return _read_slowly(data)


def _read_slowly(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def write_frame(document: Any, original: bytes) -> bytes:
    """The bytes of a document read from `original`, after its text changed.

    What is nested too deeply for the standard library stays as it came.
    """
    try:
        if _has_long_integer(original):
            _mend_integers(document, json.loads(original))
        return _write(document)
    except RecursionError:
        return original


def _has_long_integer(data: bytes) -> bool:
    return _LONG_INTEGER in data.translate(_DIGITS)


def _write(document: Any) -> bytes:
    try:
        return orjson.dumps(document)
    except TypeError:  # half of a pair, a long integer, or more than 254 levels
        return json.dumps(document, separators=(",", ":")).encode("ascii")


def _mend_integers(document: Any, exact: Any) -> None:
    """Put back the digits of integers that became floats."""
    pairs = [(document, exact)]
    while pairs:
        node, origin = pairs.pop()
        if type(node) is not type(origin):
            continue
        for key, was in _find_origins(node, origin):
            if type(node[key]) is float and type(was) is int:
                node[key] = was
            elif type(was) is dict or type(was) is list:
                pairs.append((node[key], was))


def _find_origins(node: Any, origin: Any) -> Iterable[tuple[Any, Any]]:
    """Each key of an object or list, with what stood there before.

    Keys that held tokens have new names: they are the ones without a namesake,
    and still in their order.
    """
    if type(node) is not dict:
        return list(enumerate(origin[: len(node)]))
    lost = [name for name in origin if name not in node]
    new = [name for name in node if name not in origin]
    was = dict(zip(new, lost, strict=True)) if len(new) == len(lost) else {}
    names = [(name, was.get(name, name)) for name in node]
    return [(name, origin[old]) for name, old in names if old in origin]
