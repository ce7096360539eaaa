"""Which addresses a client may have, and whether one that was sent is one of them.

RFC 9700 §2.1: redirect URIs are compared as strings, byte for byte. The one exception
is the port of a loopback IP literal, which native apps choose anew (RFC 8252 §7.3).
"""

import re
from collections.abc import Iterable

from curtilage.identity.oauth.errors import UnacceptableClient

LONGEST = 2000
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])"
_REST = r"(?P<path>/[!$&-;=@-Z_a-z~%]*)?(?P<query>\?[!$&-;=?-Z_a-z~%/]*)?"
_WEB = re.compile(rf"(?P<scheme>https?)://(?P<host>{_HOST})(?::(?P<port>[0-9]{{1,5}}))?{_REST}")
_PRIVATE = re.compile(r"(?P<scheme>[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+):/[!$&-;=@-Z_a-z~%/?]*")
_LOOPBACK = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]))(?::[0-9]{1,5})?((?:[/?].*)?)")
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "[::1]", "localhost"})
_DOTS = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)


def is_registered(address: str, registered: Iterable[str]) -> bool:
    """Whether a redirect URI is one of the client's."""
    if len(address) > LONGEST:
        return False
    if address in registered:
        return True
    stripped = _without_port(address)
    if stripped is None or not _is_web(address):
        return False
    return stripped in {_without_port(each) for each in registered}


def _without_port(address: str) -> str | None:
    """A loopback address without its port; None for every other."""
    shape = _LOOPBACK.fullmatch(address)
    return None if shape is None else shape[1] + shape[2]


def _is_web(address: str) -> bool:
    shape = _WEB.fullmatch(address)
    return shape is not None and int(shape["port"] or 1) in range(1, 65536)


def verify_redirect_uri(address: str, *, is_native: bool) -> str:
    """The address, fit to be registered. Raises `UnacceptableClient`.

    https, or http to this machine, or for `is_native` a scheme of the app's own with a
    dot in it (RFC 8252 §7.1), so that no app takes `javascript:` or another's."""
    if len(address) > LONGEST:
        raise _unacceptable("A redirect URI has at most 2000 characters.")
    if is_native and _PRIVATE.fullmatch(address):
        return address
    return _verify_web(address, "A redirect URI")


def verify_web_address(address: str, what: str) -> str:
    """As `verify_redirect_uri`, for addresses that we or browsers go to."""
    if len(address) > LONGEST:
        raise _unacceptable(f"{what} has at most 2000 characters.")
    return _verify_web(address, what)


def _verify_web(address: str, what: str) -> str:
    shape = _WEB.fullmatch(address)
    if shape is None or not _is_web(address):
        raise _unacceptable(f"{what} is an absolute https address without user or fragment.")
    if shape["scheme"] == "http" and shape["host"] not in LOOPBACK_HOSTS:
        raise _unacceptable(f"{what} with http leads to this machine only; use https.")
    if _DOTS.search(shape["path"] or ""):
        raise _unacceptable(f"{what} has no dot segments.")
    return address


def _unacceptable(detail: str) -> UnacceptableClient:
    return UnacceptableClient(detail, is_about_address=True)


def origin_of(address: str) -> str:
    """The origin of a registered address, or its scheme where it has none: for `form-action`."""
    shape = _WEB.fullmatch(address)
    if shape is None:
        return address.partition(":")[0] + ":"
    port = f":{shape['port']}" if shape["port"] else ""
    return f"{shape['scheme']}://{shape['host'].lower()}{port}"


def host_of(address: str) -> str:
    """What people are told of where they go: the host, or the scheme of an app."""
    shape = _WEB.fullmatch(address)
    return address.partition(":")[0] if shape is None else shape["host"].lower()


def is_same_resource(left: str, right: str) -> bool:
    """Whether two resource identifiers are one.

    Scheme and host in lower case, nothing else changed: a slash at the end counts
    (RFC 3986 §6.2.2.1; normalising more would merge servers that are two)."""
    return _fold(left) == _fold(right)


def _fold(uri: str) -> str:
    scheme, separator, rest = uri.partition("://")
    end = min((rest.find(mark) for mark in "/?" if mark in rest), default=len(rest))
    return scheme.lower() + separator + rest[:end].lower() + rest[end:]


def is_resource_shaped(uri: str) -> bool:
    """Whether it is an absolute URI without fragment (RFC 8707 §2)."""
    scheme, separator, rest = uri.partition(":")
    return (
        bool(separator)
        and bool(rest)
        and re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme) is not None
        and len(uri) <= LONGEST
        and uri.isascii()
        and uri.isprintable()
        and " " not in uri
        and "#" not in uri
    )
