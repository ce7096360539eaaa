"""`authorization_details` (RFC 9396 §2): a bounded JSON array, read against known types."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from curtilage.core.canonical import encode_canonical
from curtilage.identity.oauth.errors import Fault, RequestRefused
from curtilage.identity.oauth.models.clients import Client
from curtilage.identity.oauth.models.details import Detail, DetailType, FieldKind
from curtilage.identity.wire.strict_json import parse_object

MOST_DETAILS = 8
MOST_VALUES = 32
LONGEST_VALUE = 256
LARGEST = 10**12
_PLACE = re.compile(r"\{(\w+)\}")


def parse_details(raw: str, types: Sequence[DetailType], client: Client) -> tuple[Detail, ...]:
    """The permissions asked for; none for "". Raises `invalid_authorization_details`."""
    if not raw:
        return ()
    try:
        listed = parse_object(b'{"d":' + raw.encode() + b"}")["d"]
    except (ValueError, KeyError):
        raise _refused("It is not JSON without repeated names.") from None
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_DETAILS:
        raise _refused("Expected a list of at most 8 permissions.")
    known = {each.name: each for each in types if each.name in client.detail_types}
    return tuple(_parse_one(each, known) for each in listed)


def _parse_one(raw: object, known: Mapping[str, DetailType]) -> Detail:
    if not isinstance(raw, dict) or not isinstance(raw.get("type"), str):
        raise _refused("Each permission is an object with a type.")
    kind = known.get(raw["type"])
    if kind is None:
        raise _refused("A type is not one that this client may ask for.")
    given = {name: value for name, value in raw.items() if name != "type"}
    if not given.keys() <= kind.fields.keys():
        raise _refused("A permission has a field that is not known.")
    if kind.fields.keys() - kind.optional - given.keys():
        raise _refused("A permission lacks a field.")
    if not all(_fits(value, kind.fields[name]) for name, value in given.items()):
        raise _refused("A field of a permission holds another kind of value.")
    return Detail(encode_canonical(raw).decode(), _say(kind, given))


def _fits(value: object, kind: FieldKind) -> bool:
    if kind is FieldKind.NUMBER:
        return type(value) is int and 0 <= value <= LARGEST
    if kind is FieldKind.TEXT:
        return _is_text(value)
    return isinstance(value, list) and 0 < len(value) <= MOST_VALUES and all(map(_is_text, value))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_VALUE and value.isprintable()


def _say(kind: DetailType, given: Mapping[str, Any]) -> str:
    """The permission in words; values stand in quotes, so that none can pass for our words."""
    return _PLACE.sub(lambda place: _show(given.get(place[1], "any")), kind.words)


def _show(value: Any) -> str:
    listed = value if isinstance(value, list) else [value]
    return ", ".join(f"“{each}”" if isinstance(each, str) else str(each) for each in listed)


def narrow_details(raw: str, granted: Sequence[str]) -> tuple[str, ...]:
    """What of a grant a token gets: all, or those asked for (RFC 9396 §6), never others."""
    if not raw:
        return tuple(granted)
    try:
        listed = parse_object(b'{"d":' + raw.encode() + b"}")["d"]
        asked = [encode_canonical(each).decode() for each in listed]
    except (ValueError, KeyError, TypeError):
        raise _refused("It is not JSON without repeated names.") from None
    if not asked or not set(asked) <= set(granted):
        raise _refused("A permission is not part of what was granted.")
    return tuple(dict.fromkeys(asked))


def describe_details(details: Sequence[str]) -> list[dict[str, Any]]:
    """Permissions as JSON, for answers and tokens (RFC 9396 §7)."""
    return [orjson.loads(each) for each in details]


def _refused(detail: str) -> RequestRefused:
    return RequestRefused(Fault.INVALID_DETAILS, detail)
