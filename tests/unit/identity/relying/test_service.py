"""Beginning, finishing and ending a sign-in, before any framework knows of it."""

import json

import pytest

from curtilage.identity.relying.errors import LoginReason, LoginRefused
from curtilage.identity.relying.service import Answer, RelyingService
from tests.fakes.issuer import metadata
from tests.relying_house import House
from tests.signed_tokens import ISSUER

BACK = "https://notes.example/auth/callback"


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def service(house: House) -> RelyingService:
    return house.doors.service


@pytest.mark.requirement(5, 30)
@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"state": "other"}, LoginReason.STATE),
        ({"state": "é"}, LoginReason.STATE),
        ({"issuer": ""}, LoginReason.ISSUER),
        ({"issuer": f"{ISSUER}/"}, LoginReason.ISSUER),
        ({"error": "access_denied"}, LoginReason.DENIED),
        ({"code": ""}, LoginReason.DENIED),
        ({"code": "spent"}, LoginReason.TOKEN),
    ],
)
async def test_the_record_knows_why_an_answer_was_refused(
    service: RelyingService, house: House, given: dict[str, str], reason: LoginReason
) -> None:
    begun = await service.begin(redirect_uri=BACK, onward="/")
    house.issuer.nonce = begun.login.nonce
    good = {"state": begun.login.state, "code": "a-code", "issuer": ISSUER}
    with pytest.raises(LoginRefused) as refused:
        await service.finish(Answer(**(good | given)), begun.login, redirect_uri=BACK)
    assert refused.value.reason is reason
    asked_for_tokens = house.issuer.count("/token") > 0
    assert asked_for_tokens == (reason is LoginReason.TOKEN)
    assert "a-code" not in str(refused.value)


async def test_an_answer_after_nothing_was_begun_is_refused(service: RelyingService) -> None:
    with pytest.raises(LoginRefused) as refused:
        await service.finish(Answer(), None, redirect_uri=BACK)
    assert refused.value.reason is LoginReason.STATE


async def test_what_is_in_flight_is_in_no_repr(service: RelyingService) -> None:
    begun = await service.begin(redirect_uri=BACK, onward="/private")
    told = repr(begun.login)
    for secret in (begun.login.state, begun.login.nonce, begun.login.verifier, "/private"):
        assert secret not in told


@pytest.mark.requirement(32)
async def test_an_issuer_without_a_logout_page_is_not_gone_to(house: House) -> None:
    document = json.dumps(metadata(end_session_endpoint=None)).encode()
    house.issuer.spoil = lambda path, body: document if "well-known" in path else body
    assert await house.doors.service.logout_location(None, onward="https://notes.example/") == ""


@pytest.mark.requirement(32)
async def test_who_is_not_signed_in_here_signs_out_there_without_a_hint(
    service: RelyingService,
) -> None:
    location = await service.logout_location(None, onward="https://notes.example/")
    assert "id_token_hint" not in location and "client_id=" in location
