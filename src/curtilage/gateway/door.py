"""The door: which Host and Origin may speak to this service (DESIGN §9). Pure.

A browser can be made to send requests to an address inside the network under a
foreign name (DNS rebinding); it cannot be made to lie about Host and Origin.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from curtilage.gateway.errors import HostRefused, OriginRefused

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class Door:
    """Accepts the public name, loopback names and what the settings add."""

    def __init__(
        self, *, public_url: str, hosts: Iterable[str] = (), origins: Iterable[str] = ()
    ) -> None:
        public = urlsplit(public_url)
        names = (*LOOPBACK, public.hostname or "", *hosts)
        self._hosts = frozenset(name.lower().encode() for name in names if name)
        self._origins = frozenset(
            origin.lower().rstrip("/").encode()
            for origin in (f"{public.scheme}://{public.netloc}", *origins)
        )

    def check(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Raise HostRefused or OriginRefused; silent when both may pass.

        A missing Host is refused (RFC 9112 §3.2 asks for one). A request
        without Origin comes from no browser page and passes.
        """
        host = origin = None
        for name, value in headers:
            if name == b"host":
                if host is not None and host != value:
                    raise HostRefused
                host = value
            elif name == b"origin":
                origin = value
        if host is None or _name(host) not in self._hosts:
            raise HostRefused
        if origin is not None and not self._accepts(origin.lower()):
            raise OriginRefused

    def _accepts(self, origin: bytes) -> bool:
        if origin in self._origins:
            return True
        name = _name(origin.partition(b"://")[2])
        return (
            name in (b"localhost", b"127.0.0.1", b"[::1]")
            and name in self._hosts
            and origin != b"null"
        )


def _name(value: bytes) -> bytes:
    """The host without its port, lower case; an IPv6 literal keeps its brackets."""
    value = value.strip().lower()
    if value.startswith(b"["):
        return value[: value.find(b"]") + 1]
    return value.partition(b":")[0]
