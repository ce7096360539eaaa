"""What software that registers itself can have."""

from typing import Any

import pytest

from curtilage.identity.oauth.errors import RequestRefused
from curtilage.identity.oauth.service.registration import MOST_A_DAY, limit_wish
from tests.oauth_house import ADMIN, OAuthHouse, a_wish


@pytest.mark.requirement(26)
@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({"is_first_party": True}, {"is_first_party": False}),
        ({"resources": ("https://files.example",)}, {"resources": ()}),
        ({"serves": ("https://files.example",)}, {"serves": ()}),
        ({"scopes": frozenset({"openid", "files:read"})}, {"scopes": {"openid"}}),
        ({"scopes": frozenset({"files:read"})}, {"scopes": {"openid"}}),
    ],
)
def test_nothing_that_costs_others(given: dict[str, Any], left: dict[str, Any]) -> None:
    limited = limit_wish(a_wish(**given))
    assert {name: getattr(limited, name) for name in left} == left


@pytest.mark.requirement(26)
async def test_one_invitation_is_not_for_everybody(house: OAuthHouse) -> None:
    registration = house.oauth.registration
    token = await house.oauth.clients.invite(ADMIN)
    body = b'{"redirect_uris":["https://app.orchard.example/cb"]}'
    for _ in range(MOST_A_DAY):
        await registration.register(token, body)
    with pytest.raises(RequestRefused):
        await registration.register(token, body)
    house.clock.advance(24 * 3600)
    assert await registration.register(token, body)
