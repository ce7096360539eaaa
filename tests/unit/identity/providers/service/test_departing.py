from dataclasses import replace

import pytest

from curtilage.identity.providers.errors import ProviderRefused, UnknownProvider
from curtilage.identity.providers.models import Preset
from curtilage.identity.providers.service.departing import Departing
from tests.fakes.openid import FakeOpenID
from tests.provider_house import ProviderHouse, a_provider


async def test_a_query_of_the_provider_stays(house: ProviderHouse, harbour: FakeOpenID) -> None:
    harbour.metadata = {"authorization_endpoint": "https://harbour.example/authorize?realm=a"}
    location = await house.browser().leave("harbour")
    assert location.startswith("https://harbour.example/authorize?realm=a&response_type=code&")


async def test_every_way_has_secrets_of_its_own(house: ProviderHouse) -> None:
    browser = house.browser()
    first, second = await browser.leave("harbour"), await browser.leave("harbour")
    parts = [
        dict(each.split("=") for each in way.partition("?")[2].split("&"))
        for way in (first, second)
    ]
    for name in ("state", "nonce", "code_challenge"):
        assert parts[0][name] != parts[1][name]


async def test_who_cannot_say_when_proves_nobody_again(house: ProviderHouse) -> None:
    ground = house.providers.desk.ground
    silent = a_provider("silent", preset=Preset(tells_when=False))
    departing = Departing(replace(ground, providers={"silent": silent}))
    session = await (await house.signed_in("Grace")).session()
    with pytest.raises(ProviderRefused):
        await departing.again("silent", session, onward="/")
    with pytest.raises(UnknownProvider):
        await departing.again("harbour", session, onward="/")
