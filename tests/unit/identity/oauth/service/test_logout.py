"""Signing out; `test_oidf_logout.py` walks the ways of clients."""

import pytest

from curtilage.identity.oauth.errors import AddressRefused
from curtilage.identity.oauth.service.logout import LogoutAsk
from curtilage.identity.oauth.wire.parameters import Parameters
from tests.oauth_house import OAuthHouse


@pytest.mark.requirement(32)
async def test_who_has_no_session_is_asked_nothing(house: OAuthHouse) -> None:
    logout = house.oauth.logout
    assert await logout.look(Parameters(), "") == LogoutAsk(must_ask=False)
    await logout.sign_out("")
    await logout.sign_out("unknown")
    assert await house.kinds() == ["signing_key.made"]


@pytest.mark.requirement(32)
async def test_a_client_cannot_speak_for_another(house: OAuthHouse) -> None:
    made, other = await house.register(), await house.register()
    hint = (await house.browser().tokens(made))["id_token"]
    given = {"id_token_hint": (hint,), "client_id": (other.client.id,)}
    with pytest.raises(AddressRefused):
        await house.oauth.logout.look(Parameters(given), "")
