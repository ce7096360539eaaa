"""The door: which Host, Origin and address speaks to this service. Pure.

A browser can be made to send requests to an address inside the network under a
foreign name (DNS rebinding); it cannot be made to lie about Host and Origin.
What a proxy says about who called counts only where the proxy is named.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from curtilage.gateway.errors import HostRefused, OriginRefused

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
FORWARDED_FOR = b"x-forwarded-for"
FORWARDING = frozenset((FORWARDED_FOR, b"forwarded", b"x-real-ip", b"via"))


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

    def check_host(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Raise HostRefused for a foreign, doubtful or missing name (RFC 9112 §3.2)."""
        host = None
        for name, value in headers:
            if name == b"host":
                if host is not None and host != value:
                    raise HostRefused
                host = value
        if host is None or _name(host) not in self._hosts:
            raise HostRefused

    def check_origin(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Raise OriginRefused for a page of another site.

        A request without Origin comes from no browser page and passes. For model
        paths only: our own pages are served without referrer, their forms come
        with `Origin: null`, and the shell has more to judge them by.
        """
        for name, value in headers:
            if name == b"origin" and not self._accepts(value.lower()):
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
    if b"@" in value or b"/" in value:
        return b""  # RFC 9110 §7.2: a host and a port, no more
    if value.startswith(b"["):
        return value[: value.find(b"]") + 1]
    return value.partition(b":")[0]


class Proxies:
    """Says who called, where named proxies stand in between."""

    def __init__(self, named: Iterable[str] = ()) -> None:
        """Addresses or networks (`10.0.0.0/8`). Raises ValueError for anything else."""
        self._networks = tuple(ip_network(name, strict=False) for name in named)

    def find_caller(self, peer: str, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """The caller's address.

        Read from the right: each named proxy wrote the address before its own.
        What stands left of the first one that is not named, anybody can write.
        """
        if not self._networks or not self._names(caller := _parse_address(peer)):
            return peer
        said = [value.decode("latin-1") for name, value in headers if name == FORWARDED_FOR]
        for hop in reversed(",".join(said).split(",")):
            address = _parse_address(hop.strip())
            if address is None:
                break
            caller = address
            if not self._names(caller):
                break
        return str(caller)

    def is_loopback(self, peer: str, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        """Whether the caller is on this machine.

        A proxy on this machine that nobody named makes everyone look so; what
        it adds to a request gives it away.
        """
        headers = tuple(headers)
        caller = _parse_address(self.find_caller(peer, headers))
        if caller is None or not caller.is_loopback:
            return False
        return self._names(_parse_address(peer)) or not any(
            name in FORWARDING for name, _ in headers
        )

    def _names(self, address: IPv4Address | IPv6Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)


def _parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """An address, with or without a port, as proxies write it; None for anything else."""
    bare = text[1 : text.find("]")] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
