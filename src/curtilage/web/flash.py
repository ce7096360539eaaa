"""Carries one sentence to the next page, in a cookie that only we can write."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

import orjson

from curtilage.core.page import Flash

TONES = frozenset({"good", "attention", "danger", "information"})
TAG_BYTES = 32


def encode_flash(key: bytes, flash: Flash) -> str:
    """The cookie's value: a tag over version 1, then the sentence."""
    body = orjson.dumps([1, flash.tone, flash.text])
    return urlsafe_b64encode(_tag(key, body) + body).decode()


def find_flash(key: bytes, raw: str) -> Flash | None:
    """The sentence, or None for anything that we did not write."""
    try:
        sealed = urlsafe_b64decode(raw)
    except ValueError:
        return None
    tag, body = sealed[:TAG_BYTES], sealed[TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(key, body)):
        return None
    version, tone, text = orjson.loads(body)
    return Flash(text=text, tone=tone) if version == 1 and tone in TONES else None


def _tag(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, b"curtilage flash 1\x00" + body, hashlib.sha256)
