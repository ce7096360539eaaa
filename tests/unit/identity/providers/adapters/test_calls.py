from datetime import timedelta

import pytest

from curtilage.core.errors import PeerError
from curtilage.identity.errors import AnswerUnreadable, NoAnswer
from curtilage.identity.providers.adapters.calls import (
    AGAIN_SECONDS,
    METADATA_SECONDS,
    STALE_SECONDS,
    HttpProviderCalls,
)
from curtilage.identity.providers.errors import ProviderRefused, ProviderUnusable
from curtilage.identity.providers.models import ClientProof, Grant
from tests.fakes import FixedClock, FixedEntropy
from tests.fakes.openid import FakeOpenID
from tests.provider_house import a_provider

HARBOUR = a_provider()
GRANT = Grant("code-1", "v" * 43, "https://curtilage.example/back")


@pytest.fixture
def calls(harbour: FakeOpenID, clock: FixedClock) -> HttpProviderCalls:
    return HttpProviderCalls(harbour, clock, FixedEntropy())


async def test_a_document_is_read_once_an_hour(
    calls: HttpProviderCalls, harbour: FakeOpenID, clock: FixedClock
) -> None:
    for _ in range(3):
        assert (await calls.load_metadata(HARBOUR)).issuer == harbour.issuer
    assert len(harbour.asked) == 1
    clock.advance(METADATA_SECONDS)
    await calls.load_metadata(HARBOUR)
    assert len(harbour.asked) == 2


async def test_what_was_read_serves_for_a_day_while_the_provider_is_away(
    calls: HttpProviderCalls, harbour: FakeOpenID, clock: FixedClock
) -> None:
    metadata = await calls.load_metadata(HARBOUR)
    harbour.is_away = True
    clock.advance(METADATA_SECONDS)
    assert await calls.load_metadata(HARBOUR) == metadata
    clock.advance(STALE_SECONDS)
    with pytest.raises(NoAnswer):
        await calls.load_metadata(HARBOUR)


@pytest.mark.complaint(30)
async def test_keys_are_read_again_but_not_at_every_wish(
    calls: HttpProviderCalls, harbour: FakeOpenID, clock: FixedClock
) -> None:
    metadata = await calls.load_metadata(HARBOUR)
    harbour.asked.clear()
    for _ in range(3):
        await calls.load_keys(metadata)
        await calls.load_keys(metadata, again=True)
    assert harbour.asked == ["GET /keys"]
    clock.advance(AGAIN_SECONDS)
    await calls.load_keys(metadata)
    assert len(harbour.asked) == 1
    await calls.load_keys(metadata, again=True)
    assert len(harbour.asked) == 2
    clock.advance(timedelta(minutes=11))
    await calls.load_keys(metadata)
    assert len(harbour.asked) == 3


@pytest.mark.complaint(9)
async def test_a_provider_that_sends_us_elsewhere_sends_us_nowhere(
    calls: HttpProviderCalls, harbour: FakeOpenID
) -> None:
    """The port follows no redirect and calls nothing inside; what it gives is taken for no answer."""
    harbour.metadata = {"jwks_uri": "https://harbour.example/moved"}
    metadata = await calls.load_metadata(HARBOUR)
    harbour.moved = "https://harbour.example/moved"
    with pytest.raises(AnswerUnreadable):
        await calls.load_keys(metadata)
    assert harbour.asked[-1] == "GET /moved"


async def test_keys_that_cannot_be_used_are_told_as_that(
    calls: HttpProviderCalls, harbour: FakeOpenID
) -> None:
    harbour.metadata = {"jwks_uri": "https://harbour.example/.well-known/openid-configuration"}
    metadata = await calls.load_metadata(HARBOUR)
    with pytest.raises(ProviderUnusable):
        await calls.load_keys(metadata)


async def test_a_code_that_is_not_taken_is_a_refusal(calls: HttpProviderCalls) -> None:
    metadata = await calls.load_metadata(HARBOUR)
    with pytest.raises(ProviderRefused):
        await calls.exchange(HARBOUR, metadata, GRANT)
    wrong = a_provider(proof=ClientProof(secret="another"))
    with pytest.raises(ProviderRefused):
        await calls.exchange(wrong, metadata, GRANT)


async def test_a_place_that_is_not_there_is_a_fault_of_the_provider(
    calls: HttpProviderCalls, harbour: FakeOpenID
) -> None:
    harbour.metadata = {"userinfo_endpoint": "https://harbour.example/me"}
    metadata = await calls.load_metadata(HARBOUR)
    with pytest.raises(AnswerUnreadable):
        await calls.load_userinfo(metadata, "an-access-token", subject="s")
    with pytest.raises(PeerError):
        await calls.load_metadata(a_provider(issuer="https://harbour.example/realm"))
