"""Hashing passphrases, a few at a time."""

import asyncio

import pytest

from curtilage.identity.adapters.argon2 import Argon2Passphrases
from curtilage.identity.errors import TooManySignIns
from curtilage.identity.models import Costs
from tests.fakes import FixedEntropy


@pytest.mark.requirement(39)
async def test_a_passphrase_matches_its_own_hash_and_no_other() -> None:
    passphrases = Argon2Passphrases(FixedEntropy())
    kept = await passphrases.hash(b"lantern gravel otter vowel")
    assert await passphrases.matches(kept, b"lantern gravel otter vowel")
    assert not await passphrases.matches(kept, b"lantern gravel otter vowe")
    assert not await passphrases.matches(kept, b"")
    assert not passphrases.is_outdated(kept)
    assert await passphrases.hash(b"lantern gravel otter vowel") != kept
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert Argon2Passphrases(FixedEntropy(), costs=Costs(3)).is_outdated(kept)
    passphrases.close()


async def test_where_nothing_was_kept_nothing_matches() -> None:
    passphrases = Argon2Passphrases(FixedEntropy("nobody"))
    FixedEntropy("nobody").token_bytes(32)
    assert not await passphrases.matches(None, FixedEntropy("nobody").token_bytes(32))
    passphrases.close()


@pytest.mark.parametrize("kept", ["damaged", "$argon2id$v=19$m=19456,t=2,p=1$"])
async def test_a_damaged_hash_matches_nothing(kept: str) -> None:
    passphrases = Argon2Passphrases(FixedEntropy())
    assert not await passphrases.matches(kept, b"lantern gravel otter vowel")
    passphrases.close()


@pytest.mark.requirement(39)
async def test_a_flood_is_refused_with_a_time_and_the_queue_drains() -> None:
    passphrases = Argon2Passphrases(FixedEntropy(), threads=1, waiting=2)
    outcomes = await asyncio.gather(
        *(passphrases.hash(b"lantern gravel") for _ in range(6)), return_exceptions=True
    )
    refused = [each for each in outcomes if isinstance(each, TooManySignIns)]
    assert len(refused) == 3
    assert {each.retry_after for each in refused} == {5}
    assert await passphrases.hash(b"lantern gravel")
    passphrases.close()


async def test_one_who_left_keeps_their_place_until_the_work_is_done() -> None:
    passphrases = Argon2Passphrases(FixedEntropy(), threads=1, waiting=0)
    left = asyncio.ensure_future(passphrases.hash(b"lantern gravel"))
    await asyncio.sleep(0)
    left.cancel()
    with pytest.raises(TooManySignIns):
        await passphrases.hash(b"lantern gravel")
    with pytest.raises(asyncio.CancelledError):
        await left
    passphrases.close()
