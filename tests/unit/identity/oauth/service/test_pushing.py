"""Pushed requests; `test_oidf_fapi2.py` walks the ways of clients."""

import pytest

from curtilage.identity.oauth.errors import RequestRefused
from curtilage.identity.oauth.service.proving import ProvedClient, ProvedKey
from curtilage.identity.oauth.service.tokens import TokenAsk
from curtilage.identity.oauth.settings import PUSHED_LIFE
from curtilage.identity.oauth.wire.parameters import Parameters
from tests.oauth_house import OAuthHouse, a_request


@pytest.mark.requirement(16)
async def test_a_pushed_request_is_kept_under_a_hash(house: OAuthHouse) -> None:
    made = await house.register()

    def ask(**given: str) -> TokenAsk:
        asked = {name: (value,) for name, value in a_request(made.client.id, **given).items()}
        return TokenAsk(ProvedClient(made.client), ProvedKey(), Parameters(asked))

    pushing = house.oauth.endpoints.pushing
    pushed = await pushing.push(ask())
    assert pushed.expires_in == PUSHED_LIFE
    assert pushed.request_uri not in repr(pushed)
    assert pushed.request_uri.startswith("urn:ietf:params:oauth:request_uri:")
    assert (await pushing.push(ask())).request_uri != pushed.request_uri
    for wrong in ({"request_uri": "x"}, {"redirect_uri": "https://evil.example"}, {"scope": "x"}):
        with pytest.raises(RequestRefused):
            await pushing.push(ask(**wrong))
