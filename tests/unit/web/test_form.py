import pytest
from starlette.requests import Request

from curtilage.web.errors import FormTooLarge, MalformedForm
from curtilage.web.form import FORM_TYPE, LIMIT, parse_fields, parse_form, read_body


def test_fields_come_out_as_they_were_typed() -> None:
    body = b"name=Zo%C3%AB+%26+co&text=one%0D%0Atwo&empty="
    expected = {"name": "Zoë & co", "text": "one\ntwo", "empty": ""}
    assert parse_form(f"{FORM_TYPE}; charset=utf-8", body) == expected


@pytest.mark.parametrize(
    "content_type", ["", "application/json", "multipart/form-data; boundary=x", "text/plain"]
)
def test_any_other_kind_of_body_is_refused(content_type: str) -> None:
    with pytest.raises(MalformedForm):
        parse_form(content_type, b"a=b")


@pytest.mark.parametrize(
    "body",
    [
        b"a=%ff",
        b"a=%ed%a0%80",
        "a=ä".encode(),
        b"a=1&a=2",
        b"&".join(b"f%d=x" % number for number in range(65)),
    ],
    ids=["not UTF-8", "lone surrogate", "raw bytes", "twice the same field", "too many fields"],
)
def test_a_form_that_can_be_read_in_two_ways_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedForm):
        parse_fields(body)


async def test_a_body_over_the_limit_is_refused_before_it_is_whole() -> None:
    taken = 0

    async def receive() -> dict[str, object]:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": b"x" * (LIMIT // 4), "more_body": True}

    with pytest.raises(FormTooLarge):
        await read_body(Request({"type": "http", "method": "POST", "headers": []}, receive))
    assert taken == 5


async def test_a_visitor_who_hangs_up_leaves_nothing() -> None:
    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    with pytest.raises(MalformedForm):
        await read_body(Request({"type": "http", "method": "POST", "headers": []}, receive))
