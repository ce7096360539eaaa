"""Light, dark, or as the machine is set: a form, so that it works without a script."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curtilage.web.cookies import LOOKS
from curtilage.web.door import Door, is_local
from curtilage.web.errors import MalformedForm
from curtilage.web.form import read_body

PATH = "/look"


async def switch_look(door: Door, request: Request) -> Response:
    """Remember the look in a cookie of this browser and go back to the page."""
    visitor = await door.visiting.read(request)
    form = door.read_form(request, visitor, await read_body(request))
    look, back = form.get("look", ""), form.get("back", "/")
    if look not in LOOKS:
        raise MalformedForm
    target = back if is_local(back) else "/"
    response = RedirectResponse(target, status_code=303, headers=door.data_headers())
    door.visiting.cookies.put(response, door.visiting.cookies.look, look)
    return response
