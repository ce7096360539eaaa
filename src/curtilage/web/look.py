"""Light or dark, and the language: forms, so that both switch without a script."""

from collections.abc import Collection

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
    cookie = door.visiting.cookies.look
    return await _switch(door, request, field="look", cookie=cookie, among=LOOKS)


async def switch_language(door: Door, request: Request) -> Response:
    """Remember the language, which comes before what the browser and apps ask for."""
    cookie, tags = door.visiting.cookies.language, door.visiting.languages.tags
    return await _switch(door, request, field="language", cookie=cookie, among=tags)


async def _switch(
    door: Door, request: Request, *, field: str, cookie: str, among: Collection[str]
) -> Response:
    visitor = await door.visiting.read(request)
    form = door.read_form(request, visitor, await read_body(request))
    choice, back = form.get(field, ""), form.get("back", "/")
    if choice not in among:
        raise MalformedForm
    target = back if is_local(back) else "/"
    response = RedirectResponse(target, status_code=303, headers=door.data_headers())
    door.visiting.cookies.put(response, cookie, choice)
    return response
