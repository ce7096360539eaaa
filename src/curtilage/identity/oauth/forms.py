"""Queries and forms of the protocol: percent-decoding in, addresses with answers out."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, quote, unquote_plus, urlencode

from curtilage.identity.oauth.errors import Fault, RequestRefused
from curtilage.identity.oauth.wire.parameters import Parameters

FORM_TYPE = "application/x-www-form-urlencoded"
MOST_BYTES = 32_768  # a pushed request with a few resources and claims is under 4 KiB
MOST_FIELDS = 64
# What a request to sign out may say (OpenID Connect RP-Initiated Logout §2).
LOGOUT_FIELDS = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")


def parse_parameters(raw: bytes) -> Parameters:
    """Parameters by name, in order. Raises `invalid_request` for what is no form."""
    if len(raw) > MOST_BYTES:
        raise RequestRefused(Fault.INVALID_REQUEST, "The request is too long.")
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except (UnicodeDecodeError, ValueError):
        raise RequestRefused(Fault.INVALID_REQUEST, "The request is not a form in UTF-8.") from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return Parameters({name: tuple(values) for name, values in found.items()})


def parse_form(content_type: str, body: bytes) -> Parameters:
    """As `parse_parameters`, of a body that says it is a form."""
    if content_type.partition(";")[0].strip().lower() != FORM_TYPE:
        raise RequestRefused(Fault.INVALID_REQUEST, f"Expected a body of {FORM_TYPE}.")
    return parse_parameters(body)


def decode_credential(raw: str) -> str:
    """An id or secret of a Basic header (RFC 6749 §2.3.1, form-encoded before)."""
    return unquote_plus(raw, errors="replace")


def add_answer(address: str, answer: Mapping[str, str]) -> str:
    """A redirect URI with the answer in its query, after what is there already."""
    if not answer:
        return address
    mark = "" if address[-1:] in ("?", "&") else "&" if "?" in address else "?"
    return address + mark + urlencode(answer, quote_via=quote)


def lead_through(path: str, onward: str, extra: Sequence[tuple[str, str]] = ()) -> str:
    """A path of ours that leads on to `onward` afterwards."""
    return f"{path}?{urlencode([('next', onward), *extra], quote_via=quote)}"
