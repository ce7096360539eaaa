"""Callers turned away before they were known, in sums."""

from curtilage.gateway.rejections import Rejections
from tests.builders import TENANT
from tests.fakes import FixedClock, FixedIds
from tests.fakes.dataplane import FakeRecorder


def some_rejections(recorder: FakeRecorder) -> Rejections:
    return Rejections(recorder, TENANT, FixedClock(), FixedIds())


async def test_many_rejections_are_one_record_with_counts_by_reason() -> None:
    recorder = FakeRecorder()
    rejections = some_rejections(recorder)
    for _ in range(1000):
        rejections.count("identity.key-refused")
    rejections.count("gateway.missing-key")
    await rejections.flush()
    (event,) = recorder.events
    assert (event.kind, event.actor) == ("caller.rejected", "")
    assert event.facts == {"counts": {"identity.key-refused": 1000, "gateway.missing-key": 1}}


async def test_nothing_is_written_where_nobody_was_turned_away() -> None:
    recorder = FakeRecorder()
    rejections = some_rejections(recorder)
    await rejections.flush()
    rejections.count("x")
    await rejections.flush()
    await rejections.flush()
    assert len(recorder.events) == 1


async def test_counts_that_cannot_be_written_are_kept_for_later() -> None:
    recorder = FakeRecorder(broken=True)
    rejections = some_rejections(recorder)
    rejections.count("x")
    await rejections.flush()
    rejections.count("x")
    recorder.broken = False
    await rejections.flush()
    assert recorder.events[0].facts == {"counts": {"x": 2}}


async def test_what_is_left_is_written_at_the_end() -> None:
    recorder = FakeRecorder()
    rejections = some_rejections(recorder)
    await rejections.stop()
    rejections.start()
    rejections.count("x")
    await rejections.stop()
    assert recorder.kinds == ["caller.rejected"]
