"""What callers are told beside a reply."""

from collections.abc import MutableMapping
from typing import Any

import pytest

from curtilage.gateway.signposts import Signposts, find_nonce
from curtilage.identity.token_cache import TokenCache
from curtilage.identity.token_callers import TokenBook
from tests.fakes.clock import START
from tests.fakes.dataplane import StaticSnapshots, a_snapshot
from tests.signed_tokens import ALL_KEYS, ISSUER

WHERE = "https://ai.example/.well-known/oauth-protected-resource/v1"
PROVED = [(b"dpop", b"proof")]


async def reply(
    given: list[tuple[bytes, bytes]], headers: list[tuple[bytes, bytes]], nonce: str = ""
) -> list[tuple[bytes, bytes]]:
    """The headers of a reply that begins with `headers`."""
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    back = Signposts(WHERE, lambda: nonce).put_up({"headers": given}, send)
    start = {"type": "http.response.start", "status": 401, "headers": headers}
    await back(start)
    body = {"type": "http.response.body", "body": b"whole"}
    await back(body)
    assert start["headers"] == headers, "what was given is not touched"
    assert sent[1] is body
    return list(sent[0]["headers"])


@pytest.mark.requirement(24)
async def test_a_challenge_names_where_the_resource_is_described() -> None:
    kept = (b"content-type", b"application/json")
    challenges = [(b"www-authenticate", each) for each in (b'Bearer realm="a"', b'DPoP algs="E"')]
    assert await reply([], [kept, *challenges]) == [
        kept,
        (b"www-authenticate", f'Bearer realm="a", resource_metadata="{WHERE}"'.encode()),
        (b"www-authenticate", f'DPoP algs="E", resource_metadata="{WHERE}"'.encode()),
    ]


@pytest.mark.requirement(22)
async def test_who_brings_a_proof_gets_the_next_nonce_where_one_is_needed() -> None:
    assert await reply(PROVED, [], "n-1") == [(b"dpop-nonce", b"n-1")]
    assert await reply(PROVED, [], "") == []
    assert await reply([], [], "n-1") == []


def test_the_nonce_is_that_of_what_the_worker_was_told_last() -> None:
    cache = TokenCache(ISSUER, "a", ALL_KEYS)
    for book, needs in (
        (None, False),
        (TokenBook(cache, "b"), False),
        (TokenBook(cache, "b", nonce_key=b"n" * 32), True),
    ):
        source = StaticSnapshots(a_snapshot(tokens=book))
        assert bool(find_nonce(source, lambda: START)) is needs
