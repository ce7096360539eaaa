"""What is sealed comes back as it was."""

from hypothesis import given
from hypothesis import strategies as st

from curtilage.identity.people.models import Profile
from curtilage.identity.people.wire import (
    About,
    encode_about,
    encode_profile,
    parse_about,
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
