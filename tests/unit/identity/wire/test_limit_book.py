"""What a key used lately, as the shared store keeps it."""

import pytest

from curtilage.identity.limits import Ask, LimitBook
from curtilage.identity.wire.errors import LimitsUnreadable
from curtilage.identity.wire.limit_book import LATEST, MOST_SLOTS, encode_book, parse_book


def test_nothing_kept_is_nothing_used() -> None:
    assert parse_book(None) == LimitBook()
    assert parse_book(encode_book(LimitBook())) == LimitBook()


def test_a_book_comes_back_as_it_was() -> None:
    book = LimitBook()
    for at in (0.0, 0.3, 17.0, 1_795_000_000.25):
        book.lease(Ask("k", 1, 40), at, requests_per_minute=100, tokens_per_minute=None)
    again = parse_book(encode_book(book))
    assert encode_book(again) == encode_book(book)
    assert again.requests.kept() == book.requests.kept()


def test_the_fullest_minute_is_small() -> None:
    book = LimitBook()
    for slot in range(3 * MOST_SLOTS):
        book.lease(
            Ask("k", 1, 10**6),
            1.8e9 + slot / 2,
            requests_per_minute=10**9,
            tokens_per_minute=10**12,
        )
    raw = encode_book(book)
    assert len(raw) < 10_000
    assert encode_book(parse_book(raw)) == raw


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"\xff",
        b"[2,[1,[]],[1,[]]]",
        b"[1,[1,[]]]",
        b"[1,[1],[1,[]]]",
        b"[1,[1,[[1,-5]]],[1,[]]]",
        b"[1,[1,[[1,true]]],[1,[]]]",
        b"[1,[1,[[1,1.5]]],[1,[]]]",
        b"[1,[1,[[2,1],[1,1]]],[1,[]]]",
        b"[1,[1,[[1,1],[1,1]]],[1,[]]]",
        b'[1,["1",[]],[1,[]]]',
        b"[1,[-1,[]],[1,[]]]",
        b"[1,[%d,[]],[1,[]]]" % LATEST,
        b"[1,[NaN,[]],[1,[]]]",
        b"[1,[1,[[99999999999999999999,1]]],[1,[]]]",
        b"[" * 5000,
        b"[1,[1,[%s]],[1,[]]]" % b",".join(b"[%d,1]" % n for n in range(MOST_SLOTS + 1)),
    ],
)
def test_what_nobody_here_wrote_is_refused_and_never_nothing_used(raw: bytes) -> None:
    with pytest.raises(LimitsUnreadable):
        parse_book(raw)
