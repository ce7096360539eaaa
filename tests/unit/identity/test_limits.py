"""Requests and tokens per minute."""

from math import ceil

from curtilage.identity.limits import REMEMBER, Ask, Bucket, LimitBook, Portion


def test_a_whole_minute_may_be_taken_at_once_and_then_nothing() -> None:
    bucket = Bucket(60)
    assert bucket.take(60, 100.0).granted == 60
    refused = bucket.take(1, 100.0)
    assert refused.granted == 0
    assert refused.retry_after == 61


def test_waiting_as_long_as_told_is_enough_and_one_second_less_is_not() -> None:
    bucket = Bucket(10)
    for at in range(10):
        bucket.take(1, float(at))
    wait = bucket.take(3, 10.0).retry_after
    assert wait is not None
    assert not bucket.take(3, 10.0 + wait - 1).granted
    assert bucket.take(3, 10.0 + wait).granted == 3


def test_more_than_a_minute_holds_is_never_granted_and_says_so() -> None:
    assert Bucket(10).take(11, 0.0).retry_after is None


def test_all_or_nothing_is_granted() -> None:
    bucket = Bucket(10)
    bucket.take(8, 0.0)
    assert bucket.take(3, 0.0).granted == 0
    assert bucket.take(2, 0.0).granted == 2


def test_a_portion_takes_a_part_of_the_room_and_gives_it_back() -> None:
    bucket = Bucket(160)
    grant = bucket.take(1, 0.0, extra=160)
    assert grant.granted == 11
    bucket.give_back(10, grant.slot)
    assert bucket.take(159, 0.0).granted == 159


def test_what_is_given_back_after_it_was_forgotten_counts_for_nothing() -> None:
    bucket = Bucket(10)
    grant = bucket.take(10, 0.0)
    assert bucket.take(10, REMEMBER).granted == 10
    bucket.give_back(10, grant.slot)
    assert not bucket.take(1, REMEMBER).granted


def test_more_cannot_be_given_back_than_was_taken() -> None:
    bucket = Bucket(10)
    grant = bucket.take(4, 0.0)
    bucket.give_back(1000, grant.slot)
    assert bucket.take(10, 0.0).granted == 10
    assert not bucket.take(1, 0.0).granted


def test_what_was_used_beyond_is_waited_for() -> None:
    bucket = Bucket(10)
    bucket.charge(25, 0.0)
    assert not bucket.take(1, 30.0).granted
    assert bucket.take(10, REMEMBER).granted == 10


def test_a_clock_that_goes_back_frees_nothing() -> None:
    bucket = Bucket(10)
    bucket.take(10, 100.0)
    assert not bucket.take(1, 50.0).granted
    assert not bucket.take(1, 99.0 + REMEMBER).granted
    assert bucket.take(1, 100.0 + REMEMBER).granted == 1


def test_after_a_clock_was_set_back_for_long_a_minute_begins_and_not_more() -> None:
    bucket = Bucket(10)
    bucket.take(6, 7200.0)
    bucket.take(4, 7230.0)
    assert bucket.take(1, 3600.0).retry_after == ceil(REMEMBER)
    assert not bucket.take(1, 3599.0 + REMEMBER).granted
    assert bucket.take(10, 3600.0 + REMEMBER).granted == 10


def lease(book: LimitBook, ask: Ask, at: float, rpm: int | None, tpm: int | None = None) -> Portion:
    return book.lease(ask, at, requests_per_minute=rpm, tokens_per_minute=tpm)


def test_one_of_a_hundred_gets_the_one_place_that_is_left() -> None:
    book = LimitBook()
    answers = [lease(book, Ask("k", 1, 0), 0.0, 1) for _ in range(100)]
    assert [answer.requests for answer in answers] == [1] + [0] * 99
    assert all(answer.wait > 0 for answer in answers[1:])


def test_both_quantities_are_granted_or_neither() -> None:
    book = LimitBook()
    refused = lease(book, Ask("k", 1, 101), 0.0, 1, 100)
    assert (refused.requests, refused.tokens, refused.wait) == (0, 0, 60)
    granted = lease(book, Ask("k", 1, 100), 0.0, 1, 100)
    assert (granted.requests, granted.tokens, granted.wait) == (1, 100, 0)


def test_a_missing_limit_is_none() -> None:
    book = LimitBook()
    for _ in range(5):
        assert lease(book, Ask("k", 1, 10**9), 0.0, None).wait == 0


def test_a_changed_limit_holds_at_once() -> None:
    book = LimitBook()
    lease(book, Ask("k", 1, 0), 0.0, 1)
    assert lease(book, Ask("k", 1, 0), 0.0, 100).wait == 0
    assert lease(book, Ask("k", 1, 0), 0.0, 1).wait > 0


def test_debts_are_told_without_asking_for_anything() -> None:
    book = LimitBook()
    assert lease(book, Ask("k", 0, 0, owed_tokens=100), 0.0, None, 100).wait == 0
    assert lease(book, Ask("k", 1, 1), 0.0, None, 100).wait > 0


def test_a_bucket_that_was_kept_goes_on_where_it_was() -> None:
    bucket = Bucket(10)
    bucket.take(4, 100.0)
    bucket.take(5, 130.0)
    again = Bucket.of(10, *bucket.kept())
    assert again == bucket
    assert not again.take(2, 99.0).granted
    assert again.take(5, 100.0 + REMEMBER).granted == 5
