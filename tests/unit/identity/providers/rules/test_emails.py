from typing import Any

import pytest

from curtilage.identity.providers.models import EmailRule, Preset
from curtilage.identity.providers.rules.emails import AddressWord, is_true, judge_address
from curtilage.identity.providers.rules.presets import PRESETS
from tests.provider_house import ADDRESS, a_provider

pytestmark = pytest.mark.complaint(23)


def judge(preset: str = "oidc", *, domains: tuple[str, ...] = (), **claims: Any) -> AddressWord:
    provider = a_provider(preset=PRESETS[preset], trusts_email=True, domains=frozenset(domains))
    return judge_address(provider, claims)


def test_the_address_is_in_the_one_spelling_that_is_compared() -> None:
    assert judge(email="Ada@Orchard.Example", email_verified=True) == AddressWord(ADDRESS, True)


@pytest.mark.parametrize("email", [None, 7, "", "ada", "ada@localhost", "ädä@orchard.example"])
def test_what_is_no_address_counts_for_nothing(email: object) -> None:
    assert judge(email=email, email_verified=True) == AddressWord()


def test_a_provider_speaks_for_its_own_domains() -> None:
    own = judge(email=ADDRESS, email_verified=True, domains=("orchard.example",))
    assert own.is_trusted
    for domain in ("harbour.example", "example", "sub.orchard.example"):
        other = judge(email=ADDRESS, email_verified=True, domains=(domain,))
        assert other == AddressWord(ADDRESS, False)


def test_google_speaks_for_its_mail_and_its_workspaces() -> None:
    assert judge("google", email="ada@gmail.com", email_verified=True).is_trusted
    hosted = {"email": ADDRESS, "email_verified": True, "hd": "orchard.example"}
    assert judge("google", **hosted).is_trusted
    assert judge("google", **{**hosted, "hd": "other.example"}) == AddressWord()
    assert judge("google", email=ADDRESS, email_verified=True) == AddressWord()
    assert judge("google", **{**hosted, "email_verified": False}) == AddressWord()


def test_entra_speaks_for_domains_that_a_tenant_owns() -> None:
    assert judge("microsoft", email=ADDRESS) == AddressWord()
    assert judge("microsoft", email=ADDRESS, email_verified=True) == AddressWord()
    assert judge("microsoft", email=ADDRESS, xms_edov=True).is_trusted
    assert judge("microsoft", email=ADDRESS, xms_edov="1").is_trusted
    assert judge("microsoft", email=ADDRESS, xms_edov=0) == AddressWord()


def test_apple_writes_its_word_as_text() -> None:
    assert judge("apple", email=ADDRESS, email_verified="true").is_trusted
    assert judge("apple", email=ADDRESS, email_verified="false") == AddressWord()


def test_some_are_never_believed() -> None:
    never = a_provider(preset=Preset(emails=EmailRule.NEVER), trusts_email=True)
    assert judge_address(never, {"email": ADDRESS, "email_verified": True}) == AddressWord()


@pytest.mark.parametrize("claim", [False, None, 0, "", "yes", "TRUE", [True], 1.0, 2])
def test_what_is_not_plainly_true_is_not_true(claim: object) -> None:
    assert not is_true(claim)
