"""Which policies decide on a call: those since its session began, and a second beside them."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from curtilage.consent.combine import Earlier, Lineage
from curtilage.consent.corrections import (
    Correction,
    Corrections,
    Verdict,
    digest_value,
    find_shape,
)
from curtilage.consent.models import Policy, RestoreRules
from curtilage.core.models import PrincipalId, Treatment
from curtilage.gateway.ports import UpstreamRequest
from tests.fakes.calls import ADA, DOCUMENT, a_caller, answering, run
from tests.fakes.clock import START
from tests.fakes.dataplane import (
    CATEGORIES,
    Caller,
    DataPlane,
    FakeReply,
    a_policy,
    a_snapshot,
)
from tests.fakes.provider import (
    chat_reply,
)

EARLIER = START - timedelta(hours=1)
DAY = timedelta(days=1)
LONG_AGO = EARLIER - DAY


def changed(newest: Policy, before: Policy, begun_at: datetime) -> DataPlane:
    """`newest` is in force since an hour ago, and was `before` before."""
    vocabulary = [f"{category}:{kind}" for kind, category in CATEGORIES.items()]
    lineage = Lineage(newest, [Earlier(before, EARLIER)], vocabulary)
    plane = answering(json.dumps(chat_reply("Hello.")).encode())
    plane.snapshots.snapshot = a_snapshot(policy=newest, lineage=lineage)
    plane.loader.begun_at = begun_at
    return plane


async def leaves(plane: DataPlane) -> tuple[str, Caller]:
    caller = await run(plane, a_caller())
    assert caller.status == 200
    return json.loads(plane.upstream.received[-1].body)["messages"][0]["content"], caller


async def test_what_became_looser_is_for_sessions_that_began_since() -> None:
    plane = changed(a_policy("observe"), a_policy(), START)
    left, caller = await leaves(plane)
    assert left == ADA
    assert caller.reply_headers["x-curtilage-policy"] == "observe"
    assert "held_to" not in plane.recorder.events[0].facts


async def test_an_older_session_is_held_to_the_policy_before_and_the_record_says_so() -> None:
    observing, balanced = a_policy("observe"), a_policy()
    plane = changed(observing, balanced, LONG_AGO)
    left, caller = await leaves(plane)
    assert ADA not in left
    assert "x-curtilage-policy" not in caller.reply_headers, "it is not only observed"
    intent = plane.recorder.events[0]
    assert intent.decision["policy"] == observing.reference
    assert intent.facts["held_to"] == [balanced.reference]


@pytest.mark.parametrize("begun_at", [LONG_AGO, START])
async def test_what_became_stricter_is_for_all_at_once(begun_at: datetime) -> None:
    plane = changed(a_policy(), a_policy("observe"), begun_at)
    left, _ = await leaves(plane)
    assert ADA not in left
    assert "held_to" not in plane.recorder.events[0].facts


@pytest.mark.parametrize(("begun_at", "comes_back"), [(LONG_AGO, False), (START, True)])
async def test_less_comes_back_where_an_earlier_policy_kept_it(
    begun_at: datetime, comes_back: bool
) -> None:
    kept = a_policy(restore=RestoreRules(to_services=frozenset()))
    plane = changed(a_policy(), kept, begun_at)

    def echo(request: UpstreamRequest) -> FakeReply:
        said = json.loads(request.body)["messages"][0]["content"]
        return FakeReply((json.dumps(chat_reply(said)).encode(),))

    plane.upstream.answer = echo
    _, caller = await leaves(plane)
    assert (ADA in json.loads(caller.reply)["choices"][0]["message"]["content"]) is comes_back


async def test_what_an_earlier_policy_refuses_is_refused() -> None:
    refusing = a_policy(refused_destinations=frozenset({"external"}))
    for begun_at, status in ((LONG_AGO, 403), (START, 200)):
        plane = changed(a_policy(), refusing, begun_at)
        assert (await run(plane, a_caller())).status == status


async def shadowed(live: Policy, shadow: Policy | None) -> tuple[Any, Caller, DataPlane]:
    plane = answering(json.dumps(chat_reply("Hello.")).encode())
    plane.snapshots.snapshot = a_snapshot(policy=live, shadow=shadow)
    caller = await run(plane, a_caller())
    return plane.recorder.events[-1].facts.get("shadow"), caller, plane


async def test_a_second_policy_is_asked_and_decides_nothing() -> None:
    observing, strict = a_policy("observe"), a_policy("strict", default=Treatment.BLOCK)
    told, caller, plane = await shadowed(observing, strict)
    assert told == {"policy": strict.reference, "stricter": {"EMAIL_ADDRESS": 1}}
    assert caller.status == 200
    assert ADA in json.loads(plane.upstream.received[0].body)["messages"][0]["content"]
    assert plane.recorder.events[0].decision["policy"] == observing.reference


async def test_a_second_policy_lets_nothing_through_that_the_first_refuses() -> None:
    refusing = a_policy(refused_destinations=frozenset({"external"}))
    told, caller, plane = await shadowed(refusing, a_policy())
    assert (told["effect"], caller.status) == ("permit", 403)
    assert not plane.upstream.received


async def test_a_second_policy_that_would_refuse_is_told_with_its_reason() -> None:
    refusing = a_policy(refused_destinations=frozenset({"external"}))
    told, caller, _ = await shadowed(a_policy(), refusing)
    assert (told["effect"], told["reason"]) == ("refuse", "destination.refused")
    assert caller.status == 200


async def test_without_a_second_policy_no_record_speaks_of_one() -> None:
    told, _, plane = await shadowed(a_policy(), None)
    assert told is None
    assert "shadow" not in str([event.facts for event in plane.recorder.events])


async def corrected(begun_at: datetime, *said: tuple[Verdict, str, str], text: str) -> str:
    key, entries = bytes(32), []
    for number, (verdict, qualified, value) in enumerate(said):
        kind, (words, length) = qualified.rpartition(":")[2], find_shape(value)
        digest = digest_value(key, verdict, kind, value)
        given = (digest, words, length, "A test", PrincipalId("ada"), EARLIER, START + DAY)
        entries.append(Correction(f"c-{number}", verdict, qualified, *given))
    plane = answering(json.dumps(chat_reply("Hello.")).encode())
    plane.snapshots.snapshot = a_snapshot(corrections=Corrections(key, entries))
    plane.loader.begun_at = begun_at
    await run(plane, Caller(json.dumps({**DOCUMENT, "messages": [user(text)]}).encode()))
    said_on: str = json.loads(plane.upstream.received[0].body)["messages"][0]["content"]
    return said_on


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


async def test_what_is_not_personal_leaves_as_it_is_in_sessions_that_begin_since() -> None:
    said = (Verdict.NOT_PERSONAL, "user.contact.email:EMAIL_ADDRESS", ADA)
    assert await corrected(START, said, text=ADA) == ADA
    assert ADA not in await corrected(LONG_AGO, said, text=ADA)


@pytest.mark.parametrize("begun_at", [LONG_AGO, START])
async def test_what_should_have_been_found_is_treated_as_what_it_is(begun_at: datetime) -> None:
    said = (Verdict.MISSED, "user.contact.email:EMAIL_ADDRESS", "ada at orchard")
    left = await corrected(begun_at, said, text="Mail Ada at Orchard today.")
    assert "orchard" not in left.casefold() and left.startswith("Mail ")
