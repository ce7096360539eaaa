"""The one way in: from an HTTP request to a slice's endpoint and back.

For every route: the host is ours, the form is from our own page, the visitor
holds the route's permission. Then the endpoint, then its answer in our shell.
Whatever is raised becomes an error page or a problem document here, and what
nobody foresaw is logged by its type alone: its message may hold a value. Each refusal is
counted under the name of the route and a code, and under nothing that was sent.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curtilage.core.authority import Authority, MissingRight
from curtilage.core.errors import CurtilageError
from curtilage.core.ids import Ids
from curtilage.core.models import Principal
from curtilage.core.page import Download, Leave, Page, SeeOther, Visit
from curtilage.core.refusal import Refusal, Refusals, Uncounted
from curtilage.core.slice import NavItem, Route
from curtilage.core.words import say
from curtilage.web.csrf import FIELD, verify_origin
from curtilage.web.errors import SignInNeeded, WrongHost
from curtilage.web.form import FORM_TYPE, parse_fields, parse_form, read_body
from curtilage.web.headers import data_headers
from curtilage.web.problem import encode_problem, error_page, wants_json
from curtilage.web.shell import Frame, Shell
from curtilage.web.visiting import Visiting, Visitor

log = logging.getLogger("curtilage.web")
SAFE = frozenset({"GET", "HEAD"})
LEAST_ERROR = 400  # statuses from here on say that something was refused (RFC 9110 §15.5)
LONGEST_AGENT = 256
Tell = Callable[[CurtilageError], Response]
NOWHERE = "no-route"  # where what no route answers is counted
LONGEST_PATH = 2000  # what we send people on to; longer ones are not ours


def holds(principal: Principal, permission: str) -> bool:
    """Whether the principal has the right, by name or by a role of the product."""
    return permission in Authority().list_held(principal)


@dataclass(frozen=True, slots=True)
class Door:
    """Everything that an answer needs, built once."""

    shell: Shell
    visiting: Visiting
    ids: Ids
    origins: frozenset[str]
    nav: Sequence[NavItem]
    permissions: Mapping[str, str]
    sign_in: str
    may: Callable[[Principal, str], bool]
    dev: bool
    refusals: Refusals = Uncounted()  # noqa: RUF009 -- frozen

    async def answer(self, route: Route, request: Request) -> Response:
        """Answer one request to one route."""
        at = route.name or route.path
        return await self.guard(request, lambda: self._answer(route, request, at), at=at)

    async def guard(
        self,
        request: Request,
        work: Callable[[], Awaitable[Response]],
        *,
        at: str,
        tell: Tell | None = None,
    ) -> Response:
        """Run `work`; turn what it raises into an answer, by `tell` where the route has its own.

        `at` names the route."""
        try:
            self._check_host(request)
            return await work()
        except CurtilageError as error:
            return await self.refuse(request, error, at=at, tell=tell)
        except Exception as bug:  # noqa: BLE001 - the door: nothing may escape with a value in it
            log.error("a page failed", extra={"event": "bug", "code": type(bug).__name__})
            return await self.refuse(request, CurtilageError(), at=at, tell=tell)

    def count(self, at: str, refused: Refusal | None, status: int = 200) -> None:
        """Count an answer that is a refusal, by its own word or else by its status."""
        if refused is not None or status >= LEAST_ERROR:
            self.refusals.count(at, refused or Refusal(str(status)))

    async def refuse(
        self,
        request: Request,
        error: CurtilageError,
        *,
        at: str = NOWHERE,
        tell: Tell | None = None,
    ) -> Response:
        """The error in the form that the client reads."""
        reference = self.ids.new()
        if not self._is_everyday(request, error):
            self.count(at, Refusal(error.code))
        if tell is not None:
            return tell(error)
        if wants_json(request):
            return encode_problem(error, instance=reference, secure=self.shell.secure)
        if isinstance(error, SignInNeeded):
            return self._to_sign_in(request)
        visitor = await self._visitor_for_error(request)
        return self._show(error_page(error, instance=reference), request, visitor)

    def _is_everyday(self, request: Request, error: CurtilageError) -> bool:
        """Somebody without any session who opens a page is refused nothing: they sign in."""
        return (
            isinstance(error, SignInNeeded)
            and not wants_json(request)
            and self.visiting.cookies.session not in request.cookies
        )

    async def _answer(self, route: Route, request: Request, at: str) -> Response:
        visitor = await self.visiting.read(request)
        body = b"" if request.method in SAFE else await read_body(request)
        form = self.read_form(request, visitor, body)
        self._check_permission(route, visitor)
        visit = self._visit(request, visitor, form, body)
        answer = await route.endpoint(visit)
        response = self._render(answer, request, visitor)
        refused = None if isinstance(answer, Download) else answer.refused
        self.count(at, refused, response.status_code)
        self.visiting.keep_asked(response, request)
        return response

    def _check_host(self, request: Request) -> None:
        host = request.headers.get("host", "").lower()
        if host not in {urlsplit(origin).netloc for origin in self.origins}:
            raise WrongHost

    def read_form(self, request: Request, visitor: Visitor, body: bytes) -> dict[str, str]:
        """The fields of a form that is proved to be from our own page.

        A program that calls the API without any session has no authority that
        another site could borrow, so it sends no token.
        """
        if request.method in SAFE:
            return {}
        verify_origin(
            request.headers.get("origin"),
            request.headers.get("sec-fetch-site"),
            expected=self.origins,
        )
        content_type = request.headers.get("content-type", "")
        if request.url.path.startswith("/api/") and not visitor.session:
            return parse_form(content_type, body) if content_type.startswith(FORM_TYPE) else {}
        form = parse_form(content_type, body)
        self.visiting.verify(visitor, form.pop(FIELD, ""))
        return form

    def _check_permission(self, route: Route, visitor: Visitor) -> None:
        if route.permission == "":
            return
        if visitor.signed_in is None:
            raise SignInNeeded
        if not self.may(visitor.signed_in.principal, route.permission):
            raise MissingRight(say("This page needs the right {right}.", right=route.permission))

    def _visit(
        self, request: Request, visitor: Visitor, form: Mapping[str, str], body: bytes
    ) -> Visit:
        return Visit(
            principal=visitor.signed_in.principal if visitor.signed_in else None,
            path=request.url.path,
            params={name: str(value) for name, value in request.path_params.items()},
            query=parse_fields(request.scope.get("query_string", b"")),
            form=form,
            body=body,
            session=visitor.session,
            fragment=request.headers.get("hx-request") == "true",
            peer=request.client.host if request.client else "",
            browser=visitor.form_secret,
            agent=request.headers.get("user-agent", "")[:LONGEST_AGENT],
            language=visitor.language.tag,
        )

    def _render(self, answer: Any, request: Request, visitor: Visitor) -> Response:
        if isinstance(answer, Page):
            here = _here(request) if answer.status < 400 else ""  # a problem is not echoed
            return self._show(answer, request, visitor, here=here)
        if isinstance(answer, SeeOther):
            return self._move(answer, visitor)
        if isinstance(answer, Download):
            return self._hand_over(answer)
        if isinstance(answer, Leave):
            return self._leave(answer)
        raise TypeError("expected an endpoint to give a Page, a SeeOther, a Leave or a Download")

    def _show(self, page: Page, request: Request, visitor: Visitor, *, here: str = "") -> Response:
        response = self.shell.render(page, self._frame(request, visitor, here))
        self.visiting.after_page(response, visitor)
        return response

    def _move(self, move: SeeOther, visitor: Visitor) -> Response:
        location = move.location if is_local(move.location) else "/"
        response = RedirectResponse(location, status_code=303, headers=self.data_headers())
        self.visiting.after_move(response, move, visitor)
        return response

    def _leave(self, leave: Leave) -> Response:
        """303 and never 307, which would send the form on (RFC 9700 §4.12)."""
        headers = self.data_headers() | {"location": leave.location}
        return Response(status_code=303, headers=headers)

    def _hand_over(self, download: Download) -> Response:
        headers = {name.lower(): value for name, value in download.headers.items()}
        cache = headers.get("cache-control", "no-store")
        headers |= data_headers(secure=self.shell.secure, cache=cache)
        headers["content-type"] = download.media_type
        if download.filename:
            name = quote(download.filename, safe="")
            headers["content-disposition"] = f"attachment; filename*=UTF-8''{name}"
        return Response(download.body, status_code=download.status, headers=headers)

    def _frame(self, request: Request, visitor: Visitor, here: str) -> Frame:
        return Frame(
            path=request.url.path,
            nonce=self.shell.new_nonce(),
            csrf=self.visiting.token(visitor),
            look=visitor.look,
            nav=self._places(visitor),
            signed_in=visitor.signed_in,
            flash=visitor.flash,
            dev=self.dev,
            language=visitor.language,
            languages=self.visiting.languages.every,
            here=here,
        )

    def _places(self, visitor: Visitor) -> Sequence[NavItem]:
        """The navigation, without places that this person may not open."""
        if visitor.signed_in is None:
            return ()
        principal = visitor.signed_in.principal
        return tuple(
            item
            for item in self.nav
            if (permission := self.permissions.get(item.path, "")) == ""
            or self.may(principal, permission)
        )

    def _to_sign_in(self, request: Request) -> Response:
        """Send a visitor to the sign-in page, and back here afterwards."""
        if request.headers.get("hx-request") == "true":
            headers = self.data_headers() | {"hx-redirect": self.sign_in}
            return Response(status_code=401, headers=headers)
        target = self.sign_in
        if request.method in SAFE:
            target += "?next=" + quote(request.url.path, safe="/")
        return RedirectResponse(target, status_code=303, headers=self.data_headers())

    async def _visitor_for_error(self, request: Request) -> Visitor:
        """Who reads the error page; nobody where even that cannot be found out."""
        try:
            return await self.visiting.read(request)
        except Exception:  # noqa: BLE001 - the store behind sessions may be what failed
            language = self.visiting.language_of(request)
            return Visitor(signed_in=None, session="", form_secret="unbound", language=language)

    def data_headers(self) -> dict[str, str]:
        """Headers of an answer that shows nothing."""
        return data_headers(secure=self.shell.secure)


def _here(request: Request) -> str:
    """Where a switch of the page leads back to, "" where that would not show it again."""
    query = request.scope.get("query_string", b"").decode("latin-1")
    here = f"{request.url.path}?{query}" if query else request.url.path
    return here if request.method in SAFE and is_local(here) else ""


def is_local(location: str) -> bool:
    r"""Whether a location is a path of ours, which no reader can take for another site.

    Browsers take `//host`, `/\host` and a tab in between for another host
    (URL Standard §4.4), hence the narrow test.
    """
    return (
        location.startswith("/")
        and not location.startswith(("//", "/\\"))
        and "\\" not in location
        and location.isascii()
        and location.isprintable()
        and len(location) <= LONGEST_PATH
    )
