"""Not personal, and should have been found: what changes in a text, and for whom."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.consent.combine import OVERLAP
from curtilage.consent.corrections import (
    DETECTOR,
    Correction,
    Corrections,
    Verdict,
    digest_value,
    find_shape,
)
from curtilage.core.models import Finding, PrincipalId
from tests.fakes.clock import START

KEY, DAY = bytes(32), timedelta(days=1)
EMAIL, PERSON = "user.contact.email:EMAIL_ADDRESS", "user.name:PERSON"
DESK = "desk@orchard.example"


def said(verdict: Verdict, value: str, qualified: str, **given: Any) -> Correction:
    words, length = find_shape(value)
    kind = qualified.rpartition(":")[2]
    defaults: dict[str, Any] = {
        "id": f"{verdict}-{len(value)}-{value[:1]}", "verdict": verdict, "qualified": qualified,
        "digest": digest_value(KEY, verdict, kind, value), "words": words, "length": length,
        "reason": "A test", "author": PrincipalId("ada"), "made_at": START, "ends_at": START + DAY,
    }  # fmt: skip
    return Correction(**(defaults | given))


def ignored(value: str = DESK, qualified: str = EMAIL, **given: Any) -> Correction:
    return said(Verdict.NOT_PERSONAL, value, qualified, **given)


def missed(value: str, qualified: str = PERSON, **given: Any) -> Correction:
    return said(Verdict.MISSED, value, qualified, **given)


def at(text: str, value: str, kind: str = "EMAIL_ADDRESS") -> Finding:
    start = text.index(value)
    return Finding(start, start + len(value), kind, 0.9, "user.contact.email", "test")


def correct(
    text: str,
    findings: Sequence[Finding],
    *entries: Correction,
    begun_at: datetime | None = START + DAY,
    over: frozenset[str] = frozenset(),
) -> list[str]:
    """What is then found in the text, by its value."""
    dictionary = Corrections(KEY, entries, over).find_dictionary(begun_at)
    found = findings if dictionary is None else dictionary.correct(text, findings)
    return [text[each.start : each.end] for each in found]


def test_what_is_not_personal_is_not_found_however_it_is_written() -> None:
    text = f"Write to Desk@Orchard.example or ada@orchard.example, not {DESK}."
    findings = [at(text, value) for value in ("Desk@Orchard.example", "ada@orchard.example", DESK)]
    assert correct(text, findings, ignored()) == ["ada@orchard.example"]


def test_it_is_so_as_one_kind_alone() -> None:
    findings = [at(DESK, DESK, "URL")]
    assert correct(DESK, findings, ignored()) == [DESK]


@pytest.mark.parametrize("name", ["Quill", "ada quill", "Ada Quill", "Smith-Quill & Co"])
def test_what_was_missed_is_found_as_whole_words(name: str) -> None:
    text = f"{name.upper()}, Quills, Adaquill: {name}!"
    assert correct(text, [], missed(name)) == [name.upper(), name]
    (found, _) = Corrections(KEY, [missed(name)]).find_dictionary(START).correct(text, [])
    assert (found.type, found.category, found.detector) == ("PERSON", "user.name", DETECTOR)


def test_the_longest_of_what_was_missed_wins_and_what_was_found_stays() -> None:
    text = "Ada Quill has ada@quill.example"
    entries = (missed("Quill"), missed("Ada Quill"))
    findings = [at(text, "ada@quill.example")]
    assert correct(text, findings, *entries) == ["Ada Quill", "ada@quill.example"]


def test_a_value_that_no_word_begins_and_ends_has_no_shape() -> None:
    assert [find_shape(value)[0] for value in ("", "!", "Ada!", " Ada", "Ada Q.")] == [0] * 5
    assert find_shape("Ada-Quill") == (2, 9)


def test_a_session_that_was_begun_before_keeps_hiding_what_is_not_personal_now() -> None:
    findings = [at(DESK, DESK)]
    for begun_at in (START - DAY, START + OVERLAP, None):
        assert correct(DESK, findings, ignored(), begun_at=begun_at) == [DESK]
    later = START + OVERLAP + timedelta(microseconds=1)
    assert correct(DESK, findings, ignored(), begun_at=later) == []


def test_what_was_missed_is_found_in_every_session_at_once() -> None:
    for begun_at in (START - DAY, START + 2 * DAY, None):
        assert correct("Ada", [], missed("Ada"), begun_at=begun_at) == ["Ada"]


def test_what_is_over_holds_on_only_where_it_is_stricter_and_the_session_older() -> None:
    ids = frozenset((ignored().id, missed("Ada").id))
    for begun_at, found in ((START, ["Ada"]), (START + DAY + OVERLAP + DAY, [])):
        assert correct("Ada", [], missed("Ada"), begun_at=begun_at, over=ids) == found
    assert correct(DESK, [at(DESK, DESK)], ignored(), over=ids) == [DESK]


def test_nothing_said_costs_nothing_and_what_was_put_together_is_kept() -> None:
    assert Corrections(KEY, []).find_dictionary(START) is None
    corrections = Corrections(KEY, [missed("Ada"), ignored()])
    later, sooner = START + DAY, START - DAY
    assert corrections.find_dictionary(later) is corrections.find_dictionary(later + DAY)
    assert corrections.find_dictionary(sooner) is not corrections.find_dictionary(later)


def test_no_value_can_be_read_or_guessed_without_the_key() -> None:
    correction = ignored()
    assert DESK not in repr(correction)
    assert correction.digest != digest_value(b"k" * 32, Verdict.NOT_PERSONAL, "EMAIL_ADDRESS", DESK)


@given(st.text(alphabet="ab -.é😀", max_size=40), st.sampled_from(["ab", "a b", "é", "a-b a"]))
def test_findings_are_in_order_apart_and_what_was_said(text: str, value: str) -> None:
    dictionary = Corrections(KEY, [missed(value), missed("a")]).find_dictionary(START)
    assert dictionary is not None
    found = dictionary.correct(text, [])
    assert list(found) == sorted(found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert {text[each.start : each.end].casefold() for each in found} <= {value.casefold(), "a"}
