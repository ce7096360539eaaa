"""What a kept reply stands for: found by its caller alone, sealed for everybody else."""

from dataclasses import dataclass, field, replace

import pytest

from curtilage.core.models import Scope
from curtilage.gateway import recall
from curtilage.gateway.errors import KeptTooMuch, ReplyElsewhere, UnknownReply
from curtilage.gateway.recall import KEPT_REPLIES, Recall
from curtilage.gateway.request import Inbound
from curtilage.gateway.routes import Target
from curtilage.gateway.sealed import SealedRows
from curtilage.gateway.session import Session, open_session
from curtilage.gateway.sessioncache import Sessions
from curtilage.gateway.wire.facts import RequestFacts
from curtilage.shield.held import Held, HeldValue, Origin
from curtilage.vault.errors import SealBroken
from tests.builders import PERSON, SERVICE, TENANT
from tests.fakes.clock import FixedClock
from tests.fakes.dataplane import FakeKeptRows, FakeLoader, a_loaded_scope
from tests.fakes.entropy import FixedEntropy
from tests.fakes.ids import FixedIds

ADA = HeldValue("ada@orchard.example", "EMAIL_ADDRESS", Origin.CALLER)
BOB = HeldValue("Bob Reed 😀", "PERSON", Origin.APPLICATION)
FACTS = RequestFacts("gpt-5", stored=True)


def session(**scope: object) -> Session:
    given = Scope(TENANT, SERVICE, None, "session", "one")._replace(**scope)
    return open_session(a_loaded_scope(given), FixedEntropy())


def replace_origin(value: HeldValue) -> HeldValue:
    """The same value, from the caller itself."""
    return value._replace(origin=Origin.CALLER)


def inbound(facts: RequestFacts = FACTS, upstream: str = "openai") -> Inbound:
    return Inbound({}, facts, Target(upstream, "openai", "external", facts.model, "gpt-*"))


def held(**values: HeldValue) -> Held:
    made = Held()
    for token, value in values.items():
        made.hold(token, value)
    return made


@dataclass
class Bench:
    """A Recall and what lies behind it."""

    replies: FakeKeptRows = field(default_factory=FakeKeptRows)
    loader: FakeLoader = field(default_factory=FakeLoader)
    clock: FixedClock = field(default_factory=FixedClock)

    def recall(self) -> Recall:
        sessions = Sessions(self.loader, clock=self.clock, entropy=FixedEntropy())
        return Recall(SealedRows(self.replies, self.clock, KEPT_REPLIES), sessions, FixedIds())

    @property
    def stored(self) -> bytes:
        return b"".join(row for rows in self.replies.rows.values() for row in rows.values())


async def test_what_was_kept_comes_back_whole() -> None:
    bench = Bench()
    made, mine = bench.recall(), session()
    await made.keep(mine, "resp_1", inbound(), held(Qone=ADA, Qtwo=BOB))
    kept = await made.get(mine, "resp_1")
    assert (kept.upstream, kept.model) == ("openai", "gpt-5")
    assert dict(kept.values) == {"Qone": ADA, "Qtwo": BOB}


async def test_nothing_readable_is_stored() -> None:
    bench = Bench()
    await bench.recall().keep(session(), "resp_1", inbound(), held(Qone=ADA))
    for word in (b"ada", b"orchard", b"resp_1", b"EMAIL", b"openai", b"gpt"):
        assert word not in bench.stored
    assert "resp_1" not in str(list(bench.replies.rows))


@pytest.mark.parametrize(
    "other", [{"name": "two"}, {"principal": "service-2"}, {"subject": PERSON}, {"tenant": "t2"}]
)
async def test_nobody_else_finds_it(other: dict[str, object]) -> None:
    bench = Bench()
    made = bench.recall()
    await made.keep(session(), "resp_1", inbound(), held(Qone=ADA))
    with pytest.raises(UnknownReply):
        await made.get(session(**other), "resp_1")


async def test_what_was_kept_for_one_purpose_is_not_there_for_another() -> None:
    made = Bench().recall()
    before, after = (session(span="epoch", name=name) for name in ("80", "81"))
    await made.keep(before.held_for("assist"), "resp_1", inbound(), held(Qone=ADA))
    for mine in (before, after):
        assert (await made.get(mine.held_for("assist"), "resp_1")).model == "gpt-5"
        for other in (mine, mine.held_for("code")):
            with pytest.raises(UnknownReply):
                await made.get(other, "resp_1")
    await made.forget(before.held_for("code"), "resp_1")
    assert (await made.get(before.held_for("assist"), "resp_1")).model == "gpt-5"


async def test_a_conversation_goes_on_over_the_end_of_an_epoch_and_no_further() -> None:
    bench = Bench()
    made = bench.recall()
    await made.keep(session(span="epoch", name="80"), "resp_1", inbound(), held(Qone=ADA))
    later = session(span="epoch", name="81")
    assert dict((await made.get(later, "resp_1")).values) == {"Qone": ADA}
    await made.keep(later, "resp_2", inbound(), held(Qone=ADA))
    assert (await made.get(session(span="epoch", name="82"), "resp_2")).model == "gpt-5"
    with pytest.raises(UnknownReply):
        await made.get(session(span="epoch", name="82"), "resp_1")


async def test_what_an_older_key_sealed_is_found_under_a_newer_one() -> None:
    bench = Bench()
    made, before = bench.recall(), session()
    await made.keep(before, "resp_1", inbound(), held(Qone=ADA))
    rotated = replace(before.loaded, current=(2, b"n" * 32), older=(before.loaded.current,))
    after = open_session(rotated, FixedEntropy())
    assert dict((await made.get(after, "resp_1")).values) == {"Qone": ADA}
    await made.forget(after, "resp_1")
    assert bench.stored == b""


async def test_a_changed_row_is_refused_and_not_read() -> None:
    bench = Bench()
    made, mine = bench.recall(), session()
    await made.keep(mine, "resp_1", inbound(), held(Qone=ADA))
    ((place, rows),) = bench.replies.rows.items()
    ((id, sealed),) = rows.items()
    bench.replies.rows[place] = {id: sealed[:-1] + bytes([sealed[-1] ^ 1])}
    with pytest.raises(SealBroken):
        await made.get(mine, "resp_1")


async def test_a_row_moved_under_another_id_does_not_open() -> None:
    bench = Bench()
    made, mine = bench.recall(), session()
    for id in ("resp_1", "resp_2"):
        await made.keep(mine, id, inbound(), held(Qone=ADA))
    first, second = bench.replies.rows
    bench.replies.rows[second] = bench.replies.rows[first]
    found = 0
    for id in ("resp_1", "resp_2"):
        try:
            await made.get(mine, id)
            found += 1
        except SealBroken:
            pass
    assert found == 1


async def test_a_request_goes_on_from_all_that_it_names() -> None:
    made, mine = Bench().recall(), session()
    await made.keep(mine, "resp_1", inbound(), held(Qone=ADA))
    await made.keep(mine, "conv_1", inbound(), held(Qtwo=BOB))
    now = held(Qthree=HeldValue("new", "PERSON", Origin.CALLER))
    facts = RequestFacts("gpt-5", continues=("resp_1", "conv_1"), stored=True)
    await made.go_on(mine, inbound(facts), now)
    assert {token for token, _ in now} == {"Qone", "Qtwo", "Qthree"}


async def test_what_another_upstream_keeps_is_not_gone_on_from() -> None:
    made, mine = Bench().recall(), session()
    await made.keep(mine, "resp_1", inbound(), held(Qone=ADA))
    facts = RequestFacts("gpt-5", continues=("resp_1",))
    now = held()
    with pytest.raises(ReplyElsewhere):
        await made.go_on(mine, inbound(facts, "elsewhere"), now)
    assert len(now) == 0


async def test_more_than_can_be_kept_is_refused_before_it_is_sent() -> None:
    made, mine = Bench().recall(), session()
    long = HeldValue("x" * (recall.MOST_BYTES // 4), "PERSON", Origin.CALLER)
    with pytest.raises(KeptTooMuch):
        await made.go_on(mine, inbound(), held(one=long))
    await made.go_on(mine, inbound(RequestFacts("gpt-5")), held(one=long))


async def test_a_conversation_that_is_added_to_gathers_its_values() -> None:
    made, mine = Bench().recall(), session()
    facts = RequestFacts("gpt-5", adds_to=("conv_1",), stored=True)
    await made.keep(mine, "resp_1", inbound(facts), held(Qone=ADA))
    await made.keep(mine, "resp_2", inbound(facts), held(Qtwo=BOB))
    assert dict((await made.get(mine, "conv_1")).values) == {"Qone": ADA, "Qtwo": BOB}
    assert dict((await made.get(mine, "resp_2")).values) == {"Qtwo": BOB}


async def test_a_turn_adds_what_is_new_and_no_more() -> None:
    """All of a conversation is read at once: it may not grow by all of itself each turn."""
    bench = Bench()
    made, mine = bench.recall(), session()
    facts = RequestFacts("gpt-5", continues=("conv_1",), adds_to=("conv_1",), stored=True)
    long = HeldValue("x" * 100_000, "PERSON", Origin.CALLER)
    await made.keep(mine, "conv_1", inbound(), held(Qone=long))
    turns = [{}, {}, {"Qtwo": BOB}, {"Qtwo": replace_origin(BOB)}, {}]
    for number, values in enumerate(turns):
        asked, now = inbound(facts), held(**values)
        await made.go_on(mine, asked, now)
        await made.keep(mine, f"resp_{number}", asked, now)
        assert not asked.recalled, "a stream holds it no longer"
        await made.forget(mine, f"resp_{number}")
    kept = await made.get(mine, "conv_1")
    assert dict(kept.values) == {"Qone": long, "Qtwo": replace_origin(BOB)}
    assert len(bench.stored) < 110_000


async def test_a_surrogate_of_an_earlier_turn_stands_for_nothing_in_a_later_one() -> None:
    """The new turn may hold the same words as a literal of its own."""
    made, mine = Bench().recall(), session()
    kept = held(**{"192.0.2.137": ADA, "Qone": BOB})
    await made.keep(mine, "resp_1", inbound(), kept)
    now = held()
    await made.go_on(mine, inbound(RequestFacts("gpt-5", continues=("resp_1",))), now)
    assert [token for token, _ in now] == ["Qone"]


async def test_a_token_that_means_something_else_by_now_stays_what_it_is() -> None:
    made, mine = Bench().recall(), session()
    await made.keep(mine, "resp_1", inbound(), held(Qone=ADA))
    now = held(Qone=BOB)
    await made.go_on(mine, inbound(RequestFacts("gpt-5", continues=("resp_1",))), now)
    assert dict(now) == {"Qone": BOB}


async def test_a_conversation_that_two_upstreams_keep_is_gone_on_from_at_neither() -> None:
    made, mine = Bench().recall(), session()
    facts = RequestFacts("gpt-5", adds_to=("conv_1",), stored=True)
    await made.keep(mine, "resp_1", inbound(facts), held(Qone=ADA))
    await made.keep(mine, "resp_2", inbound(facts, "elsewhere"), held(Qtwo=BOB))
    with pytest.raises(ReplyElsewhere):
        await made.get(mine, "conv_1")
