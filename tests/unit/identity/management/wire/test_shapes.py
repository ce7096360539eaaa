"""What is answered holds nothing that opens something."""

from dataclasses import replace

from curtilage.core.models import PrincipalId
from curtilage.identity.management import schemas
from curtilage.identity.management.wire.shapes import (
    encode_app,
    encode_client,
    encode_person,
    encode_provider,
    encode_session,
)
from curtilage.identity.oauth.models.clients import Client, ClientSecret
from curtilage.identity.oauth.models.requests import Consent
from curtilage.identity.people.models import Assurance, AuthenticatorKind
from curtilage.identity.people.views import ListedPerson, ListedSession
from curtilage.identity.providers.views import OverseenProvider
from tests.builders import TENANT
from tests.fakes.clock import START

ADA = ListedPerson(
    PrincipalId("ada"), "Ada", "ada@orchard.example", frozenset({"b", "a"}), START, None,
    frozenset({AuthenticatorKind.PASSKEY}),
)  # fmt: skip
NOTES = Client(
    "notes", TENANT, "Notes", START, secrets=(ClientSecret(b"s" * 32),), management_digest=b"m" * 32
)
HARBOUR = OverseenProvider(
    "harbour", "Harbour", "https://h.example", "our-id", (), (), may_create=False,
    trusts_email=False, trusts_mfa=False, links=2,
)  # fmt: skip
CONSENT = Consent(
    TENANT, PrincipalId("ada"), "notes", frozenset({"b", "a"}), frozenset(), START, START
)


def test_each_has_the_members_that_the_document_promises() -> None:
    session = ListedSession("s", "Firefox", START, START, Assurance.TWO, is_this=False)
    for told, schema in (
        (encode_person(ADA), schemas.PERSON),
        (encode_session(session), schemas.SESSION),
        (encode_client(NOTES), schemas.CLIENT),
        (encode_app(CONSENT, None), schemas.APP),
        (encode_provider(HARBOUR), schemas.PROVIDER),
    ):
        assert sorted(told) == sorted(schema["required"])


def test_an_address_is_masked_and_lists_have_an_order() -> None:
    told = encode_person(ADA)
    assert (told["address"], told["roles"]) == ("a…@orchard.example", ["a", "b"])
    assert encode_person(replace(ADA, address="", disabled_at=START))["state"] == "disabled"


def test_no_hash_of_a_secret_is_told() -> None:
    said = str(encode_client(NOTES))
    assert "s" * 32 not in said
    assert "m" * 32 not in said


def test_an_app_that_is_gone_has_no_name() -> None:
    assert encode_app(CONSENT, None)["name"] is None
    assert encode_app(CONSENT, "Notes")["scopes"] == ["a", "b"]
