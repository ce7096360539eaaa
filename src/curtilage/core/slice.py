"""What a slice hands to the composition root.

A lower floor speaks upward by what its `build.py` returns here. `app.console`
gathers routes, navigation, templates and jobs, `cli.slices` checks and commands;
nothing is registered anywhere else.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from curtilage.core.door import Endpoint
from curtilage.core.models import Observation
from curtilage.core.page import Page

Check = Callable[[], Sequence[Observation]]


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
    it takes the request and gives a `Page` or a response. `gives` is the media type
    of what is no page; "" is a page.
    """

    method: str
    path: str
    endpoint: Callable[..., Awaitable[Page | Any]]
    permission: str
    name: str = ""
    gives: str = ""


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
    """What a slice offers upward: to the control process, or to the command line."""

    name: str
    routes: Sequence[Route] = ()
    endpoints: Sequence[Endpoint] = ()
    nav: Sequence[NavItem] = ()
    checks: Sequence[Check] = ()
    jobs: Sequence[Job] = ()
    commands: Sequence[tuple[str, Any]] = ()
    templates: str = ""
