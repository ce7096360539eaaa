"""How an upstream fares: numbers of one worker, told as instants."""

from curtilage.gateway.health import BOUNDS_MS, Health
from tests.fakes.clock import START


def test_what_never_happened_is_told_as_nothing() -> None:
    told = Health().tell(state="closed", rests=0.0, monotonic=50.0, now=START)
    assert told == {
        "state": "closed", "rests_until": "", "under_way": 0, "failure": "", "failed_at": "",
        "answered_at": "", "waits": [0] * (len(BOUNDS_MS) + 1),
    }  # fmt: skip


def test_seconds_of_the_process_become_instants() -> None:
    health = Health()
    health.failed(41.0, "connect")
    health.answered(48.0, 47.9)
    told = health.tell(state="open", rests=3.0, monotonic=50.0, now=START)
    assert told["failed_at"] == "2026-03-02T09:29:51.000000Z"
    assert told["answered_at"] == "2026-03-02T09:29:58.000000Z"
    assert told["rests_until"] == "2026-03-02T09:30:03.000000Z"


def test_an_answer_is_counted_at_the_bound_within_which_it_began() -> None:
    health = Health()
    for waited in (0.0, 0.04, 0.06, 299.0, 10_000.0):
        health.answered(waited + 1, 1)
    assert health.waits == [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]
