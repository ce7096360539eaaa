"""Nobody is admitted by a proof that came before."""

from datetime import datetime
from typing import Any

import pytest

from curtilage.gateway.admitting import Admitted, path_of
from curtilage.gateway.errors import ProofRefused, TokenRefused
from curtilage.gateway.proofs import admit_once, use_none
from curtilage.identity.token_cache import TokenCache
from curtilage.identity.token_callers import TokenBook, audience_of
from curtilage.identity.wire.access_tokens import sign_access_token
from tests.fakes.clock import START
from tests.fakes.dataplane import KEY, a_snapshot
from tests.proofs import a_key, a_proof
from tests.signed_tokens import ALL_KEYS, EC_KEY, ISSUER, an_access_token

pytestmark = pytest.mark.requirement(22)
BASE, PATH = "https://ai.orchard.example", "/v1/chat/completions"
CLIENT_KEY = a_key()
TOKEN = sign_access_token(
    an_access_token(
        audience=(audience_of(BASE),),
        scopes=frozenset({"models:call"}),
        jkt=CLIENT_KEY.thumbprint(),
    ),
    key=EC_KEY,
)


class Book:
    """Remembers what came, as the control process does."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()

    async def use(self, digest: bytes, until: datetime) -> bool:
        assert until > START
        is_first = digest not in self.seen
        self.seen.add(digest)
        return is_first


def a_request(*headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"method": "POST", "path": PATH, "raw_path": PATH.encode(), "headers": list(headers)}


def bound(proof: str) -> dict[str, Any]:
    token = (b"authorization", b"DPoP " + TOKEN.encode())
    return a_request(token, (b"dpop", proof.encode()))


async def admit(request: dict[str, Any], use: Any) -> Admitted:
    tokens = TokenBook(TokenCache(ISSUER, audience_of(BASE), ALL_KEYS), BASE)
    return await admit_once(a_snapshot(tokens=tokens), request, START, use)


async def test_the_second_time_is_refused_and_without_an_answer_the_first_too() -> None:
    book = Book()
    request = bound(a_proof(CLIENT_KEY, BASE + PATH, START, token=TOKEN))
    admitted = await admit(request, book.use)
    assert (admitted.principal.id, admitted.app) == ("person-ada", admitted.key.id)
    with pytest.raises(ProofRefused):
        await admit(request, book.use)
    fresh = bound(a_proof(CLIENT_KEY, BASE + PATH, START, token=TOKEN))
    with pytest.raises(ProofRefused):
        await admit(fresh, use_none)


async def test_a_key_asks_nobody() -> None:
    request = a_request((b"authorization", b"Bearer " + KEY.text.encode()))
    admitted = await admit(request, use_none)
    assert (admitted.key.id, admitted.app) == ("key-1", "")


async def test_without_anything_to_judge_tokens_by_none_is_taken() -> None:
    request = a_request((b"authorization", b"Bearer " + TOKEN.encode()))
    with pytest.raises(TokenRefused):
        await admit_once(a_snapshot(), request, START, use_none)


def test_a_path_counts_as_it_was_sent() -> None:
    assert path_of({"path": "/model/a:b", "raw_path": b"/model/a%3Ab?x=1"}) == "/model/a%3Ab"
    assert path_of({"path": "/v1/models"}) == "/v1/models"
