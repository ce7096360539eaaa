"""JSON objects that all readers read alike (RFC 8725 §2.4, RFC 7515 §4).

A member that is there twice is read as the first by some and as the last by others: who
checks and who uses would see different tokens. So it is refused, at any depth.
"""

import json
from typing import Any

import orjson


def parse_object(raw: bytes) -> dict[str, Any]:
    """The one object in `raw`. Raises ValueError, and says nothing of what it holds.

    orjson reads it: UTF-8 only, no NaN, no lone surrogates. The second reading only looks
    for names that are there twice.
    """
    try:
        value = orjson.loads(raw)
        _DUPLICATES.decode(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ValueError("expected JSON without repeated names") from None
    if not isinstance(value, dict):
        raise ValueError("expected a JSON object")  # noqa: TRY004 - it is about bytes, not types
    return value


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("expected each name once")
    return members


_DUPLICATES = json.JSONDecoder(object_pairs_hook=_refuse_duplicates)
