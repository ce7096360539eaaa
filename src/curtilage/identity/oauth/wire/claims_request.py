"""The `claims` parameter (OpenID Connect Core §5.5): bounded JSON, read once."""

from collections.abc import Mapping
from typing import Any

from curtilage.identity.oauth.errors import Fault, RequestRefused
from curtilage.identity.oauth.models.requests import NO_CLAIMS, ClaimsAsked
from curtilage.identity.wire.strict_json import parse_object

MOST_CLAIMS = 50
LONGEST_NAME = 64


def parse_claims(raw: str) -> ClaimsAsked:
    """The claims that were asked for; none for "". Raises `invalid_request`."""
    if not raw:
        return NO_CLAIMS
    try:
        document = parse_object(raw.encode())
    except ValueError:
        raise _malformed() from None
    in_token, in_userinfo = _members(document, "id_token"), _members(document, "userinfo")
    return ClaimsAsked(
        id_token=frozenset(in_token),
        userinfo=frozenset(in_userinfo),
        acr=_essential_acr(in_token.get("acr")),
        subject=_subject(in_token.get("sub")),
    )


def _members(document: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    members = document.get(place)
    if members is None:
        return {}
    if not isinstance(members, dict) or len(members) > MOST_CLAIMS:
        raise _malformed()
    if any(len(name) > LONGEST_NAME for name in members):
        raise _malformed()
    return members


def _essential_acr(asked: object) -> tuple[str, ...]:
    """Levels of which one has to be met; none where they are only wished for (§5.5.1.1)."""
    if not isinstance(asked, dict) or asked.get("essential") is not True:
        return ()
    values = asked.get("values", [asked["value"]] if "value" in asked else [])
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise _malformed()
    return tuple(values[:MOST_CLAIMS])


def _subject(asked: object) -> str:
    value = asked.get("value", "") if isinstance(asked, dict) else ""
    if not isinstance(value, str):
        raise _malformed()
    return value


def _malformed() -> RequestRefused:
    return RequestRefused(Fault.INVALID_REQUEST, "The parameter claims is not as it should be.")
