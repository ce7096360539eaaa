"""Canonical JSON (RFC 8785, JCS) for what is hashed and signed.

Events hold a subset: objects with ASCII keys, arrays, strings, booleans, null
and integers within ±(2^53 - 1). On that subset orjson with sorted keys gives
the bytes that RFC 8785 asks for, at twenty times the speed; what lies outside
it is refused rather than written differently from what a verifier would write.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias, Union

import orjson

Json: TypeAlias = Union[None, bool, int, str, Sequence["Json"], Mapping[str, "Json"]]

DEEPEST = 64  # our Events nest four deep; orjson itself stops at 254
LARGEST = 2**53 - 1  # RFC 8785 §3.2.2.3: beyond it, readers of IEEE doubles disagree


def encode_canonical(value: Json) -> bytes:
    """The RFC 8785 bytes of `value`. Raises ValueError outside the subset."""
    _refuse_outside_subset(value, DEEPEST)
    try:
        return encode_trusted(value)
    except TypeError:  # orjson's words quote the value
        raise ValueError("expected text without lone surrogates, and no subclasses") from None


def encode_trusted(value: Json) -> bytes:
    """As `encode_canonical`, for values that our own code built inside the subset."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS)


def _refuse_outside_subset(value: Json, depth: int) -> None:
    if depth == 0:
        raise ValueError("expected less nesting")
    if value is None or isinstance(value, bool | str):
        return
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise ValueError("expected an integer within 53 bits")
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            _refuse_key(key)
            _refuse_outside_subset(item, depth - 1)
        return
    if isinstance(value, list | tuple):
        for item in value:
            _refuse_outside_subset(item, depth - 1)
        return
    raise ValueError("expected a string, integer, boolean, null, array or object")


def _refuse_key(key: object) -> None:
    if not isinstance(key, str) or not key.isascii():
        raise ValueError("expected keys in ASCII")
