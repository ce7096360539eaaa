"""Whether somebody may change how they sign in."""

from dataclasses import replace

import pytest

from curtilage.identity.errors import ProveAgain
from curtilage.identity.people.models import Assurance, AuthenticatorKind, Proof, ProofKind
from tests.identity_house import House
from tests.unit.identity.people.service.test_proving import session_of, sign_in


async def test_a_mailbox_changes_nothing_where_there_is_anything_better(house: House) -> None:
    await house.enrol()
    guard = house.people.account.security.guard
    session = await session_of(house, await sign_in(house))
    assert len(await guard.require_fresh(session)) == 1
    mailed = replace(session, proofs=(Proof(ProofKind.MAILBOX, house.clock.now()),))
    for weaker in (mailed, replace(mailed, needs=Assurance.NONE)):
        with pytest.raises(ProveAgain):
            await guard.require_fresh(weaker)


async def test_a_change_is_recorded_under_a_pseudonym(house: House) -> None:
    await house.enrol()
    guard = house.people.account.security.guard
    session = await session_of(house, await sign_in(house))
    event = await guard.describe(session, "added", AuthenticatorKind.TOTP)
    assert (event.kind, event.facts["kind"]) == ("authenticator.added", "totp")
    assert event.actor == await house.pseudonyms.pseudonym(session.tenant, session.person)
