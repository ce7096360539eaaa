"""Authenticator data, byte by byte."""

import cbor2
import pytest

from curtilage.identity.wire.authenticator_data import (
    BACKED_UP,
    LONGEST_CREDENTIAL_ID,
    MOST_EXTENSIONS,
    PRESENT,
    VERIFIED,
    parse_authenticator_data,
)
from curtilage.identity.wire.errors import PasskeyUnreadable
from tests.software_authenticator import SoftwareAuthenticator

pytestmark = [pytest.mark.requirement(49)]


def test_the_parts_come_out() -> None:
    authenticator = SoftwareAuthenticator(aaguid=b"model-of-sixteen", counter=258)
    data = parse_authenticator_data(
        authenticator.authenticator_data(attested=True, extensions={"credProtect": 3})
    )
    assert data.says(PRESENT) and data.says(VERIFIED) and data.says(BACKED_UP)
    assert data.sign_count == 258
    assert data.credential is not None
    assert data.credential.aaguid == b"model-of-sixteen"
    assert data.credential.id == authenticator.credential_id
    assert cbor2.loads(data.credential.public_key) == authenticator.cose


def test_a_length_that_is_allowed_is_read_and_one_more_is_not() -> None:
    longest = SoftwareAuthenticator(credential_id=b"x" * LONGEST_CREDENTIAL_ID)
    assert parse_authenticator_data(longest.authenticator_data(attested=True)).credential
    for credential_id in (b"", b"x" * (LONGEST_CREDENTIAL_ID + 1)):
        wrong = SoftwareAuthenticator(credential_id=credential_id)
        with pytest.raises(PasskeyUnreadable):
            parse_authenticator_data(wrong.authenticator_data(attested=True))


def test_extension_outputs_are_bounded_and_be_a_map() -> None:
    authenticator = SoftwareAuthenticator()
    small = {"x": b"y" * (MOST_EXTENSIONS - 10)}
    assert parse_authenticator_data(
        authenticator.authenticator_data(attested=False, extensions=small)
    )
    huge = authenticator.authenticator_data(attested=False, extensions={"x": b"y" * 1100})
    no_map = authenticator.authenticator_data(attested=False, flags=129, rest=b"\x01")
    absent = authenticator.authenticator_data(attested=False, flags=129)
    for raw in (huge, no_map, absent):
        with pytest.raises(PasskeyUnreadable):
            parse_authenticator_data(raw)


@pytest.mark.parametrize("attested", [False, True])
def test_every_cut_and_every_leftover_is_refused(attested: bool) -> None:
    raw = SoftwareAuthenticator().authenticator_data(attested=attested)
    assert parse_authenticator_data(raw)
    for size in range(len(raw)):
        with pytest.raises(PasskeyUnreadable):
            parse_authenticator_data(raw[:size])
    with pytest.raises(PasskeyUnreadable):
        parse_authenticator_data(raw + b"\x00")


@pytest.mark.parametrize(
    "key", [b"\x01", b"\x80", b"\x04" + b"x" * 64, cbor2.dumps({1: b"x" * 1200})]
)
def test_a_key_that_is_no_map_or_too_large_is_refused(key: bytes) -> None:
    raw = SoftwareAuthenticator().authenticator_data(attested=True, key=key)
    with pytest.raises(PasskeyUnreadable):
        parse_authenticator_data(raw)
