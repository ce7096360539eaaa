"""No test reaches beyond this machine.

An audit hook sees every connect of Python's own sockets, whoever made them.
Native clients (libpq, Rust) are not seen here: tests give them addresses on
loopback only.
"""

import ipaddress
import sys
from typing import Any

LOCAL_NAMES = frozenset({"localhost", ""})


class NetworkBlockedError(RuntimeError):
    """A test tried to reach another machine."""


def block_network() -> None:
    """Refuse name look-ups and connections beyond loopback, for this process."""
    sys.addaudithook(_refuse_elsewhere)


def _refuse_elsewhere(event: str, args: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.sendto"}:
        address = args[1]
        if isinstance(address, tuple) and not is_local(address[0]):
            raise NetworkBlockedError("a test tried to connect to another machine")
    elif event == "socket.getaddrinfo" and not is_local(args[0]):
        raise NetworkBlockedError("a test tried to look up another machine")


def is_local(host: object) -> bool:
    """Whether a host, as sockets take it, is this machine."""
    if host is None:
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if text in LOCAL_NAMES or text.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
