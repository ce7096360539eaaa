import orjson
import pytest
from starlette.requests import Request

from curtilage.core.errors import CurtilageError, DeniedError, LimitError
from curtilage.web.problem import encode_problem, error_page, wants_json


def a_request(path: str, accept: str) -> Request:
    headers = [(b"accept", accept.encode())] if accept else []
    return Request({"type": "http", "method": "GET", "path": path, "headers": headers})


@pytest.mark.parametrize(
    ("path", "accept", "expected"),
    [
        ("/console", "text/html,*/*;q=0.8", False),
        ("/api/scan", "text/html", False),
        ("/api/scan", "*/*", True),
        ("/api/scan", "", True),
        ("/console", "application/json", True),
        ("/console", "application/problem+json", True),
        ("/console", "*/*", False),
    ],
)
def test_programs_and_people_are_told_apart(path: str, accept: str, *, expected: bool) -> None:
    assert wants_json(a_request(path, accept)) is expected


def test_a_problem_document_repeats_the_title_only_where_there_is_no_detail() -> None:
    body = orjson.loads(encode_problem(DeniedError(), instance="i", secure=False).body)
    assert body["detail"] == body["title"] == "Not allowed"
    assert error_page(DeniedError(), instance="i").context["detail"] == ""


def test_waiting_is_advised_only_where_it_helps() -> None:
    assert "retry-after" not in encode_problem(LimitError(), instance="i", secure=True).headers
    assert error_page(LimitError(retry_after=3), instance="i").headers == {"retry-after": "3"}


def test_a_bug_is_an_error_like_any_other() -> None:
    page = error_page(CurtilageError(), instance="i")
    assert (page.status, page.context["title"]) == (500, "Something went wrong")
