"""The few pages that belong to the shell itself."""

from collections.abc import Callable, Sequence

from curtilage.core.errors import CurtilageError
from curtilage.core.page import Page, SeeOther, Visit
from curtilage.core.slice import Route
from curtilage.web.errors import UnknownPage
from curtilage.web.kit import kit_page


def own_routes(*, home: Callable[[Visit], str], dev: bool) -> Sequence[Route]:
    """Home, what each problem code means, and in development all components."""

    async def go_home(visit: Visit) -> SeeOther:
        return SeeOther(home(visit))

    routes = [
        Route("GET", "/", go_home, permission="", name="web.home"),
        Route("GET", "/console", go_home, permission="", name="web.console"),
        Route("GET", "/problems/{code}", show_problem, permission="", name="web.problem"),
    ]
    if dev:
        routes.append(Route("GET", "/console/_kit", kit_page, permission="", name="web.kit"))
    return routes


async def show_problem(visit: Visit) -> Page:
    """What a problem code means: the page that RFC 9457's `type` leads to."""
    known = {kind.code: kind for kind in every_error(CurtilageError)}
    found = known.get(visit.params["code"])
    if found is None:
        raise UnknownPage
    context = {"code": found.code, "title": found.title, "hint": found.hint, "status": found.status}
    return Page("web/problem.html", context)


def every_error(kind: type[CurtilageError]) -> list[type[CurtilageError]]:
    """An error class and all that were made from it."""
    return [kind, *(error for child in kind.__subclasses__() for error in every_error(child))]
