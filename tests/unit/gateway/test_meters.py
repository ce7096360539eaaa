"""The counters of one worker."""

from curtilage.gateway.meters import BOUNDS_US, Meters


def test_counts_add_up_by_name() -> None:
    meters = Meters()
    meters.count("findings:EMAIL_ADDRESS")
    meters.count("findings:EMAIL_ADDRESS", 3)
    meters.count("other")
    assert meters.counts == {"findings:EMAIL_ADDRESS": 4, "other": 1}


def test_each_observation_falls_into_the_first_bucket_that_holds_it() -> None:
    meters = Meters()
    for microseconds in (0, *BOUNDS_US, BOUNDS_US[-1] + 1):
        meters.observe_overhead(microseconds)
    assert meters.overhead == [2, *[1] * (len(BOUNDS_US) - 1), 1]
    assert meters.overhead_sum == sum(BOUNDS_US) + BOUNDS_US[-1] + 1


def test_two_workers_share_nothing() -> None:
    one, two = Meters(), Meters()
    one.count("x")
    one.observe_overhead(1)
    assert two == Meters()
