"""Tokens that were verified a moment ago."""

from dataclasses import replace
from datetime import timedelta

import pytest

from curtilage.identity.token_cache import TokenCache
from curtilage.identity.wire.access_tokens import sign_access_token
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.jwk import KeySet
from tests.fakes.clock import START
from tests.signed_tokens import ALL_KEYS, API, EC_KEY, ED_KEY, ISSUER, an_access_token

pytestmark = pytest.mark.requirement(9)

TOKEN = an_access_token()


def a_cache(most: int = 100) -> TokenCache:
    return TokenCache(ISSUER, API, ALL_KEYS, most=most)


def refusal(cache: TokenCache, raw: str, after: timedelta = timedelta()) -> JoseReason:
    with pytest.raises(JoseRefused) as caught:
        cache.verify(raw, at=START + after)
    return caught.value.reason


def test_the_second_time_is_the_first_ones_answer() -> None:
    cache, raw = a_cache(), sign_access_token(TOKEN, key=EC_KEY)
    first = cache.verify(raw, at=START)
    assert first == TOKEN
    assert cache.verify(raw, at=START + timedelta(minutes=9)) is first


def test_a_kept_token_expires_like_any_other() -> None:
    cache, raw = a_cache(), sign_access_token(TOKEN, key=EC_KEY)
    cache.verify(raw, at=START)
    assert cache.verify(raw, at=START + timedelta(seconds=659))
    assert refusal(cache, raw, timedelta(seconds=660)) is JoseReason.EXPIRED
    assert refusal(cache, raw, timedelta(seconds=661)) is JoseReason.EXPIRED


def test_a_kept_token_of_tomorrow_is_refused_when_the_clock_was_set_back() -> None:
    short = an_access_token(expires_at=START + timedelta(minutes=5))
    cache, raw = a_cache(), sign_access_token(short, key=EC_KEY)
    cache.verify(raw, at=START)
    assert refusal(cache, raw, timedelta(seconds=-61)) is JoseReason.NOT_YET


@pytest.mark.requirement(34)
def test_a_change_of_keys_forgets_everything() -> None:
    cache, raw = a_cache(), sign_access_token(TOKEN, key=EC_KEY)
    cache.verify(raw, at=START)
    cache.replace_keys(KeySet((ED_KEY.public,)))
    assert refusal(cache, raw) is JoseReason.KEY
    cache.replace_keys(ALL_KEYS)
    assert cache.verify(raw, at=START) == TOKEN


def test_what_was_refused_is_not_kept() -> None:
    cache, raw = a_cache(), sign_access_token(TOKEN, key=EC_KEY)
    for forged in (f"{raw}x", raw[:-4] + "AAAA", "", "é", "a" * 20_000):
        refusal(cache, forged)
        refusal(cache, forged)
    assert len(cache._verified) == 0
    assert cache.verify(raw, at=START) == TOKEN


def test_a_full_cache_gives_up_the_oldest_and_still_tells_the_truth() -> None:
    cache = a_cache(most=3)
    tokens = [replace(TOKEN, jti=f"j-{number}") for number in range(5)]
    raws = [sign_access_token(token, key=EC_KEY) for token in tokens]
    for token, raw in zip(tokens, raws, strict=True):
        assert cache.verify(raw, at=START) == token
        assert len(cache._verified) <= 3
    kept = cache.verify(raws[4], at=START)
    assert cache.verify(raws[0], at=START) == tokens[0]
    assert cache.verify(raws[4], at=START) is kept
