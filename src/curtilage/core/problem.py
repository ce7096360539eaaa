"""An error as a problem document (RFC 9457): the shape that all but the model paths use."""

from curtilage.core.errors import CurtilageError

PROBLEM_TYPE = "application/problem+json"


def describe_problem(error: CurtilageError, *, instance: str) -> dict[str, str | int]:
    """The members of the document. `instance` is the id under which our log knows the request."""
    return {
        "type": f"/problems/{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": instance,
        "code": error.code,
        "hint": error.advice,
    }
