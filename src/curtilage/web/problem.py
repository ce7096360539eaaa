"""One error, two renderings: a page for people, a problem document for programs."""

import orjson
from starlette.requests import Request
from starlette.responses import Response

from curtilage.core.errors import CurtilageError, LimitError
from curtilage.core.page import Page
from curtilage.core.problem import PROBLEM_TYPE, describe_problem
from curtilage.web.headers import data_headers


def wants_json(request: Request) -> bool:
    """Whether the client is a program: it says so, or it calls the API."""
    accept = request.headers.get("accept", "")
    if "text/html" in accept:
        return False
    return request.url.path.startswith("/api/") or "json" in accept


def encode_problem(error: CurtilageError, *, instance: str, secure: bool) -> Response:
    """RFC 9457. `instance` is the id under which our log knows the request."""
    body = describe_problem(error, instance=instance)
    headers = data_headers(secure=secure) | retry_headers(error) | {"content-type": PROBLEM_TYPE}
    return Response(orjson.dumps(body), status_code=error.status, headers=headers)


def error_page(error: CurtilageError, *, instance: str) -> Page:
    """The error as a page: what was unexpected, what to do, and a reference."""
    context = {
        "title": error.title,
        "detail": error.detail if error.detail != error.title else "",
        "hint": error.advice,
        "status": error.status,
        "reference": instance,
    }
    return Page("web/error.html", context, status=error.status, headers=retry_headers(error))


def retry_headers(error: CurtilageError) -> dict[str, str]:
    """`retry-after` where waiting helps (RFC 9110 §10.2.3)."""
    if isinstance(error, LimitError) and error.retry_after is not None:
        return {"retry-after": str(error.retry_after)}
    return {}
