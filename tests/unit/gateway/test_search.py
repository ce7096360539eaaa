"""What is looked for in *Live*: read from an address, written back to it, hostile or not."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.gateway.search import EVERYTHING, Asked, Search, parse_search

KEYS = {"key-1"}
KINDS = {"EMAIL_ADDRESS", "IBAN"}
WHOLE = Search(
    id="019cadd5-11c0",
    key="key-1",
    kind="IBAN",
    model="gpt-4*",
    outcome="refused",
    since=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    until=datetime(2026, 3, 2, 9, 31, tzinfo=UTC),
)


def parsed(**query: str) -> Asked:
    return parse_search(query, keys=KEYS, kinds=KINDS)


def test_what_is_written_into_an_address_is_read_back() -> None:
    query = dict(parse_qsl(WHOLE.encode()))
    assert parse_search(query, keys=KEYS, kinds=KINDS) == Asked(WHOLE, {})


def test_an_address_without_a_question_asks_nothing() -> None:
    asked = parsed()
    assert asked.search == EVERYTHING and not asked.search and not asked.search.is_filled_in
    assert asked.search.encode() == ""


def test_how_requests_ended_alone_is_no_filled_in_form() -> None:
    search = parsed(outcome="failed").search
    assert search and not search.is_filled_in
    assert parsed(outcome="nonsense").search == EVERYTHING


def test_an_address_can_change_one_part() -> None:
    assert WHOLE.encode(after="x").endswith("after=x")
    assert "outcome" not in WHOLE.encode(outcome="")


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("id", "abc"),
        ("id", "x" * 36),
        ("id", "019cadd5-%"),
        ("id", "0" * 37),
        ("key", "key-2"),
        ("key", "ada@orchard.example"),
        ("type", "iban"),
        ("type", "%"),
        ("model", "m" * 257),
        ("model", "a\x00b"),
        ("model", "\u202egpt"),
        ("since", "yesterday"),
        ("since", "2026-13-01T00:00"),
        ("until", "2026-03-02"),
        ("until", "９９９９-01-01T00:00 "),
    ],
)
def test_what_is_not_understood_is_told_and_not_searched_for(name: str, raw: str) -> None:
    asked = parsed(**{name: raw})
    assert list(asked.problems) == [name]
    assert asked.search == EVERYTHING


def test_a_problem_names_no_value() -> None:
    asked = parsed(id="ada@orchard.example", key="ada@orchard.example", since="ada")
    assert "ada" not in repr(asked)


def test_an_end_before_the_beginning_is_a_problem() -> None:
    asked = parsed(since="2026-03-02T09:30", until="2026-03-02T09:30")
    assert list(asked.problems) == ["until"]


def test_a_time_before_all_records_is_no_time() -> None:
    assert list(parsed(since="0001-01-01T00:05").problems) == ["since"]


@given(
    st.dictionaries(st.sampled_from(["id", "key", "type", "model", "since", "until"]), st.text())
)
def test_any_query_is_read_without_an_error(query: dict[str, str]) -> None:
    asked = parse_search(query, keys=KEYS, kinds=KINDS)
    again = parse_search(dict(parse_qsl(asked.search.encode())), keys=KEYS, kinds=KINDS)
    assert again.search == asked.search
