"""Light or dark, and the language: forms, so that both switch without a script."""

from collections.abc import Collection, Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curtilage.web.cookies import LOOKS
from curtilage.web.door import Door, is_local
from curtilage.web.errors import MalformedForm
from curtilage.web.form import read_body

LOOK = "/look"
LANGUAGE = "/language"


async def switch_look(door: Door, request: Request) -> Response:
    """Remember the look in a cookie of this browser and go back to the page."""
    visitor = await door.visiting.read(request)
    form = door.read_form(request, visitor, await read_body(request))
    return _switch(door, form, field="look", cookie=door.visiting.cookies.look, among=LOOKS)


async def switch_language(door: Door, request: Request) -> Response:
    """Remember the language, which comes before what the browser and apps ask for.

    Whoever is signed in is written to in it as well."""
    visiting = door.visiting
    visitor = await visiting.read(request)
    form = door.read_form(request, visitor, await read_body(request))
    tags = visiting.languages.tags
    response = _switch(door, form, field="language", cookie=visiting.cookies.language, among=tags)
    if visitor.signed_in is not None:
        await visiting.sessions.keep_language(visitor.signed_in, form["language"])
    return response


def _switch(
    door: Door, form: Mapping[str, str], *, field: str, cookie: str, among: Collection[str]
) -> Response:
    choice, back = form.get(field, ""), form.get("back", "/")
    if choice not in among:
        raise MalformedForm
    target = back if is_local(back) else "/"
    response = RedirectResponse(target, status_code=303, headers=door.data_headers())
    door.visiting.cookies.put(response, cookie, choice)
    return response
