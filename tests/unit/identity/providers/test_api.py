from urllib.parse import urlencode

import pytest

from tests.fakes.openid import FakeOpenID
from tests.provider_house import ProviderHouse


async def test_an_answer_that_is_posted_goes_on_as_an_address(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    browser = house.browser()
    given = harbour.authorize(await browser.leave("harbour"))
    stranger = house.browser()  # a form of another site brings no cookies of ours
    fields = {**given, "user": '{"name":{"firstName":"Ada"}}'}
    headers = {"origin": "https://harbour.example", "sec-fetch-site": "cross-site"}
    turned = await stranger.http.post("/login/with/harbour/callback", data=fields, headers=headers)
    assert turned.status_code == 303
    location = turned.headers["location"]
    assert location.startswith("/login/with/harbour/callback?")
    assert "firstName" not in location
    assert "set-cookie" not in turned.headers
    answer = await browser.http.get(location)
    assert answer.status_code == 303
    assert await browser.person() == "Somebody"


@pytest.mark.parametrize(
    "body",
    [
        urlencode([("code", "a"), ("code", "b")]).encode(),
        b"\xff",
        b"&".join(b"a%d=1" % n for n in range(99)),
        urlencode({"code": "x" * 5000}).encode(),
    ],
)
async def test_what_is_sent_twice_or_too_long_goes_no_further(
    house: ProviderHouse, body: bytes
) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    turned = await house.browser().http.post(
        "/login/with/harbour/callback", content=body, headers=headers
    )
    assert (turned.status_code, turned.headers["location"]) == (
        303,
        "/login/with/harbour/callback?",
    )


async def test_nobody_s_place_is_not_there(house: ProviderHouse) -> None:
    turned = await house.browser().http.post("/login/with/nobody/callback", data={"code": "a"})
    assert turned.status_code == 404
