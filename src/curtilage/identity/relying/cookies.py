"""Cookies of an app: read strictly, set so that no other site sends or reads them."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

LONGEST_HEADER = 16 * 1024  # characters of all Cookie headers; more is nobody's browser
MOST_LOGINS = 4  # sign-ins that wait in one browser; each is half a kilobyte
LOGIN_SUFFIX = "-login-"


def read_cookies(headers: Sequence[str]) -> dict[str, str]:
    """Cookies by name (RFC 6265 §5.4). One that is sent twice is not taken at all:

    one of them was set by a neighbour of this host, and which nobody can tell."""
    if sum(map(len, headers)) > LONGEST_HEADER:
        return {}
    pairs = [part.strip().partition("=") for value in headers for part in value.split(";")]
    names = [name for name, _, _ in pairs]
    return {name: value for name, _, value in pairs if name and names.count(name) == 1}


def cookie_name(name: str, *, base: str) -> str:
    """`__Host-` where there is TLS: no other host, no other path (RFC 6265bis §4.1.3.2).

    On this machine the port is in the name: ports share their cookies (RFC 6265 §8.5),
    and one app there would sign people out of another."""
    if base.startswith("https://"):
        return f"__Host-{name}"
    port = base.rpartition(":")[2]
    return f"{name}-{port}" if port.isdecimal() else name


def login_cookie(name: str, state: str) -> str:
    """Where a pending login waits: each in a cookie of its own, so that tabs do not clash."""
    digest = sha256(state.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{name}{LOGIN_SUFFIX}{digest}"


def set_cookie(
    name: str, value: str, *, is_secure: bool, life: timedelta | None
) -> tuple[str, str]:
    """A header that sets a cookie; for as long as the browser runs where `life` is None.

    Lax and not Strict: the answer of the issuer comes from another site."""
    parts = [f"{name}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if is_secure:
        parts.append("Secure")
    if life is not None:
        parts.append(f"Max-Age={int(life.total_seconds())}")
    return "set-cookie", "; ".join(parts)


def drop_cookie(name: str, *, is_secure: bool) -> tuple[str, str]:
    """A header that takes a cookie away."""
    return set_cookie(name, "", is_secure=is_secure, life=timedelta())
