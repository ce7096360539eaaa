"""The cache alone: what is found again, how it is sealed, and where it ends."""

from dataclasses import replace
from typing import Any

import pytest

from curtilage.core.models import PurposeKey, Scope
from curtilage.gateway import replycache
from curtilage.gateway.admitting import Admitted
from curtilage.gateway.headers import CallerHeaders
from curtilage.gateway.ports import UpstreamReply
from curtilage.gateway.repeatable import Wish
from curtilage.gateway.replycache import BESIDE, CachedCall, Question, ReplyCache
from curtilage.gateway.request import Inbound
from curtilage.gateway.routes import Target
from curtilage.gateway.session import Session, open_session
from curtilage.gateway.wire.facts import ReplyStats, RequestFacts
from curtilage.vault.errors import SealBroken
from tests.builders import ASSIST, PERSON, a_principal, a_scope
from tests.fakes.clock import FixedClock
from tests.fakes.dataplane import STREAM, FakeReply, a_loaded_scope, a_snapshot, an_api_key
from tests.fakes.entropy import FixedEntropy

TARGET = Target("openai", "openai", "external", "gpt-4o", "gpt-*", cache=60)
WHOLE = ReplyStats(finish=["stop"])
HEADERS = CallerHeaders("", None, "", "", "", "", (), "")
REPLY = b'{"says":"QX1-EMAIL-token"}'


def a_session(scope: Scope, **loaded: Any) -> Session:
    return open_session(a_loaded_scope(scope, **loaded), FixedEntropy())


def a_question(scope: Scope | None = None, **given: Any) -> Question:
    scope = scope or a_scope()
    admitted = Admitted(an_api_key(), a_principal(), ASSIST, scope, HEADERS)
    inbound = Inbound({"messages": []}, RequestFacts("gpt-4o"), TARGET)
    session = a_session(scope)
    asked = Question(a_snapshot(), admitted, session, "openai.chat", inbound, b"{}")
    return replace(asked, **given)


def a_cache(most: int = 100_000) -> ReplyCache:
    return ReplyCache(FixedClock(), most=most, rules="1")


async def drain(reply: UpstreamReply) -> bytes:
    body = b""
    while piece := await reply.read():
        body += piece
    return body


def consult(cache: ReplyCache, question: Question, wish: Wish | None = None) -> CachedCall:
    cached = cache.consult(question, wish or Wish())
    assert cached is not None
    return cached


async def keep(
    cache: ReplyCache, question: Question, *pieces: bytes, stats: ReplyStats = WHOLE, **reply: Any
) -> None:
    cached = consult(cache, question)
    assert await drain(cached.copy(FakeReply(pieces, **reply))) == b"".join(pieces)
    cached.keep(stats)


async def test_the_same_question_gets_the_same_bytes_with_what_says_how_to_read_them() -> None:
    cache, question = a_cache(), a_question()
    await keep(cache, question, REPLY[:5], REPLY[5:], headers=(*STREAM, ("x-request-id", "req_1")))
    for _ in range(2):
        reply = consult(cache, question).reply
        assert reply is not None and reply.status == 200
        assert list(reply.headers) == list(STREAM)
        assert await drain(reply) == REPLY
        await reply.close()


async def test_a_long_reply_comes_in_pieces_so_that_others_have_their_turn() -> None:
    cache, question = a_cache(), a_question()
    await keep(cache, question, b"x" * 40_000)
    reply = consult(cache, question).reply
    assert reply is not None
    assert [len(await reply.read()) for _ in range(4)] == [16384, 16384, 7232, 0]


OTHERS = {
    "principal": {"scope": a_scope(principal="service-other")},
    "tenant": {"scope": a_scope(tenant="tenant-other")},
    "subject": {"scope": a_scope(subject=PERSON)},
    "session": {"scope": a_scope(name="conversation-8")},
    "epoch": {"session": a_session(a_scope(), current=(2, b"2" * 32))},
    "kind": {"kind": "openai.completions"},
    "body": {"body": b"{ }"},
    "query": {"query": b"beta=true"},
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
async def test_what_differs_in_anything_is_another_question(other: dict[str, Any]) -> None:
    cache = a_cache()
    await keep(cache, a_question(), REPLY)
    assert consult(cache, a_question()).reply is not None
    assert consult(cache, a_question(**other)).reply is None


async def test_purpose_policy_route_and_headers_that_travel_are_of_the_question() -> None:
    cache, asked = a_cache(), a_question()
    await keep(cache, asked, REPLY)
    admitted, inbound, snapshot = asked.admitted, asked.inbound, asked.snapshot
    headers = replace(HEADERS, forwarded=(("openai-beta", "x"),))
    held = replace(snapshot.policy, held_to=("strict@1",))
    renamed, elsewhere = replace(TARGET, model="gpt-5"), replace(TARGET, upstream="far")
    for other in (
        replace(asked, admitted=replace(admitted, purpose=PurposeKey("research"))),
        replace(asked, admitted=replace(admitted, headers=headers)),
        replace(asked, snapshot=replace(snapshot, policy=replace(snapshot.policy, name="new"))),
        replace(asked, snapshot=replace(snapshot, policy=held)),
        replace(asked, inbound=replace(inbound, target=renamed)),
        replace(asked, inbound=replace(inbound, target=elsewhere)),
        replace(asked, inbound=replace(inbound, target=replace(TARGET, others=(renamed,)))),
    ):
        assert consult(cache, other).reply is None
    assert consult(cache, asked).reply is not None


async def test_nothing_readable_is_kept_and_only_the_key_of_the_scope_opens_it() -> None:
    cache, question = a_cache(), a_question()
    await keep(cache, question, REPLY)
    ((lookup, entry),) = cache._entries.items()  # what lies in memory is the point
    assert b"QX1" not in entry.sealed and b"says" not in entry.sealed and b"QX1" not in lookup
    assert "sealed" not in repr(entry)
    cache._entries[lookup] = replace(entry, sealed=entry.sealed[:-1] + b"\0")
    with pytest.raises(SealBroken):
        consult(cache, question)


async def test_a_reply_is_kept_for_as_long_as_its_route_says() -> None:
    clock = FixedClock()
    cache = ReplyCache(clock, most=100_000)
    await keep(cache, a_question(), REPLY)
    clock.advance(59)
    assert consult(cache, a_question()).reply is not None
    clock.advance(1)
    assert consult(cache, a_question()).reply is None


async def test_what_was_asked_for_longest_ago_makes_room() -> None:
    size = BESIDE + 1000 + 200
    cache = a_cache(most=2 * size)
    questions = [a_question(body=bytes([48 + number])) for number in range(3)]
    for question in questions[:2]:
        await keep(cache, question, b"x" * 1000)
    assert consult(cache, questions[0]).reply is not None
    await keep(cache, questions[2], b"x" * 1000)
    there = [consult(cache, question).reply is not None for question in questions]
    assert there == [True, False, True]


async def test_a_reply_that_comes_again_takes_the_place_of_the_first() -> None:
    cache, question = a_cache(), a_question()
    await keep(cache, question, REPLY)
    again = consult(cache, question, Wish(may_look=False))
    assert again.reply is None
    await drain(again.copy(FakeReply((b"newer",))))
    again.keep(WHOLE)
    reply = consult(cache, question).reply
    assert reply is not None and await drain(reply) == b"newer"


@pytest.mark.parametrize(
    ("stats", "reply"),
    [
        (ReplyStats(finish=["stop"], complete=False), {}),
        (ReplyStats(failed=True), {}),
        (WHOLE, {"status": 201}),
        (WHOLE, {"status": 500}),
    ],
)
async def test_errors_and_halves_are_not_kept(stats: ReplyStats, reply: dict[str, Any]) -> None:
    cache = a_cache()
    await keep(cache, a_question(), REPLY, stats=stats, **reply)
    assert consult(cache, a_question()).reply is None


async def test_a_reply_too_large_is_passed_on_and_not_kept() -> None:
    cache = ReplyCache(FixedClock(), most=1 << 30)
    half = b"x" * (replycache.MOST_REPLY // 2 + 1)
    await keep(cache, a_question(), half, half, half)
    assert consult(cache, a_question()).reply is None
    small = a_cache(most=BESIDE)
    await keep(small, a_question(), REPLY)
    assert consult(small, a_question()).reply is None


async def test_whoever_says_so_is_neither_answered_from_it_nor_kept_in_it() -> None:
    cache, question = a_cache(), a_question()
    await keep(cache, question, REPLY)
    assert cache.consult(question, Wish(may_look=False, may_keep=False)) is None


def test_a_credential_of_the_callers_own_a_large_request_and_a_store_have_no_place() -> None:
    cache, asked = a_cache(), a_question()
    own = replace(HEADERS, credential=("authorization", "Bearer mine"))
    stored = replace(asked.inbound, facts=RequestFacts("gpt-4o", stored=True))
    for question in (
        replace(asked, admitted=replace(asked.admitted, headers=own)),
        replace(asked, body=b"x" * (replycache.MOST_REQUEST + 1)),
        replace(asked, inbound=stored),
    ):
        assert cache.consult(question, Wish()) is None


async def test_after_a_change_it_is_empty_and_a_call_from_before_keeps_nothing() -> None:
    cache, question = a_cache(), a_question()
    await keep(cache, question, REPLY)
    under_way = consult(cache, a_question(body=b"later"))
    await drain(under_way.copy(FakeReply((REPLY,))))
    cache.forget()
    under_way.keep(WHOLE)
    assert consult(cache, question).reply is None
    assert consult(cache, a_question(body=b"later")).reply is None
    await keep(cache, question, REPLY)
    assert consult(cache, question).reply is not None
