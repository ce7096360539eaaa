"""Corrections as cases: what is kept of a text, and the file that is made of it."""

from datetime import timedelta
from pathlib import Path

import pytest

from curtilage.consent.casefile import (
    AROUND,
    LONGEST_FILE,
    KeptText,
    cut_text,
    encode_suite,
    encode_text,
    parse_suite,
    parse_text,
)
from curtilage.consent.cases import parse_cases
from curtilage.consent.corrections import Verdict
from curtilage.consent.errors import PolicyError
from curtilage.consent.shelf import PolicyShelf
from curtilage.consent.suites import SuiteRunner
from curtilage.core.models import Finding
from tests.fakes.clock import START
from tests.fakes.corrections import EMAIL, a_correction

DESK = "desk@orchard.example"
NOT_PERSONAL = a_correction(Verdict.NOT_PERSONAL, EMAIL, "Everybody's", 1)
MISSED = a_correction(Verdict.MISSED, "user.unique_id:CUSTOMER", "A number of 2019", 2)
KEPT = [
    (NOT_PERSONAL, KeptText(f"Mail {DESK}.", DESK)),
    (MISSED, KeptText("Of nightjar 77", "nightjar 77")),
]


def test_the_words_around_a_value_are_kept_and_no_half_ones() -> None:
    assert cut_text(f"Mail {DESK}.", DESK) == KeptText(f"Mail {DESK}.", DESK)
    words = "word " * 100
    kept = cut_text(f"{words}{DESK} {words}", DESK)
    assert kept is not None
    assert len(kept.text) <= 2 * AROUND + len(DESK)
    assert set(kept.text.split()) == {"word", DESK}
    glued = cut_text("x" * 1000 + DESK + "y" * 1000, DESK)
    assert glued == KeptText(DESK, DESK)


@pytest.mark.parametrize("value", ["elsewhere", ""])
def test_a_value_that_does_not_stand_there_has_no_words_around_it(value: str) -> None:
    assert cut_text("Mail me.", value) is None


def test_what_is_sealed_comes_back_and_does_not_show() -> None:
    kept = KeptText("Mail ‹Ünïcode›\n" + DESK, DESK)
    assert parse_text(encode_text(kept)) == kept
    assert DESK not in repr(kept)
    with pytest.raises(ValueError, match="later version"):
        parse_text(b'[2,"",""]')


def test_a_suite_names_its_policy_and_holds_reason_author_and_end() -> None:
    first, second = parse_cases(parse_suite(encode_suite("balanced", KEPT)))
    assert (first.because, first.author, first.until) == (
        "Everybody's", "person-admin", f"{START + timedelta(days=91):%Y-%m-%d}",
    )  # fmt: skip
    assert first.ignores and not first.finds and second.finds and not second.ignores
    assert DESK not in first.name and DESK not in repr(first.ignores)


def scan(text: str) -> list[Finding]:
    """Finds each address, and nothing else."""
    at = text.find(DESK)
    if at < 0:
        return []
    return [Finding(at, at + len(DESK), "EMAIL_ADDRESS", 1.0, "user.contact.email", "test")]


def test_policy_test_tries_detection_alone_on_what_was_exported(tmp_path: Path) -> None:
    path = tmp_path / "corrected.jsonl"
    path.write_bytes(encode_suite("balanced", KEPT))
    suite = SuiteRunner(PolicyShelf(), scan).try_file(path)
    assert suite.policy == "balanced"
    assert [result.differences for result in suite.results] == [
        ("EMAIL_ADDRESS: expected not to be found, was",),
        ("CUSTOMER: expected to be found, was not",),
    ]
    better = SuiteRunner(
        PolicyShelf(),
        lambda text: [Finding(3, len(text), "CUSTOMER", 1.0, "user.unique_id", "test")],
    )
    assert [result.passed for result in better.try_file(path).results] == [True, True]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{",
        b'{"policy": "balanced", "case": []}',
        b'{"name": "no policy"}',
        b'{"policy": "balanced"}\n[1]',
        b'{"policy": "balanced"}\n' + b"[" * 5000,
        b"\xff",
        b" " * (LONGEST_FILE + 1),
    ],
)
def test_what_is_no_suite_is_refused_without_being_repeated(raw: bytes) -> None:
    with pytest.raises(PolicyError) as refused:
        parse_suite(raw)
    assert "no policy" not in refused.value.detail


EMPTY = '{"policy": "balanced"}\n'


@pytest.mark.parametrize(
    "row",
    [
        '{"name": "a", "finds": [{"value": "v", "type": "T"}]}',
        '{"name": "a", "text": "v", "finds": [{"value": "v"}]}',
        '{"name": "a", "text": "v", "finds": [{"value": "v", "type": "T", "more": 1}]}',
        '{"name": "a", "text": "v", "finds": ["v"]}',
        '{"name": "a", "text": "v", "finds": [{"value": "v", "type": "T"}], "expect": {"T": "mask"}}',
        '{"name": "a", "text": "v", "finds": [{"value": "v", "type": "T"}], "data": ["a.b:T"]}',
        '{"name": "a", "text": "v"}',
        '{"name": "a", "text": "v", "purpose": "assist", "destination": "x"}',
    ],
)
def test_half_a_case_is_refused(row: str) -> None:
    with pytest.raises(PolicyError):
        parse_cases(parse_suite((EMPTY + row).encode()))


def test_a_case_may_ask_detection_and_policy_at_once(tmp_path: Path) -> None:
    path = tmp_path / "both.jsonl"
    place = f'[{{"value": "{DESK.upper()}", "type": "EMAIL_ADDRESS"}}]'
    path.write_text(
        f'{EMPTY}{{"name": "both", "text": "Mail {DESK}", "finds": {place}, '
        '"purpose": "assist", "destination": "openai", "expect": {"EMAIL_ADDRESS": "mask"}}'
    )
    (result,) = SuiteRunner(PolicyShelf(), scan).try_file(path).results
    assert result.differences == ("EMAIL_ADDRESS: expected mask, got token",)
