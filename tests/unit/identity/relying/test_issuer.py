"""An issuer's document and keys: fetched lazily, kept, asked for anew with restraint."""

import asyncio

import pytest

from curtilage.core.errors import PeerError
from curtilage.identity.errors import NoAnswer
from curtilage.identity.relying.errors import IssuerBroken
from curtilage.identity.relying.issuer import Issuer
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.jwk import KeySet
from tests.fakes import FixedClock
from tests.fakes.issuer import FakeIssuer
from tests.signed_tokens import ISSUER, RSA_KEY


@pytest.fixture
def fake(clock: FixedClock) -> FakeIssuer:
    return FakeIssuer(clock)


@pytest.fixture
def issuer(fake: FakeIssuer) -> Issuer:
    return Issuer(ISSUER, fake, fake.clock)


def refuse_key(keys: KeySet) -> None:
    raise JoseRefused(JoseReason.KEY)


async def test_nothing_is_asked_before_it_is_needed_and_then_once(
    issuer: Issuer, fake: FakeIssuer
) -> None:
    assert fake.asked == []
    await asyncio.gather(*(issuer.keys() for _ in range(20)))
    assert [path for path, _ in fake.asked] == ["/.well-known/openid-configuration", "/jwks"]


@pytest.mark.requirement(34)
@pytest.mark.complaint(30)
async def test_names_of_keys_that_nobody_knows_do_not_have_us_call_all_day(
    issuer: Issuer, fake: FakeIssuer
) -> None:
    for _ in range(100):
        with pytest.raises(JoseRefused):
            await issuer.verify(refuse_key)
    assert fake.count("/jwks") == 1
    fake.clock.advance(31)
    for _ in range(100):
        with pytest.raises(JoseRefused):
            await issuer.verify(refuse_key)
    assert fake.count("/jwks") == 2


async def test_another_fault_than_the_key_asks_for_no_keys(
    issuer: Issuer, fake: FakeIssuer
) -> None:
    def refuse(keys: KeySet) -> None:
        raise JoseRefused(JoseReason.SIGNATURE)

    await issuer.keys()
    fake.clock.advance(60)
    with pytest.raises(JoseRefused):
        await issuer.verify(refuse)
    assert fake.count("/jwks") == 1


@pytest.mark.requirement(34)
async def test_keys_follow_the_issuer_and_survive_its_silence(
    issuer: Issuer, fake: FakeIssuer
) -> None:
    first = await issuer.keys()
    fake.keys = KeySet((RSA_KEY.public,))
    fake.clock.advance(301)
    fake.problem = NoAnswer()
    assert await issuer.keys() is first
    assert await issuer.keys() is first
    fake.problem = None
    fake.clock.advance(31)
    assert (await issuer.keys()).keys == (RSA_KEY.public,)
    fake.problem = NoAnswer()
    fake.clock.advance(3601)
    with pytest.raises(PeerError):
        await issuer.keys()


async def test_an_issuer_that_was_never_there_is_said_to_be_silent(
    issuer: Issuer, fake: FakeIssuer
) -> None:
    fake.problem = NoAnswer()
    with pytest.raises(NoAnswer):
        await issuer.keys()
    fake.problem = None
    assert (await issuer.keys()).keys


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"keys": 1}', b'{"keys": [{"kty": "oct", "k": "AA"}]}']
)
async def test_keys_that_are_none_are_refused(
    issuer: Issuer, fake: FakeIssuer, body: bytes
) -> None:
    fake.spoil = lambda path, good: body if path == "/jwks" else good
    with pytest.raises(IssuerBroken):
        await issuer.keys()


async def test_a_document_that_is_not_there_is_said_so(issuer: Issuer, fake: FakeIssuer) -> None:
    fake.statuses = {"/.well-known/openid-configuration": 404}
    with pytest.raises(IssuerBroken):
        await issuer.provider()
    fake.statuses = {}
    assert (await issuer.provider()).issuer == ISSUER
