"""JSON and base64url as browsers write them for Web Authentication, read strictly.

A member that stands twice, a number that is none, or bytes beyond a limit are refused:
what is judged here must be what any other reader of the same bytes sees.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from curtilage.identity.wire.errors import PasskeyUnreadable

MOST_CONTAINERS = 64  # a browser's answer has about six; so nothing nests deep either

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


def parse_members(raw: bytes, *, most_bytes: int) -> dict[str, Any]:
    """The members of the object that `raw` is. Raises `PasskeyUnreadable`.

    Brackets are counted before anything is read, also those inside of strings."""
    if len(raw) > most_bytes or raw.count(b"{") + raw.count(b"[") > MOST_CONTAINERS:
        raise PasskeyUnreadable
    try:
        found = json.loads(
            raw.decode(), object_pairs_hook=_once, parse_constant=_refuse, parse_float=_refuse
        )
    except ValueError:  # also of a number with thousands of digits, and of bytes that are no UTF-8
        raise PasskeyUnreadable from None
    if not isinstance(found, dict):
        raise PasskeyUnreadable
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise PasskeyUnreadable
    return found


def _refuse(_text: str) -> None:
    raise PasskeyUnreadable


def take_text(members: dict[str, Any], name: str) -> str:
    """A member that must be there and be text. Raises `PasskeyUnreadable`."""
    value = members.get(name)
    if not isinstance(value, str):
        raise PasskeyUnreadable
    return value


def take_members(members: dict[str, Any], name: str) -> dict[str, Any]:
    """A member that must be there and be an object. Raises `PasskeyUnreadable`."""
    value = members.get(name)
    if not isinstance(value, dict):
        raise PasskeyUnreadable
    return value


def take_bytes(members: dict[str, Any], name: str, *, least: int = 1, most: int) -> bytes:
    """Bytes of a member that must be there. Raises `PasskeyUnreadable`."""
    value = parse_base64url(take_text(members, name))
    if not least <= len(value) <= most:
        raise PasskeyUnreadable
    return value


def parse_base64url(text: str) -> bytes:
    """RFC 4648 §5 without padding, in its one spelling. Raises `PasskeyUnreadable`."""
    if _BASE64URL.fullmatch(text) is None or len(text) % 4 == 1:
        raise PasskeyUnreadable
    found = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode_base64url(found) != text:  # bits behind the last byte
        raise PasskeyUnreadable
    return found


def encode_base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
