"""Calling addresses that others gave us: what comes back, and the port that calls."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole."""

    status: int
    media_type: str
    body: bytes = field(repr=False)


class Fetches(Protocol):
    """Calls no address inside, follows no redirect, reads no more than it is bound to."""

    async def get(self, url: str, *, headers: Sequence[tuple[str, str]] = ()) -> Answer:
        """Raises `AddressNotCalled`, `NoAnswer` or `AnswerUnreadable`."""

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes = b"",
    ) -> Answer:
        """One request over a connection of its own. Raises as `get`."""
