"""What browsers and people give to prove who they are: passkeys, and codes that are typed."""

import json
from collections.abc import Iterator

import cbor2

from curtilage.identity.wire.authenticator_data import parse_authenticator_data
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


def encoded(*documents: object) -> list[bytes]:
    return [json.dumps(document).encode() for document in documents]


def read_members(raw: bytes) -> object:
    return parse_members(raw, most_bytes=65_536)
