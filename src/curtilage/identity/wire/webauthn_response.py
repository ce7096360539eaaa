"""What a browser answers to a passkey's ceremony, read and not yet judged.

`PublicKeyCredential.toJSON()` (Web Authentication Level 3 §5.1). Members that browsers
and password managers add are left alone; so are the copies of signed values that they lay
beside them (`publicKey`, `authenticatorData` of a registration), and what they say of
extensions, which nobody signed.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from curtilage.identity.wire.authenticator_data import (
    LONGEST_CREDENTIAL_ID,
    AuthenticatorData,
    parse_authenticator_data,
)
from curtilage.identity.wire.cbor import Cbor, parse_cbor
from curtilage.identity.wire.errors import PasskeyUnreadable
from curtilage.identity.wire.webauthn_json import (
    parse_base64url,
    parse_members,
    take_bytes,
    take_members,
    take_text,
)

MOST_RESPONSE = 65_536  # bytes of the whole
MOST_CLIENT_DATA = 4096  # origins and a challenge; browsers add a sentence of warning
MOST_ATTESTATION = 16_384  # the longest chains of certificates have some six thousand
MOST_AUTHENTICATOR_DATA = 4096
MOST_SIGNATURE = 1024  # RSA of 8192 bits
MOST_USER_HANDLE = 64  # §5.4.3
MOST_TRANSPORTS = 8

_TRANSPORT = re.compile(r"[a-z][a-z-]{0,31}")


@dataclass(frozen=True, slots=True)
class ClientData:
    """What the browser says it did (§5.8.1). It does so in the bytes `raw`, which are signed."""

    raw: bytes = field(repr=False)
    type: str
    challenge: bytes = field(repr=False)
    origin: str
    cross_origin: bool = False
    top_origin: str | None = None


@dataclass(frozen=True, slots=True)
class RegistrationResponse:
    """A passkey that somebody made."""

    credential_id: bytes
    client: ClientData
    attestation_object: bytes = field(repr=False)
    attestation_format: str
    statement: dict[int | str, Cbor] = field(repr=False)
    authenticator: AuthenticatorData
    transports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AssertionResponse:
    """A passkey that somebody shows. `credential_id` is what to look its record up by."""

    credential_id: bytes
    client: ClientData
    authenticator: AuthenticatorData
    authenticator_data: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    user_handle: bytes | None = field(default=None, repr=False)


def parse_registration(raw: bytes) -> RegistrationResponse:
    """What `navigator.credentials.create()` gave. Raises `PasskeyUnreadable`."""
    credential_id, response = _read_credential(raw)
    attestation = take_bytes(response, "attestationObject", most=MOST_ATTESTATION)
    name, statement, authenticator_data = _read_attestation(attestation)
    return RegistrationResponse(
        credential_id,
        _read_client_data(response),
        attestation,
        name,
        statement,
        parse_authenticator_data(authenticator_data),
        _read_transports(response),
    )


def parse_assertion(raw: bytes) -> AssertionResponse:
    """What `navigator.credentials.get()` gave. Raises `PasskeyUnreadable`."""
    credential_id, response = _read_credential(raw)
    data = take_bytes(response, "authenticatorData", most=MOST_AUTHENTICATOR_DATA)
    handle = response.get("userHandle")
    return AssertionResponse(
        credential_id,
        _read_client_data(response),
        parse_authenticator_data(data),
        data,
        take_bytes(response, "signature", most=MOST_SIGNATURE),
        None if handle is None else take_bytes(response, "userHandle", most=MOST_USER_HANDLE),
    )


def _read_credential(raw: bytes) -> tuple[bytes, dict[str, Any]]:
    members = parse_members(raw, most_bytes=MOST_RESPONSE)
    credential_id = take_bytes(members, "rawId", most=LONGEST_CREDENTIAL_ID)
    if members["rawId"] != members.get("id") or members.get("type") != "public-key":
        raise PasskeyUnreadable
    return credential_id, take_members(members, "response")


def _read_attestation(raw: bytes) -> tuple[str, dict[int | str, Cbor], bytes]:
    """§6.5: a map of these three and no others."""
    found = parse_cbor(raw)
    if not isinstance(found, dict) or set(found) != {"fmt", "attStmt", "authData"}:
        raise PasskeyUnreadable
    name, statement, data = found["fmt"], found["attStmt"], found["authData"]
    if not (isinstance(name, str) and isinstance(statement, dict) and isinstance(data, bytes)):
        raise PasskeyUnreadable
    return name, statement, data


def _read_client_data(response: dict[str, Any]) -> ClientData:
    raw = take_bytes(response, "clientDataJSON", most=MOST_CLIENT_DATA)
    members = parse_members(raw, most_bytes=MOST_CLIENT_DATA)
    crossing, top = members.get("crossOrigin", False), members.get("topOrigin")
    if not isinstance(crossing, bool) or not isinstance(top, str | None):
        raise PasskeyUnreadable
    return ClientData(
        raw,
        take_text(members, "type"),
        parse_base64url(take_text(members, "challenge")),
        take_text(members, "origin"),
        crossing,
        top,
    )


def _read_transports(response: dict[str, Any]) -> tuple[str, ...]:
    """How the key can be reached again (§5.8.4), the names that are shaped like one."""
    raw = response.get("transports", [])
    if not isinstance(raw, list) or not all(isinstance(each, str) for each in raw):
        raise PasskeyUnreadable
    names = sorted({each for each in raw if _TRANSPORT.fullmatch(each)})
    return tuple(names[:MOST_TRANSPORTS])
