"""What is sealed comes back as it was."""

from hypothesis import given
from hypothesis import strategies as st

from curtilage.core.models import PrincipalId
from curtilage.identity.models import Passkey
from curtilage.identity.people.models import Authenticator, AuthenticatorKind, Profile
from curtilage.identity.people.wire import (
    About,
    encode_about,
    encode_passkey,
    encode_profile,
    parse_about,
    parse_passkey,
    parse_profile,
)
from tests.fakes.clock import START

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(TEXTS, TEXTS, st.sampled_from([None, START]), TEXTS)
def test_a_profile_comes_back(name: str, address: str, at: object, locale: str) -> None:
    profile = Profile(name, address, at, locale)  # type: ignore[arg-type]
    assert parse_profile(encode_profile(profile)) == profile


@given(TEXTS)
def test_a_device_comes_back(device: str) -> None:
    assert parse_about(encode_about(About(device))) == About(device)


@given(st.binary(min_size=1, max_size=1023), st.binary(max_size=90), TEXTS, st.booleans())
def test_a_passkey_comes_back_with_what_is_kept_beside_it(
    id: bytes, key: bytes, label: str, flag: bool
) -> None:
    row = Authenticator(
        "way-1", PrincipalId("ada"), AuthenticatorKind.PASSKEY, START, counter=7, last_used_at=START
    )
    passkey = Passkey(
        "way-1", id, key, 7, "orchard.example", flag, not flag, ("internal",), "", label, START, START
    )  # fmt: skip
    assert parse_passkey(encode_passkey(passkey), row) == passkey
