"""What browsers, files and services give about people: passkeys, leaked passwords, mail."""

import json
from collections.abc import Iterator

import cbor2

from curtilage.identity.breach_format import Layout, encode_layout, parse_layout
from curtilage.identity.mail import parse_address
from curtilage.identity.wire.authenticator_data import parse_authenticator_data
from curtilage.identity.wire.breach_range import parse_range
from curtilage.identity.wire.cbor import parse_cbor, parse_cbor_item
from curtilage.identity.wire.webauthn_json import encode_base64url, parse_base64url, parse_members
from curtilage.identity.wire.webauthn_response import parse_assertion, parse_registration
from tests.property.fuzz.target import Target
from tests.software_authenticator import SoftwareAuthenticator


def authenticator_targets() -> Iterator[Target]:
    """Browsers' answers as a whole and by their parts, so that every part is reached."""
    authenticator = SoftwareAuthenticator()
    made = [authenticator.create(), authenticator.create(attestation="packed")]
    data = authenticator.authenticator_data(attested=True, extensions={"credProtect": 2})
    key = cbor2.dumps({**authenticator.cose, "x5c": [b"x", True, None]})
    yield Target("new passkey", (parse_registration,), encoded(*made), parse_registration)
    yield Target("shown passkey", (parse_assertion,), encoded(authenticator.get()), parse_assertion)
    yield Target(
        "authenticator data", (parse_authenticator_data,), [data], parse_authenticator_data
    )
    yield Target(
        "CBOR of authenticators", (parse_cbor, parse_cbor_item), [key], parse_cbor, cbor2.dumps
    )
    yield Target(
        "members of a passkey", (parse_members,), encoded({"a": {"b": [1, "c"]}}), read_members
    )
    yield Target(
        "base64url of a passkey", (parse_base64url,), ["YWJj"], parse_base64url, encode_base64url
    )


def more_targets() -> Iterator[Target]:
    """The head of a filter, the answer of a service, an address."""
    head, rest = encode_layout(Layout(300, 1500, b"b" * 32)), "1E4C9B93F3F0682250B6CF8331B7EE68FD8"
    ranges = [f"{rest}:52256179\r\n{'0' * 35}:0\r\n".encode()]
    yield Target("leaked passwords", (parse_layout,), [head], parse_layout, encode_layout)
    yield Target("range of leaked passwords", (parse_range,), ranges, parse_range)
    yield Target("mail address", (parse_address,), ["ada@mail.example"], parse_address, str)


def encoded(*documents: object) -> list[bytes]:
    return [json.dumps(document).encode() for document in documents]


def read_members(raw: bytes) -> object:
    return parse_members(raw, most_bytes=65_536)
