"""Why an answer is a refusal, for whoever counts refusals at the door.

Nothing here holds what was sent: a code is one of ours or of the protocol's registry, a
client is one that is registered.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Refusal:
    """Carried by an answer whose status does not say it all: a redirect, a protocol's error.

    `client` is the id of the registered app that it is about, "" where none is known."""

    code: str
    client: str = ""


class Refusals(Protocol):
    """Counts what is refused. Called within every request, so it neither waits nor fails."""

    def count(self, at: str, refusal: Refusal) -> None:
        """`at` is the name of a route of ours, never an address that was asked for."""


@dataclass(frozen=True, slots=True)
class Uncounted:
    """Where nobody counts: tools that render pages, and tests of them."""

    def count(self, at: str, refusal: Refusal) -> None:
        return None
