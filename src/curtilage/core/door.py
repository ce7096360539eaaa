"""A request that is no page, and its answer, before the shell knows HTTP.

Pages take a `Visit` (`core.page`); what speaks a protocol of its own (tokens, discovery,
provisioning) takes a `Call` and gives a `Reply`. It authenticates by its protocol and renders
its protocol's errors; the shell bounds the body, checks the host and adds its headers.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from curtilage.core.errors import CurtilageError
from curtilage.core.refusal import Refusal

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """What an endpoint is asked.

    `headers` have lower-case names and stand as they were sent, one given twice stands
    twice. `query` and `body` are undecoded: they may hold secrets, never log them.
    """

    method: str
    path: str
    headers: Headers = field(default=(), repr=False)
    query: bytes = field(default=b"", repr=False)
    body: bytes = field(default=b"", repr=False)
    params: Mapping[str, str] = field(default_factory=dict)
    session: str = field(default="", repr=False)
    peer: str = ""

    def values(self, name: str) -> list[str]:
        """All values of a header, in order; none where it was not sent."""
        return [value for each, value in self.headers if each == name]


@dataclass(frozen=True, slots=True)
class Reply:
    """What an endpoint answers. `headers` add to those of the shell.

    `refused` says what was, in the protocol's word; without it a status from 400 on speaks."""

    body: bytes = field(default=b"", repr=False)
    media_type: str = "application/json"
    status: int = 200
    headers: Headers = ()
    refused: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """What our OpenAPI document says of an endpoint of our own, and the right that it takes.

    `takes` and `gives` are JSON Schemas of bodies (2020-12), empty where there is none; `query`
    has one for each parameter. `status` is what is answered when it went well; `needs_body`
    is false where all that could be sent may be left out."""

    right: str
    words: str
    gives: Mapping[str, Any] = field(default_factory=dict)
    takes: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    status: int = 200
    needs_body: bool = True


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route of a protocol. `is_open` lets pages of any origin call it, without cookies.

    `refuse` tells in the protocol's words what the shell refuses, or what is raised all the
    same: a body that is too large, another host; without it, a page or a problem document does.
    `most_bytes` bounds its body. `gives` is the media type of what it answers. Without an
    `operation` it is described by its protocol, not by our document."""

    method: str
    path: str
    answer: Callable[[Call], Awaitable[Reply]]
    name: str
    is_open: bool = False
    most_bytes: int = 65_536
    gives: str = "application/json"
    operation: Operation | None = None
    refuse: Callable[[CurtilageError], Reply] | None = None
