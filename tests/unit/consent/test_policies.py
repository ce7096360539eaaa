"""The shipped policies keep their word."""

from pathlib import Path

import pytest

from curtilage.consent.models import Action, Opaque, Origin
from curtilage.consent.rules import compile_policy, decide, find_restored, is_known
from curtilage.consent.shelf import SHIPPED, PolicyShelf
from curtilage.core.models import (
    Effect,
    Principal,
    PrincipalId,
    PrincipalKind,
    PurposeKey,
    TenantId,
    Treatment,
)
from curtilage.detect.catalogue import load_catalogue
from curtilage.gateway.settings import GatewaySettings

SECRETS = [
    "secret:SEC_JWT",
    "secret.api_key:SEC_OPENAI",
    "secret.private_key:SEC_PRIVATE_KEY",
    "secret.password.assigned:SEC_PASSWORD_ASSIGN",
    "secret.anything.at.all:SEC_NEW_KIND",
]
CARDS = [
    "user.financial.card:CREDIT_CARD",
    "user.financial.card:CVV",
    "user.financial.card.track:CARD_TRACK",
]
PERSONAL = [
    "user.contact.email:EMAIL_ADDRESS",
    "user.contact.phone_number:PHONE_NUMBER",
    "user.name:PERSON",
    "user.financial.bank_account:IBAN_CODE",
    "user.government_id:US_SSN",
    "user.device.ip_address:IP_ADDRESS",
    "user.device:MAC_ADDRESS",
    "user.health_and_medical:MRN",
    "user.something_new:NEW_KIND",
    "system.operations:HOST",
]
ACTIONS = list(Action)
DESTINATIONS = ["openai", "anthropic", "mirror", "local", "any-other"]


CATALOGUE = [f"{kind.category}:{kind.type}" for kind in load_catalogue().kinds.values()]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_copy_of_a_shipped_policy_is_a_policy_to_begin_with(name: str, tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_bytes(PolicyShelf().read(name))
    words = {word for qualified in CATALOGUE for word in qualified.split(":")}
    assert PolicyShelf(tmp_path, vocabulary=words).load("ours").name == "ours"


OF_NOBODY = {"AGE", "DATE_TIME", "GENDER", "LOCATION", "NRP", "ORGANIZATION", "SPECIAL_CATEGORY"}
"""What says who somebody is only beside a name, which never leaves."""


@pytest.mark.parametrize("name", ["strict", "balanced"])
def test_of_all_that_is_looked_for_only_public_codes_and_flags_may_leave(name: str) -> None:
    policy = PolicyShelf().load(name)
    table = compile_policy(policy, purpose=PurposeKey("assist"), destination="openai")
    left = {
        qualified.partition(":")[2]
        for qualified in CATALOGUE
        if table.treat(qualified) is Treatment.ALLOW
    }
    public = {"BIC", "ISIN", "LEI", "SEC_SSL_CERT", "SEC_HIGH_ENTROPY"}
    assert left <= (public | OF_NOBODY if name == "balanced" else public)
    assert all(is_known(qualified) for qualified in CATALOGUE)


@pytest.mark.parametrize("name", ["strict", "balanced"])
@pytest.mark.parametrize("qualified", SECRETS + CARDS + PERSONAL)
def test_secrets_cards_and_personal_data_never_leave_for_any_purpose_anywhere(
    name: str, qualified: str
) -> None:
    policy = PolicyShelf().load(name)
    treated = {
        compile_policy(policy, purpose=purpose.key, destination=destination).treat(qualified)
        for purpose in policy.purposes
        for destination in DESTINATIONS
    }
    assert treated
    assert Treatment.ALLOW not in treated


def test_strict_blocks_secrets_and_masks_cards() -> None:
    table = compile_policy(
        PolicyShelf().load("strict"), purpose=PurposeKey("assist"), destination="openai"
    )
    assert {table.treat(secret) for secret in SECRETS} == {Treatment.BLOCK}
    assert {table.treat(card) for card in CARDS} == {Treatment.MASK}
    assert {table.treat(other) for other in PERSONAL} == {Treatment.TOKEN}
    assert table.treat("user.contact.url:URL") is Treatment.TOKEN


def test_balanced_gives_tokens_and_leaves_published_codes_alone() -> None:
    table = compile_policy(
        PolicyShelf().load("balanced"), purpose=PurposeKey("assist"), destination="openai"
    )
    assert {table.treat(each) for each in SECRETS + CARDS + PERSONAL} == {Treatment.TOKEN}
    assert table.treat("user.financial.security:ISIN") is Treatment.ALLOW
    assert table.treat("user.financial.bank_account:BIC") is Treatment.ALLOW


def test_observe_allows_everything_and_says_that_it_observes() -> None:
    policy = PolicyShelf().load("observe")
    caller = Principal(
        TenantId("t"), PrincipalId("p"), PrincipalKind.SERVICE, frozenset({PurposeKey("assist")})
    )
    decision = decide(
        policy,
        principal=caller,
        purpose=PurposeKey("assist"),
        subject=None,
        categories=SECRETS + CARDS + PERSONAL,
        action="send",
        destination="openai",
    )
    assert decision.reason == "permitted.observed"
    assert set(decision.treatments.values()) == {Treatment.ALLOW}
    assert all(policy.may_carry(content) for content in Opaque)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_shipped_policy_permits_the_usual_purpose(name: str, action: Action) -> None:
    caller = Principal(
        TenantId("t"), PrincipalId("p"), PrincipalKind.SERVICE, frozenset({PurposeKey("assist")})
    )
    decision = decide(
        PolicyShelf().load(name),
        principal=caller,
        purpose=PurposeKey("assist"),
        subject=None,
        categories=[],
        action=action,
        destination="mirror",
    )
    assert decision.effect is Effect.PERMIT


def test_the_usual_policy_refuses_what_cannot_be_scanned_but_the_providers_own() -> None:
    policy = PolicyShelf().load(GatewaySettings().policy)
    assert policy.name == "balanced"
    assert policy.allowed_opaque == {Opaque.PROVIDER_BLOBS}
    assert PolicyShelf().load("strict").allowed_opaque == frozenset()


def test_strict_puts_back_nothing_that_the_application_put_around() -> None:
    strict, balanced = PolicyShelf().load("strict"), PolicyShelf().load("balanced")
    for kind in PrincipalKind:
        assert Origin.APPLICATION not in find_restored(strict, kind)
    assert Origin.APPLICATION in find_restored(balanced, PrincipalKind.SERVICE)
    assert Origin.APPLICATION not in find_restored(balanced, PrincipalKind.PERSON)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_policies_explain_themselves(name: str) -> None:
    policy = PolicyShelf().load(name)
    assert policy.title
    assert all(rule.because for rule in policy.rules)
    assert PolicyShelf().read(name).startswith(b"# ")
