"""Which scopes and resources a client gets of those that it asks for."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from curtilage.core.words import say
from curtilage.identity.oauth.errors import Fault, RequestRefused
from curtilage.identity.oauth.models.clients import Client, Resource
from curtilage.identity.oauth.rules.addresses import is_resource_shaped, is_same_resource

MOST_RESOURCES = 8
OPENID = "openid"
OFFLINE = "offline_access"
OWN_SCOPES: Mapping[str, str] = MappingProxyType(
    {
        OPENID: say("Know that it is you, by an identifier"),
        "profile": say("See your name and language"),
        "email": say("See your e-mail address"),
        "address": say("See your postal address, where you gave one"),
        "phone": say("See your phone number, where you gave one"),
        OFFLINE: say("Keep this access after you sign out"),
    }
)
"""Scopes of OpenID Connect Core §5.4 and §11, in the words that people read."""


def choose_scopes(
    asked: Sequence[str], client: Client, resources: Sequence[Resource]
) -> tuple[str, ...]:
    """What of it this client can have, in the order asked; all it has where none was asked.

    What is not known is left out (OpenID Connect Core §5.4); if nothing is left the
    request is refused."""
    known = allowed_scopes(client, resources)
    if not asked:
        return tuple(sorted(known - {OFFLINE}))
    chosen = tuple(dict.fromkeys(scope for scope in asked if scope in known))
    if not chosen:
        raise RequestRefused(Fault.INVALID_SCOPE, "No scope of the request is known here.")
    return chosen


def allowed_scopes(client: Client, resources: Sequence[Resource]) -> frozenset[str]:
    """Scopes written on the client, and those of open resources that it asks for."""
    opened = {scope for each in resources if each.is_open for scope in each.scopes}
    return client.scopes | opened


def choose_resources(
    asked: Sequence[str], client: Client, known: Sequence[Resource]
) -> tuple[Resource, ...]:
    """The resources behind these identifiers. Raises `invalid_target` (RFC 8707 §2)."""
    if len(asked) > MOST_RESOURCES:
        raise _unknown()
    chosen = [_find(uri, client, known) for uri in asked]
    return tuple({each.uri: each for each in chosen}.values())


def _find(uri: str, client: Client, known: Sequence[Resource]) -> Resource:
    if not is_resource_shaped(uri):
        raise _unknown()
    for each in known:
        may = each.is_open or each.uri in client.resources
        if may and is_same_resource(each.uri, uri):
            return each
    raise _unknown()


def _unknown() -> RequestRefused:
    return RequestRefused(Fault.INVALID_TARGET, "The resource is not one that this client may use.")


def keep_allowed(
    scopes: Sequence[str], resource: str, client: Client, known: Sequence[Resource]
) -> tuple[str, ...]:
    """What of a grant its client may still have: it can lose scopes and resources meanwhile.

    Raises `invalid_target` or `invalid_scope` where nothing is left for this resource."""
    if resource:
        _find(resource, client, known)
    allowed = allowed_scopes(client, known)
    left = tuple(scope for scope in scopes if scope in allowed)
    if scopes and not left:
        raise RequestRefused(Fault.INVALID_SCOPE, "The client may have none of it any more.")
    return left


def narrow_scopes(asked: Sequence[str], granted: Sequence[str]) -> tuple[str, ...]:
    """What of a grant a token gets: all of it, or the part asked for; never more."""
    if not asked:
        return tuple(granted)
    if not set(asked) <= set(granted):
        raise RequestRefused(Fault.INVALID_SCOPE, "The scope is wider than what was granted.")
    return tuple(dict.fromkeys(asked))


def narrow_resource(asked: Sequence[str], granted: Sequence[str]) -> str:
    """The one resource that a token is for, "" where the grant names none.

    One for each token, so that no server can use what was sent to another."""
    if len(asked) > 1:
        raise RequestRefused(Fault.INVALID_TARGET, "A token is for one resource; name one.")
    if not asked:
        return granted[0] if granted else ""
    for each in granted:
        if is_same_resource(each, asked[0]):
            return each
    raise RequestRefused(Fault.INVALID_TARGET, "The resource is not part of what was granted.")


def describe_scopes(scopes: Sequence[str], resources: Sequence[Resource]) -> list[tuple[str, str]]:
    """Each scope with what it means in plain words; its own name where nobody wrote any."""
    words = dict(OWN_SCOPES)
    for resource in resources:
        words |= {scope: text for scope, text in resource.scopes.items() if text}
    return [(scope, words.get(scope, scope)) for scope in scopes]
