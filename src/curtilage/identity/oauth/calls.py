"""Reads the calls of the protocol, and turns what is refused into its errors."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from curtilage.core.door import Call, Endpoint, Headers, Reply
from curtilage.core.errors import UnavailableError
from curtilage.core.refusal import Refusal
from curtilage.identity.oauth.errors import (
    ClientRefused,
    Fault,
    RequestRefused,
    TokenRefused,
    UnacceptableClient,
)
from curtilage.identity.oauth.forms import FORM_TYPE, parse_form, parse_parameters
from curtilage.identity.oauth.replies import (
    encode_client_refusal,
    encode_other,
    encode_refusal,
    encode_registration_refusal,
    encode_token_refusal,
    encode_unavailable,
)
from curtilage.identity.oauth.rules.keys import CACHE
from curtilage.identity.oauth.wire.parameters import Parameters

MOST_BYTES = 32_768
Answer: TypeAlias = Callable[[Call], Awaitable[Reply]]


def endpoint_at(
    method: str, path: str, answer: Answer, *, is_open: bool = True, is_page: bool = False
) -> Endpoint:
    """A route of the protocol, whose errors are the protocol's. `is_open`: see `core.door`.

    `is_page` for those to which a person's browser is sent: what the shell refuses is a page."""
    name = f"oauth.{path.strip('/').replace('/', '.')}-{method.lower()}"
    return Endpoint(
        method,
        path,
        answer_errors(answer),
        name,
        is_open=is_open,
        most_bytes=MOST_BYTES,
        refuse=None if is_page else encode_other,
    )


def answer_errors(answer: Answer) -> Answer:
    """Turn what is raised into the error of the protocol."""

    async def guarded(call: Call) -> Reply:
        try:
            return await answer(call)
        except RequestRefused as refusal:
            return encode_refusal(refusal)
        except ClientRefused as refusal:
            return encode_client_refusal(refusal)
        except TokenRefused as refusal:
            return encode_token_refusal(refusal)
        except UnacceptableClient as refusal:
            return encode_registration_refusal(refusal)
        except UnavailableError:
            return encode_unavailable()

    return guarded


@contextmanager
def blaming(client: str) -> Iterator[None]:
    """What is refused inside is counted for this client, which proved who it is."""
    try:
        yield
    except (RequestRefused, ClientRefused) as refusal:
        refusal.client = client
        raise


def read_parameters(call: Call) -> Parameters:
    if call.method == "GET":
        return parse_parameters(call.query)
    return parse_form(read_header(call, "content-type"), call.body)


def read_header(call: Call, name: str) -> str:
    values = call.values(name)
    return values[0] if len(values) == 1 else ""


def find_token(call: Call) -> tuple[str, str]:
    """Scheme and token of the one Authorization header, or of the form (RFC 6750 §2.2).

    Never of the query: addresses end in logs. Two tokens are refused."""
    header = read_header(call, "authorization")
    scheme, _, token = header.partition(" ")
    scheme = scheme.lower()
    in_form = ""
    if call.method == "POST" and read_header(call, "content-type").startswith(FORM_TYPE):
        in_form = parse_parameters(call.body).find("access_token")
    if in_form and header:
        raise RequestRefused(Fault.INVALID_REQUEST, "The token was sent in two ways.")
    if in_form:
        return "bearer", in_form
    return (scheme, token.strip()) if scheme in ("bearer", "dpop") else ("", "")


def see_other(location: str, *, refused: Refusal | None = None) -> Reply:
    """303 and never 307, which would send the form on (RFC 9700 §4.12)."""
    return Reply(status=303, headers=(("location", location),), refused=refused)


def cached() -> Headers:
    return (("cache-control", f"public, max-age={int(CACHE.total_seconds())}"),)
