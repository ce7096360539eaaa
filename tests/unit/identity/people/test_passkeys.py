"""What passkeys are put together to, and what outlives a change of the address."""

import json
from pathlib import Path

import pytest

from curtilage.core.db.engine import open_database
from curtilage.core.door import Call
from curtilage.identity.people.errors import SignInRefused
from curtilage.identity.settings import IdentitySettings
from tests.identity_house import House, a_house
from tests.passkey_person import ORIGIN, PasskeyPerson, a_device, moved, with_passkey

pytestmark = [pytest.mark.requirement(50), pytest.mark.complaint(22)]


async def test_browsers_are_told_where_else_the_passkeys_are_taken(filled_dir: Path) -> None:
    settings = IdentitySettings(passkey_origins=("https://orchard.example",))
    house = a_house(open_database("sqlite", filled_dir), filled_dir, settings)
    (endpoint,) = house.people.as_slice().endpoints
    assert (endpoint.method, endpoint.path) == ("GET", "/.well-known/webauthn")
    reply = await endpoint.answer(Call("GET", endpoint.path))
    assert reply.media_type == "application/json"
    assert json.loads(reply.body) == {"origins": [ORIGIN, "https://orchard.example"]}
    await house.database.close()


async def test_a_passkey_stays_bound_to_the_domain_it_was_made_for(
    house: House,
) -> None:
    """A new domain without a plan: the old key opens nothing, and its owner is told to add one.
    With the old domain kept by the setting it goes on signing in."""
    grace = await with_passkey(house)
    new = moved(house, IdentitySettings(passkey_domain="new.example"))
    there = PasskeyPerson(new, device=grace.device)
    with pytest.raises(SignInRefused):
        await PasskeyPerson(new, device=a_device(rp_id="new.example")).sign_in()
    secret = await there.sign_in_by_passphrase()
    overview = await new.people.account.overview(secret)
    assert [each.works_here for each in overview.held] == [True, False]
    ways = await new.people.desk.list_ways(secret)
    assert ways is not None
    assert ways.passkey == ""
    kept = moved(house, IdentitySettings(passkey_domain="localhost"))
    assert await PasskeyPerson(kept, device=grace.device).sign_in()


async def test_the_related_origin_signs_in_as_well(filled_dir: Path) -> None:
    other = "https://orchard.example"
    settings = IdentitySettings(passkey_origins=(other,))
    house = a_house(open_database("sqlite", filled_dir), filled_dir, settings)
    grace = await with_passkey(house)
    assert await grace.sign_in(client={"origin": other})
    with pytest.raises(SignInRefused):
        await grace.sign_in(client={"origin": "https://orchard.example.evil.example"})
    house.identity.close()
    await house.database.close()
