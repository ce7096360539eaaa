"""What browsers answer, read strictly and within limits."""

import json
from typing import Any

import cbor2
import pytest

from curtilage.identity.wire.errors import PasskeyUnreadable
from curtilage.identity.wire.webauthn_response import (
    MOST_RESPONSE,
    AssertionResponse,
    RegistrationResponse,
    parse_assertion,
    parse_registration,
)
from tests.software_authenticator import CHALLENGE, HANDLE, ORIGIN, SoftwareAuthenticator, base64url

pytestmark = [pytest.mark.requirement(49)]


def registration(made: dict[str, Any]) -> RegistrationResponse:
    return parse_registration(json.dumps(made).encode())


def assertion(shown: dict[str, Any]) -> AssertionResponse:
    return parse_assertion(json.dumps(shown).encode())


def changed(answer: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {**answer, "response": {**answer["response"], **members}}


MADE, SHOWN = SoftwareAuthenticator().create(), SoftwareAuthenticator().get()


def test_a_registration_is_read() -> None:
    read = registration(MADE)
    assert (read.credential_id, read.attestation_format) == (b"credential-0001", "none")
    assert (read.client.type, read.client.origin) == ("webauthn.create", ORIGIN)
    assert (read.client.challenge, read.client.cross_origin) == (CHALLENGE, False)
    assert read.client.top_origin is None


def test_an_assertion_is_read() -> None:
    read = assertion(SHOWN)
    assert (read.credential_id, read.user_handle) == (b"credential-0001", HANDLE)
    without = SoftwareAuthenticator().get(handle=None)
    assert assertion(without).user_handle is None
    del without["response"]["userHandle"]
    assert assertion(without).user_handle is None


def test_what_browsers_add_is_left_alone() -> None:
    added = {"publicKey": "AAAA", "publicKeyAlgorithm": -7, "authenticatorData": "AAAA"}
    assert registration(changed({**MADE, "new": {"in": ["2030"]}}, **added))
    client = {"other_keys_can_be_added_here": "do not compare", "tokenBinding": {"status": "x"}}
    assert registration(SoftwareAuthenticator().create(client=client))


def test_transports_are_kept_where_they_are_shaped_like_one() -> None:
    odd = ["usb", "usb", "nfc", "HYBRID", "", "<script>", "a" * 40, *"bcdefghijk"]
    read = registration(changed(MADE, transports=odd))
    assert read.transports == tuple("bcdefghi")
    silent = changed(MADE)
    del silent["response"]["transports"]
    assert registration(silent).transports == ()
    for wrong in ("usb", None, [1], {"usb": 1}):
        with pytest.raises(PasskeyUnreadable):
            registration(changed(MADE, transports=wrong))


@pytest.mark.parametrize(
    "members",
    [
        {"id": "b3RoZXI"},
        {"id": None},
        {"rawId": ""},
        {"rawId": 5},
        {"rawId": base64url(b"x" * 1024), "id": base64url(b"x" * 1024)},
        {"id": "Y3JlZGVudGlhbC0wMDAx=", "rawId": "Y3JlZGVudGlhbC0wMDAx="},
        {"type": "password"},
        {"type": None},
        {"response": None},
        {"response": []},
    ],
)
def test_an_answer_that_is_no_credential_is_refused(members: dict[str, Any]) -> None:
    for read, answer in ((registration, MADE), (assertion, SHOWN)):
        assert read(answer)
        with pytest.raises(PasskeyUnreadable):
            read({**answer, **members})


@pytest.mark.parametrize(
    "client",
    [
        {"type_": None},
        {"type_": 5},
        {"challenge": None},
        {"challenge": "not base64url!"},
        {"challenge": "YQ=="},
        {"origin": None},
        {"origin": [ORIGIN]},
        {"crossOrigin": "false"},
        {"crossOrigin": 0},
        {"topOrigin": 5},
        {"topOrigin": {}},
        {"filler": "x" * 5000},
    ],
)
def test_client_data_of_another_shape_is_refused(client: dict[str, Any]) -> None:
    authenticator = SoftwareAuthenticator()
    for read, answer in (
        (registration, authenticator.create(client=client)),
        (assertion, authenticator.get(client=client)),
    ):
        with pytest.raises(PasskeyUnreadable):
            read(answer)


@pytest.mark.parametrize("raw", [b"{}", b"null", b'{"type":"a","type":"b"}', b"\xff", b"{" * 100])
def test_client_data_that_is_no_strict_json_is_refused(raw: bytes) -> None:
    with pytest.raises(PasskeyUnreadable):
        assertion(changed(SHOWN, clientDataJSON=base64url(raw)))


def attestation(**parts: Any) -> bytes:
    data = SoftwareAuthenticator().authenticator_data(attested=True)
    found = {"fmt": "none", "attStmt": {}, "authData": data, **parts}
    return cbor2.dumps({name: value for name, value in found.items() if value is not None})


@pytest.mark.parametrize(
    "raw",
    [
        b"\x01",
        attestation() + b"\x00",
        attestation(fmt=None),
        attestation(attStmt=None),
        attestation(authData=None),
        attestation(more=1),
        attestation(fmt=1),
        attestation(attStmt=[]),
        attestation(authData="text"),
        attestation(authData=b"short"),
        attestation(attStmt={"sig": b"x" * 17_000}),
    ],
)
def test_an_attestation_of_another_shape_is_refused(raw: bytes) -> None:
    assert registration(changed(MADE, attestationObject=base64url(attestation())))
    with pytest.raises(PasskeyUnreadable):
        registration(changed(MADE, attestationObject=base64url(raw)))


@pytest.mark.parametrize(
    "members",
    [
        {"signature": ""},
        {"signature": None},
        {"signature": base64url(b"x" * 1025)},
        {"authenticatorData": base64url(b"x" * 36)},
        {"authenticatorData": base64url(b"x" * 5000)},
        {"userHandle": ""},
        {"userHandle": 5},
        {"userHandle": base64url(b"x" * 65)},
    ],
)
def test_an_assertion_of_another_shape_is_refused(members: dict[str, Any]) -> None:
    with pytest.raises(PasskeyUnreadable):
        assertion(changed(SHOWN, **members))


def test_an_answer_that_is_too_long_is_refused_unread() -> None:
    assert registration({**MADE, "more": "x" * 40_000})
    with pytest.raises(PasskeyUnreadable):
        registration({**MADE, "more": "x" * MOST_RESPONSE})


def test_nothing_that_was_sent_is_in_the_refusal_or_in_what_is_shown() -> None:
    with pytest.raises(PasskeyUnreadable) as refused:
        assertion(changed(SHOWN, signature="secret words"))
    assert "secret" not in f"{refused.value} {refused.value.advice}"
    assert "challenge" not in repr(assertion(SHOWN).client.challenge.hex())
    shown = repr(assertion(SHOWN))
    assert repr(HANDLE) not in shown and repr(CHALLENGE) not in shown
