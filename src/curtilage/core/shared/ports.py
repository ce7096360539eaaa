"""What is asked of the shared store, whatever it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change(Generic[T]):
    """What a rule decided: the state from now on, for how long it matters, the answer."""

    state: bytes
    seconds: float
    result: T


Rule: TypeAlias = Callable[[bytes | None, float], Change[T]]
"""Decides on a state, or None where nothing is kept, at a time in seconds.

Pure: it may be asked again with what somebody else kept meanwhile. The time is
the store's, so that all nodes count by one clock; it may step, as any clock."""


class Counters(Protocol):
    """Small states that change one after the other."""

    async def change(self, name: str, rule: Rule[T]) -> T:
        """Keep what `rule` makes of the state called `name`; give its result.

        Raises an UnavailableError where the store does not answer in time. Then
        nobody knows whether the change was kept, and who asked must not go on."""


class Broadcast(Protocol):
    """Wakes who waits. It says nothing about what changed."""

    async def wake(self) -> None:
        """Wake this process and, where they can be told, all others. Never fails."""

    async def wait(self, at_most: float) -> None:
        """Return once woken, or after so many seconds. For one that waits at a time."""
