from typing import Any

import pytest

from curtilage.identity.providers.models import Identity
from curtilage.identity.providers.rules.presets import PRESETS
from curtilage.identity.providers.wire.id_tokens import VerifiedIdToken
from curtilage.identity.providers.wire.identities import needs_userinfo, read_identity
from tests.provider_house import ADDRESS, a_provider

TRUSTED = a_provider(trusts_email=True)


def read(told: dict[str, Any] | None = None, *, provider: Any = TRUSTED, **claims: Any) -> Identity:
    token = VerifiedIdToken("https://harbour.example", "sub-ada", claims)
    return read_identity(provider, token, told)


def test_an_address_counts_where_all_of_it_holds() -> None:
    found = read(email=ADDRESS, email_verified=True, name="Ada Quill")
    assert (found.address, found.is_trusted, found.name) == (ADDRESS, True, "Ada Quill")
    assert found.shown == ADDRESS
    assert not read(provider=a_provider(), email=ADDRESS, email_verified=True).is_trusted


@pytest.mark.complaint(23)
def test_an_address_and_the_word_on_it_come_from_one_document() -> None:
    assert read({"email_verified": True}, email=ADDRESS).address == ""
    assert read({"email": ADDRESS}, email_verified=True).address == ""
    other = read({"email": "b@orchard.example", "email_verified": True}, email=ADDRESS)
    assert other.address == ""
    assert read({"email": ADDRESS, "email_verified": True}).address == ADDRESS


def test_names_that_will_not_do_are_passed_over() -> None:
    assert read(name="<script>", preferred_username="ada").name == "ada"
    assert read(name=["Ada"]).name == ""
    assert read(email="x" * 300).shown == "x" * 80
    assert read(email="a\nb", name="Ada").shown == "Ada"


def test_two_factors_count_where_the_provider_is_trusted_with_that() -> None:
    assert not read(amr=["mfa"]).has_two_factors
    assert read(provider=a_provider(trusts_mfa=True), amr=["mfa"]).has_two_factors


def test_userinfo_is_asked_for_what_is_missing() -> None:
    token = VerifiedIdToken("i", "s", {"email": ADDRESS})
    assert needs_userinfo(TRUSTED, token)
    assert not needs_userinfo(a_provider(preset=PRESETS["apple"]), token)
    whole = VerifiedIdToken("i", "s", {"email": ADDRESS, "name": "Ada"})
    assert not needs_userinfo(TRUSTED, whole)
