"""What a key used lately, as the shared store keeps it.

`[1, [at, [[slot, used], …]], […]]`: buckets of requests and of tokens. A state is read
strictly, so that a damaged one is not taken for a minute in which little was used.
"""

from itertools import pairwise
from math import isfinite
from typing import Any

import orjson

from curtilage.identity.limits import REMEMBER, SLOT, UNLIMITED, Bucket, LimitBook
from curtilage.identity.wire.errors import LimitsUnreadable

VERSION = 1
MOST_SLOTS = int(REMEMBER / SLOT) + 1
NEVER = float("-inf")
LATEST = 1 << 40  # seconds: no clock shows a time like this


def encode_book(book: LimitBook) -> bytes:
    return orjson.dumps([VERSION, _encode_bucket(book.requests), _encode_bucket(book.tokens)])


def parse_book(raw: bytes | None) -> LimitBook:
    """The book that `encode_book` wrote; an empty one for None. Raises LimitsUnreadable."""
    if raw is None:
        return LimitBook()
    try:
        version, requests, tokens = orjson.loads(raw)
        if version != VERSION:
            raise LimitsUnreadable
        return LimitBook(_parse_bucket(requests), _parse_bucket(tokens))
    except (ValueError, TypeError):
        raise LimitsUnreadable from None


def _encode_bucket(bucket: Bucket) -> list[Any]:
    at, slots = bucket.kept()
    return [at if isfinite(at) else None, slots]


def _parse_bucket(raw: Any) -> Bucket:
    at, slots = raw
    parsed = [(_count(slot), _count(used)) for slot, used in slots]
    if len(parsed) > MOST_SLOTS or any(slot >= later for (slot, _), (later, _) in pairwise(parsed)):
        raise LimitsUnreadable
    return Bucket.of(UNLIMITED, _instant(at), parsed)


def _count(raw: Any) -> int:
    if type(raw) is not int or raw < 0:
        raise LimitsUnreadable
    return raw


def _instant(raw: Any) -> float:
    if raw is None:
        return NEVER
    if type(raw) not in (int, float) or not 0 <= raw < LATEST:
        raise LimitsUnreadable
    return float(raw)
