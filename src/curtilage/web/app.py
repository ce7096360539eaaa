"""Builds the control plane's web application from what the slices hand in.

Knows no slice: routes, navigation and template folders come as lists, who is
behind a session comes through a port. Everything that answers over HTTP here
goes through one `Door`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from jinja2 import BytecodeCache
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.routing import Route as HttpRoute

from curtilage.core.door import Endpoint
from curtilage.core.entropy import Entropy
from curtilage.core.ids import Ids
from curtilage.core.models import Principal
from curtilage.core.page import Visit
from curtilage.core.refusal import Refusals, Uncounted
from curtilage.core.slice import NavItem, Route
from curtilage.web.cookies import Cookies
from curtilage.web.door import Door, holds
from curtilage.web.endpoints import endpoint_routes
from curtilage.web.errors import UnknownPage, WrongMethod
from curtilage.web.languages import Languages, load_languages
from curtilage.web.look import LANGUAGE, LOOK, switch_language, switch_look
from curtilage.web.openapi import document_route
from curtilage.web.own_pages import own_routes
from curtilage.web.ports import SessionReader
from curtilage.web.shell import Shell
from curtilage.web.static import PREFIX, Assets
from curtilage.web.templates import build_environments
from curtilage.web.visiting import Visiting


def build_web(
    *,
    routes: Sequence[Route],
    nav: Sequence[NavItem],
    templates: Mapping[str, str],
    sessions: SessionReader,
    key: bytes,
    entropy: Entropy,
    ids: Ids,
    origins: Sequence[str],
    sign_in: str = "/login",
    account: str = "/account",
    may: Callable[[Principal, str], bool] = holds,
    dev: bool = False,
    version: str = "0",
    compiled: BytecodeCache | None = None,
    endpoints: Sequence[Endpoint] = (),
    languages: Languages | None = None,
    refusals: Refusals | None = None,
) -> Starlette:
    """The application, ready to be served or mounted at the root.

    `templates` maps a slice's name to its folder. `key` (32 bytes, the same on
    every start) binds forms to visits. `origins` are the addresses people use,
    the public one first; other hosts are refused (DNS rebinding). `dev` adds
    the page of components. `version` stands in the OpenAPI document. `compiled` keeps
    compiled templates for a process that builds many applications. `languages`: all that
    there are, unless others are given. `refusals` counts what is refused.
    """
    spoken = languages or load_languages()
    secure = origins[0].startswith("https://")
    assets = Assets.load(secure=secure)
    places = tuple(sorted(nav, key=lambda item: item.order))
    permissions = {route.path: route.permission for route in routes if route.method == "GET"}
    home = Home(places, permissions, may, sign_in=sign_in, account=account)
    pages = (*routes, *own_routes(home=home.find, dev=dev))
    document = document_route(
        pages,
        endpoints=endpoints,
        version=version,
        address=origins[0],
        cookie=Cookies(secure).session,
    )
    door = Door(
        shell=Shell(
            build_environments(templates, assets, spoken, compiled=compiled), entropy, secure
        ),
        visiting=Visiting(sessions, key, entropy, secure, spoken),
        ids=ids,
        origins=frozenset(origins),
        nav=places,
        permissions=permissions,
        sign_in=sign_in,
        may=may,
        dev=dev,
        refusals=refusals or Uncounted(),
    )
    return _build_app(door, (*pages, document), endpoints, assets)


@dataclass(frozen=True, slots=True)
class Home:
    """Where `/` leads. `account` is the page of whoever may open no other."""

    places: Sequence[NavItem]
    permissions: Mapping[str, str]
    may: Callable[[Principal, str], bool]
    sign_in: str
    account: str

    def find(self, visit: Visit) -> str:
        """The first place that the visitor may open; else what everybody has."""
        if visit.principal is None:
            return self.places[0].path if self.places else self.sign_in
        for each in self.places:
            if self.may(visit.actor, self.permissions.get(each.path, "")):
                return each.path
        return self.account


def _build_app(
    door: Door, pages: Sequence[Route], endpoints: Sequence[Endpoint], assets: Assets
) -> Starlette:
    return Starlette(
        routes=[
            *(_http_route(door, route) for route in pages),
            *endpoint_routes(door, endpoints),
            _raw_route(door, "GET", PREFIX + "{name}", assets.serve),
            _raw_route(door, "POST", LOOK, partial(switch_look, door)),
            _raw_route(door, "POST", LANGUAGE, partial(switch_language, door)),
        ],
        exception_handlers={404: partial(_refuse, door), 405: partial(_refuse, door)},
    )


def _http_route(door: Door, route: Route) -> HttpRoute:
    async def answer(request: Request) -> Response:
        return await door.answer(route, request)

    return HttpRoute(route.path, answer, methods=[route.method], name=route.name or route.path)


def _raw_route(
    door: Door, method: str, path: str, answer: Callable[[Request], Awaitable[Response]]
) -> HttpRoute:
    """A route of the shell itself that needs no permission and shows no page."""

    async def guarded(request: Request) -> Response:
        return await door.guard(request, partial(answer, request), at=path)

    return HttpRoute(path, guarded, methods=[method], name=path)


async def _refuse(door: Door, request: Request, problem: Any) -> Response:
    if problem.status_code != 405:
        return await door.refuse(request, UnknownPage())
    response = await door.refuse(request, WrongMethod())
    response.headers["allow"] = ", ".join(_methods_at(request))  # RFC 9110 §15.5.6
    return response


def _methods_at(request: Request) -> Sequence[str]:
    """What the address of a request answers, whatever it was asked with."""
    routes = (route for route in request.app.routes if isinstance(route, HttpRoute))
    return sorted(
        {
            method
            for route in routes
            if route.matches(request.scope)[0] is not Match.NONE
            for method in route.methods or ()
        }
    )
