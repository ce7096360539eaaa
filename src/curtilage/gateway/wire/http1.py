"""The head of a request to a provider, in HTTP/1.1 (RFC 9112 §2 and §3).

Replies are read by llhttp, through httptools, in `adapters/http1_connection.py`.
"""

import re
from collections.abc import Iterable

from curtilage.gateway.errors import MalformedHeader

# What may not stand in a header's value (RFC 9110 §5.5): it could begin another request.
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def encode_head(
    method: str, target: str, *, host: str, headers: Iterable[tuple[str, str]], length: int
) -> bytes:
    """The bytes before a body of `length` bytes. Raises MalformedHeader."""
    lines = [f"{method} {target} HTTP/1.1", f"host: {host}", f"content-length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers]
    if CONTROL.search("".join(lines)):
        raise MalformedHeader("A header for the provider holds a control character.")
    try:
        return "\r\n".join([*lines, "\r\n"]).encode("latin-1")
    except UnicodeEncodeError:
        raise MalformedHeader("A header for the provider holds more than Latin-1.") from None
