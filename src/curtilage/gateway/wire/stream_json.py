"""JSON of stream frames, kept exact.

orjson reads and writes nearly all of them. The standard library helps with what
orjson cannot hold: halves of surrogate pairs, which a provider may cut apart,
and integers past 64 bits, which it rounds.
"""

import json
import re
from typing import Any

import orjson

_LONG_INTEGER = re.compile(rb"[0-9]{19}")


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
    """The bytes of a document read from `original`, after its text changed."""
    if _LONG_INTEGER.search(original):
        _mend_integers(document, _read_slowly(original))
    try:
        return orjson.dumps(document)
    except TypeError:  # half of a pair, or a long integer: escapes and digits carry both
        return json.dumps(document, separators=(",", ":")).encode("ascii")


def _mend_integers(document: Any, exact: Any) -> None:
    """Put back the digits of integers that became floats."""
    if type(document) is not type(exact):
        return
    keys = (
        document
        if type(document) is dict
        else range(len(document))
        if type(document) is list
        else ()
    )
    for key in keys:
        if type(document[key]) is float and type(exact[key]) is int:
            document[key] = exact[key]
        else:
            _mend_integers(document[key], exact[key])
