"""Passkeys as they are kept."""

import pytest

from curtilage.identity.people.models import AuthenticatorKind
from curtilage.identity.people.service.passkey_shelf import lookup_of
from tests.builders import TENANT
from tests.identity_house import House
from tests.passkey_person import showing, with_passkey

pytestmark = [pytest.mark.requirement(49)]


async def test_a_passkey_is_found_by_its_id_with_its_owner(house: House) -> None:
    grace = await with_passkey(house, counter=3)
    shelf = showing(house).shelf
    shown = await shelf.find(TENANT, grace.device.credential_id)
    assert shown is not None
    assert shown.kept.lookup == lookup_of(grace.device.credential_id)
    assert (shown.passkey.rp_id, shown.passkey.sign_count) == ("localhost", 3)
    assert shown.passkey.id == shown.kept.id
    assert shown.owner.id == shown.kept.person
    assert await shelf.find(TENANT, b"nobody's") is None


async def test_what_is_no_passkey_is_never_taken_for_one(house: House) -> None:
    grace = await with_passkey(house)
    secret = (await grace.sign_in()).secret
    codes = await house.people.account.renew_recovery_codes(secret)
    assert codes
    shelf = showing(house).shelf
    session = await house.people.sessions.find(TENANT, secret)
    assert session is not None
    held = await house.people.guard.list_held(session)
    opened = [each for each in held if await shelf.open(each)]
    assert [each.kind for each in opened] == [AuthenticatorKind.PASSKEY]
    assert len(await shelf.open_usable(held)) == 1
