from dataclasses import replace

import pytest

from curtilage.core.models import PrincipalId
from curtilage.identity.people.models import Handle, HandleKind, Person
from curtilage.identity.providers.models import Identity, Link
from curtilage.identity.providers.rules.linking import Claimant, Outcome, decide_arrival
from tests.builders import TENANT
from tests.fakes.clock import START
from tests.provider_house import ADDRESS, a_provider

ADA = Person(TENANT, PrincipalId("p-ada"), START)
OPEN, CLOSED = a_provider(may_create=True), a_provider()
UNKNOWN = Identity("https://harbour.example", "sub-ada")
VERIFIED = replace(UNKNOWN, address=ADDRESS)
TRUSTED = replace(VERIFIED, is_trusted=True)
CONFIRMED = Claimant(ADA, Handle(b"h", ADA.id, HandleKind.ADDRESS, START))
TYPED = Claimant(ADA, Handle(b"h", ADA.id, HandleKind.ADDRESS))
NAMED = Claimant(ADA, Handle(b"h", ADA.id, HandleKind.NAME))
DISABLED = replace(CONFIRMED, person=replace(ADA, disabled_at=START))
ROLES = replace(TYPED, person=replace(ADA, roles=frozenset({"administrator"})))
LINK = Link(TENANT, "l-1", b"d", "https://harbour.example", ADA.id, START)


@pytest.mark.requirement(30)
@pytest.mark.complaint(23)
@pytest.mark.parametrize(
    ("provider", "identity", "claimant", "expected"),
    [
        (OPEN, TRUSTED, CONFIRMED, Outcome.CONNECT),
        (CLOSED, TRUSTED, CONFIRMED, Outcome.CONNECT),
        (OPEN, VERIFIED, CONFIRMED, Outcome.PROVE_FIRST),
        (CLOSED, VERIFIED, CONFIRMED, Outcome.PROVE_FIRST),
        (OPEN, TRUSTED, DISABLED, Outcome.PROVE_FIRST),
        (OPEN, TRUSTED, NAMED, Outcome.PROVE_FIRST),
        (OPEN, VERIFIED, TYPED, Outcome.PROVE_FIRST),
        (OPEN, TRUSTED, TYPED, Outcome.CREATE_ANEW),
        (OPEN, TRUSTED, ROLES, Outcome.PROVE_FIRST),
        (CLOSED, TRUSTED, TYPED, Outcome.PROVE_FIRST),
        (OPEN, TRUSTED, None, Outcome.CREATE),
        (OPEN, UNKNOWN, None, Outcome.CREATE),
        (OPEN, UNKNOWN, CONFIRMED, Outcome.CREATE),
        (CLOSED, TRUSTED, None, Outcome.NOBODY),
        (CLOSED, UNKNOWN, None, Outcome.NOBODY),
    ],
)
def test_what_an_arrival_leads_to(
    provider: object, identity: Identity, claimant: Claimant | None, expected: Outcome
) -> None:
    assert (
        decide_arrival(provider, identity, link=None, claimant=claimant)  # type: ignore[arg-type]
        is expected
    )


def test_a_link_is_whose_it_is_whatever_addresses_say() -> None:
    for claimant in (None, CONFIRMED, TYPED, NAMED):
        found = decide_arrival(CLOSED, TRUSTED, link=LINK, claimant=claimant)
        assert found is Outcome.SIGN_IN
