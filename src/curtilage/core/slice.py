"""What a slice hands to the composition root.

A lower floor speaks upward by what its `build.py` returns here; `app` gathers
all slices and hands the lists on. Nothing is registered anywhere else.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from curtilage.core.models import Event, Observation
from curtilage.core.page import Page

Check = Callable[[], Sequence[Observation]]
Listener = Callable[[Event], Awaitable[None]]


class Job(Protocol):
    """Runs until cancelled, in the `jobs` role."""

    @property
    def name(self) -> str: ...

    async def run(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Route:
    """One HTTP route of the control process.

    `permission` is the right that the signed-in caller must hold; "" is public
    and says so in a test. `endpoint` is an ASGI-shaped handler of the shell:
    it takes the request and gives a `Page` or a response.
    """

    method: str
    path: str
    endpoint: Callable[..., Awaitable[Page | Any]]
    permission: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class NavItem:
    """A place in the console's navigation. `key` is its letter after `g`."""

    label: str
    path: str
    icon: str
    key: str
    order: int


@dataclass(frozen=True, slots=True)
class Slice:
    """All that a slice offers upward."""

    name: str
    routes: Sequence[Route] = ()
    nav: Sequence[NavItem] = ()
    checks: Sequence[Check] = ()
    jobs: Sequence[Job] = ()
    listeners: Mapping[str, Listener] | None = None
    commands: Sequence[tuple[str, Any]] = ()
    templates: str = ""
