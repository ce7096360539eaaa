"""Ids of what a provider stores: known to whom they were given, and to nobody else."""

from dataclasses import dataclass, field, replace

import pytest

from curtilage.core.models import Scope
from curtilage.gateway.errors import NotKept, ReplyElsewhere, UnknownItem
from curtilage.gateway.request import Inbound
from curtilage.gateway.routes import Target
from curtilage.gateway.sealed import SealedRows
from curtilage.gateway.session import Session, open_session
from curtilage.gateway.sessioncache import Sessions
from curtilage.gateway.storedids import MOST_NAMED, STORED_IDS, StoredIds
from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.gateway.wire.facts import RequestFacts
from curtilage.vault.errors import SealBroken
from tests.builders import PERSON, SERVICE, TENANT
from tests.fakes.clock import FixedClock
from tests.fakes.dataplane import FakeKeptRows, FakeLoader, a_loaded_scope
from tests.fakes.entropy import FixedEntropy

FIRST, SECOND = (
    Target(name, "openai", "external", "gpt-5", "gpt-*") for name in ("first", "second")
)


def session(**scope: object) -> Session:
    given = Scope(TENANT, SERVICE, None, "session", "one")._replace(**scope)
    return open_session(a_loaded_scope(given), FixedEntropy())


def inbound(*targets: Target) -> Inbound:
    target, *others = targets or (FIRST,)
    return Inbound({}, RequestFacts("gpt-5"), replace(target, others=tuple(others)))


@dataclass
class Bench:
    """The ids of one installation, as any of its workers finds them."""

    replies: FakeKeptRows = field(default_factory=FakeKeptRows)
    clock: FixedClock = field(default_factory=FixedClock)

    def worker(self, most: int = 64) -> StoredIds:
        sessions = Sessions(FakeLoader(), clock=self.clock, entropy=FixedEntropy())
        return StoredIds(SealedRows(self.replies, self.clock, STORED_IDS), sessions, most=most)


async def test_what_was_given_may_be_named_again_at_any_worker() -> None:
    bench = Bench()
    await bench.worker().note(session(), {"rs_1": True, "ws_1": True}, "first")
    asked = inbound(SECOND, FIRST)
    await bench.worker().require(session(), asked, ("rs_1", "ws_1"))
    assert asked.target.upstream == asked.account.upstream == "first"
    assert not asked.target.others, "it goes to where the things are, and nowhere else"


@pytest.mark.parametrize(
    "other", [{"name": "two"}, {"principal": "service-2"}, {"subject": PERSON}, {"tenant": "t2"}]
)
async def test_nobody_else_may_name_it(other: dict[str, object]) -> None:
    bench = Bench()
    noting = bench.worker()
    await noting.note(session(), {"rs_1": True}, "first")
    for worker in (noting, bench.worker()):
        with pytest.raises(UnknownItem):
            await worker.require(session(**other), inbound(), ("rs_1",))
        await worker.require(session(), inbound(), ("rs_1",))
        with pytest.raises(UnknownItem):
            await worker.require(session(**other), inbound(), ("rs_1",))


async def test_what_was_given_for_one_purpose_is_not_named_for_another() -> None:
    bench = Bench()
    noting, mine = bench.worker(), session(span="epoch", name="80")
    await noting.note(mine.held_for("assist"), {"rs_1": True}, "first")
    for worker in (noting, bench.worker()):
        for name in ("80", "81"):
            now = session(span="epoch", name=name)
            await worker.require(now.held_for("assist"), inbound(), ("rs_1",))
            with pytest.raises(UnknownItem):
                await worker.require(now.held_for("code"), inbound(), ("rs_1",))


async def test_nothing_readable_is_stored_or_remembered() -> None:
    bench = Bench()
    worker = bench.worker()
    await worker.note(session(), {"rs_secret": True}, "first")
    told = str(bench.replies.rows) + str(worker._known)
    assert "rs_secret" not in told
    assert "first" not in str(bench.replies.rows)


async def test_what_is_named_is_where_one_upstream_has_it_or_is_refused() -> None:
    worker, mine = Bench().worker(), session()
    await worker.note(mine, {"rs_1": True}, "first")
    await worker.note(mine, {"rs_2": True}, "second")
    with pytest.raises(ReplyElsewhere):
        await worker.require(mine, inbound(SECOND), ("rs_1",))
    with pytest.raises(ReplyElsewhere):
        await worker.require(mine, inbound(FIRST, SECOND), ("rs_1", "rs_2"))


async def test_what_is_stored_nowhere_goes_anywhere() -> None:
    worker, mine = Bench().worker(), session()
    await worker.note(mine, {"ws_1": False}, "first")
    asked = inbound(SECOND, FIRST)
    await worker.require(mine, asked, ("ws_1",))
    assert (asked.target.upstream, len(asked.target.others)) == ("second", 1)


async def test_an_id_lasts_over_the_end_of_an_epoch_and_no_further() -> None:
    bench = Bench()
    await bench.worker().note(session(span="epoch", name="80"), {"rs_1": True}, "first")
    await bench.worker().require(session(span="epoch", name="81"), inbound(), ("rs_1",))
    with pytest.raises(UnknownItem):
        await bench.worker().require(session(span="epoch", name="82"), inbound(), ("rs_1",))


async def test_an_id_is_written_once_and_asked_for_once() -> None:
    bench = Bench()
    worker, mine = bench.worker(), session()
    await worker.note(mine, {"rs_1": True}, "first")
    bench.replies.broken = True
    await worker.note(mine, {"rs_1": True}, "first")
    await worker.require(mine, inbound(), ("rs_1",))
    bench.replies.broken = False
    other = bench.worker()
    await other.require(mine, inbound(), ("rs_1",))
    bench.replies.broken = True
    await other.require(mine, inbound(), ("rs_1",))


async def test_a_worker_remembers_so_many_and_asks_for_the_others_again() -> None:
    bench = Bench()
    worker, mine = bench.worker(most=2), session()
    ids = tuple(f"rs_{number}" for number in range(5))
    await worker.note(mine, dict.fromkeys(ids, True), "first")
    assert len(worker._known) == 2
    await worker.require(mine, inbound(), ids)
    assert len(worker._known) == 2


async def test_a_destroyed_key_takes_what_is_remembered_along() -> None:
    worker, mine = Bench().worker(), session()
    await worker.note(mine, {"rs_1": True}, "first")
    renewed = open_session(replace(mine.loaded, current=(1, b"n" * 32)), FixedEntropy())
    with pytest.raises(UnknownItem):
        await worker.require(renewed, inbound(), ("rs_1",))


async def test_what_an_older_key_sealed_is_found_under_a_newer_one() -> None:
    bench, before = Bench(), session()
    await bench.worker().note(before, {"rs_1": True}, "first")
    rotated = replace(before.loaded, current=(2, b"n" * 32), older=(before.loaded.current,))
    await bench.worker().require(open_session(rotated, FixedEntropy()), inbound(), ("rs_1",))


async def test_a_row_moved_under_another_id_does_not_open() -> None:
    bench, mine = Bench(), session()
    await bench.worker().note(mine, {"rs_1": True, "rs_2": True}, "first")
    first, second = bench.replies.rows
    bench.replies.rows[second] = bench.replies.rows[first]
    with pytest.raises(SealBroken):
        await bench.worker().require(mine, inbound(), ("rs_2",))


async def test_what_cannot_be_noted_is_told() -> None:
    bench = Bench()
    bench.replies.broken = True
    with pytest.raises(NotKept):
        await bench.worker().note(session(), {"rs_1": True}, "first")


async def test_a_request_names_no_more_than_a_long_loop_does() -> None:
    ids = tuple(f"rs_{number}" for number in range(MOST_NAMED + 1))
    with pytest.raises(UnexpectedShape):
        await Bench().worker().require(session(), inbound(), ids)
