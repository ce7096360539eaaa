"""What an app asks the token endpoint, and as whom."""

from base64 import b64decode

import pytest

from curtilage.identity.relying.errors import IssuerBroken, SessionOver
from tests.fakes.issuer import FakeIssuer
from tests.relying_house import House


@pytest.fixture
def house() -> House:
    return House()


def asked_of(issuer: FakeIssuer) -> tuple[dict[str, str], dict[str, str]]:
    """The form and the headers of the last call to the token endpoint."""
    number = max(n for n, (path, _) in enumerate(issuer.asked) if path == "/token")
    return issuer.asked[number][1], issuer.headers[number]


async def test_a_secret_is_sent_as_basic_form_encoded() -> None:
    """RFC 6749 §2.3.1: a colon in a secret is no boundary."""
    house = House(options={"client_secret": "a:b c%"})
    await house.sign_in()
    form, headers = asked_of(house.issuer)
    assert "client_id" not in form and "client_secret" not in form
    pair = b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
    assert pair == "client-basket:a%3Ab+c%25"


async def test_an_app_without_a_secret_says_only_its_name() -> None:
    house = House(options={"client_secret": None, "resource": "https://api.example"})
    asked = await house.begin()
    assert asked["resource"] == "https://api.example"
    await house.come_back(asked)
    form, headers = asked_of(house.issuer)
    assert (form["client_id"], form["resource"]) == ("client-basket", "https://api.example")
    assert "Authorization" not in headers


async def test_a_name_of_the_id_token_spares_a_call(house: House) -> None:
    house.issuer.claims = {"name": "Ada"}
    await house.sign_in()
    session = await house.session()
    assert session is not None and session.name == "Ada"
    assert house.issuer.count("/userinfo") == 0


async def test_a_refusal_for_another_reason_ends_no_session(house: House) -> None:
    """A secret that was changed at the issuer is the operator's to mend, not the person's."""
    await house.sign_in()
    house.issuer.clock.advance(600)
    session = await house.session()
    assert session is not None
    exchange = house.doors.service.exchange
    with pytest.raises(SessionOver):
        await exchange.refresh("unknown")
    house.issuer.members = {"access_token": None}
    with pytest.raises(IssuerBroken):
        await session.token()
    assert await house.session() is not None


@pytest.mark.parametrize(
    ("status", "body"),
    [(401, b'{"error": "invalid_client"}'), (400, b"no json"), (503, b""), (302, b"{}")],
)
async def test_a_token_endpoint_that_refuses_the_app_is_no_fault_of_the_person(
    house: House, status: int, body: bytes
) -> None:
    await house.sign_in()
    house.issuer.clock.advance(600)
    house.issuer.statuses = {"/token": status}
    house.issuer.spoil = lambda path, good: body if path == "/token" else good
    session = await house.session()
    assert session is not None
    with pytest.raises(IssuerBroken):
        await session.token()
    assert await house.session() is not None


async def test_a_userinfo_that_does_not_answer_leaves_a_name_out(house: House) -> None:
    house.issuer.statuses = {"/userinfo": 503}
    await house.sign_in()
    session = await house.session()
    assert session is not None and (session.id, session.name) == ("ada", "")
