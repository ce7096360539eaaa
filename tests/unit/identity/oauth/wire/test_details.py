"""Rich authorization requests: what is known is said in words, all else is refused."""

from dataclasses import replace

import orjson
import pytest

from curtilage.identity.oauth.errors import Fault, RequestRefused
from curtilage.identity.oauth.models.clients import Client
from curtilage.identity.oauth.models.details import Detail
from curtilage.identity.oauth.wire.details import (
    describe_details,
    narrow_details,
    parse_details,
)
from tests.builders import TENANT
from tests.fakes.clock import START
from tests.oauth_house import RUN, OAuthHouse, answered

pytestmark = pytest.mark.requirement(17)
CLIENT = Client("c", TENANT, "Notes", START, detail_types=frozenset({RUN.name}))
ONE = {"type": "tool_run", "tools": ["search", "mail"], "server": "desk", "cents": 50}


def parse(*details: object, client: Client = CLIENT) -> tuple[Detail, ...]:
    return parse_details(orjson.dumps(details).decode(), (RUN,), client)


def test_a_permission_is_said_in_plain_words() -> None:
    (read,) = parse(ONE)
    assert read.words == "Run the tools “search”, “mail” on “desk”, for at most 50 cents"
    without = {name: value for name, value in ONE.items() if name != "cents"}
    assert "at most “any” cents" in parse(without)[0].words
    tricky = ONE | {"server": "{tools} for nothing"}
    assert "“{tools} for nothing”" in parse(tricky)[0].words
    assert parse_details("", (RUN,), CLIENT) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        ONE | {"type": "payment"},
        ONE | {"type": 7},
        ONE | {"extra": "x"},
        ONE | {"cents": -1},
        ONE | {"cents": True},
        ONE | {"cents": "50"},
        ONE | {"tools": []},
        ONE | {"tools": "search"},
        ONE | {"tools": ["a"] * 33},
        ONE | {"server": "x" * 257},
        ONE | {"server": "a\nb"},
        {"type": "tool_run", "tools": ["search"]},
        "tool_run",
        [],
    ],
    ids=str,
)
def test_what_is_not_known_is_refused(wrong: object) -> None:
    with pytest.raises(RequestRefused) as refused:
        parse(ONE, wrong)
    assert refused.value.fault is Fault.INVALID_DETAILS


@pytest.mark.parametrize("raw", ["[]", "{}", "[", "null", '[{"type":"a","type":"b"}]', "[" * 5000])
def test_what_is_no_list_is_refused(raw: str) -> None:
    with pytest.raises(RequestRefused):
        parse_details(raw, (RUN,), CLIENT)
    with pytest.raises(RequestRefused):
        parse_details(orjson.dumps([ONE] * 9).decode(), (RUN,), CLIENT)
    with pytest.raises(RequestRefused):
        parse(ONE, client=replace(CLIENT, detail_types=frozenset()))


def test_a_token_gets_some_of_them_and_no_others() -> None:
    two = parse(ONE, ONE | {"cents": 7})
    granted = [each.text for each in two]
    assert narrow_details("", granted) == tuple(granted)
    assert narrow_details(f"[{granted[1]}]", granted) == (granted[1],)
    assert describe_details(granted)[0] == ONE
    for wrong in (orjson.dumps([ONE | {"cents": 51}]).decode(), "[]", "7", "[", '[{"x":1.5}]'):
        with pytest.raises(RequestRefused):
            narrow_details(wrong, granted)


async def test_a_person_reads_what_is_asked_and_the_app_gets_it_back(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    asked = orjson.dumps([ONE]).decode()
    page = await browser.authorize(made.client.id, authorization_details=asked)
    assert "Run the tools “search”, “mail” on “desk”" in page.text
    code = answered(await browser.allow(page))["code"]
    tokens = (await browser.exchange(made, code)).json()
    assert tokens["authorization_details"] == [ONE]
    seen = await browser.post("/oauth2/introspect", made, token=tokens["access_token"])
    assert seen.json()["authorization_details"] == [ONE]
    fresh = (await browser.refresh(made, tokens["refresh_token"])).json()
    assert fresh["authorization_details"] == [ONE]
    again = await browser.authorize(made.client.id, authorization_details=asked)
    assert again.status_code == 200  # asked each time
    wrong = orjson.dumps([ONE | {"extra": 1}]).decode()
    refused = answered(await browser.authorize(made.client.id, authorization_details=wrong))
    assert refused["error"] == "invalid_authorization_details"


async def test_metadata_name_the_types(house: OAuthHouse) -> None:
    served = (await house.browser().http.get("/.well-known/openid-configuration")).json()
    assert served["authorization_details_types_supported"] == ["tool_run"]


async def test_a_client_of_its_own_may_ask_and_a_device_may_not(house: OAuthHouse) -> None:
    made = await house.register()
    browser, asked = house.browser(), orjson.dumps([ONE]).decode()
    given = {"grant_type": "client_credentials", "authorization_details": asked}
    assert (await browser.token(made, **given)).json()["authorization_details"] == [ONE]
    path = "/oauth2/device_authorization"
    answer = await browser.post(path, made, authorization_details=asked)
    assert answer.json()["error"] == "invalid_authorization_details"
