"""Reads a posted form, strictly and within a bound.

Only `application/x-www-form-urlencoded` (URL Standard §5): no page of ours
uploads a file, and a parser that is not there cannot be attacked.
"""

from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from curtilage.web.errors import FormTooLarge, MalformedForm

LIMIT = 1_048_576  # a pasted text of 256 Ki characters, percent-encoded, with room to spare
MOST_FIELDS = 64
FORM_TYPE = "application/x-www-form-urlencoded"


async def read_body(request: Request, *, limit: int = LIMIT) -> bytes:
    """The whole body. Raises FormTooLarge as soon as it is."""
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > limit:
                raise FormTooLarge
            parts.append(part)
    except ClientDisconnect:
        raise MalformedForm from None
    return b"".join(parts)


def parse_form(content_type: str, body: bytes) -> dict[str, str]:
    r"""Fields by name; line ends become `\n`. A field given twice is refused."""
    if content_type.partition(";")[0].strip().lower() != FORM_TYPE:
        raise MalformedForm
    return parse_fields(body)


def parse_fields(body: bytes) -> dict[str, str]:
    """As `parse_form`, of bytes that are known to be a form or a query."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except (UnicodeDecodeError, ValueError):
        raise MalformedForm from None
    fields = {name: value.replace("\r\n", "\n") for name, value in pairs}
    if len(fields) != len(pairs):
        raise MalformedForm
    return fields
