"""A value that is begun in one text and finished in a later one is found in the later one."""

import pytest

from curtilage.detect.hidden.turns import MOST_PARTS, TAIL, Turns
from tests.unit.detect.engines import fast


def _found(*texts: str) -> list[tuple[int, str, str]]:
    """Number of the text, type, and what of that text is covered."""
    turns = Turns()
    found = []
    for number, text in enumerate(texts):
        for reading in turns.readings(text):
            for finding in fast().scan(reading.text):
                if reading.keeps(finding):
                    start, end = reading.span(finding.start, finding.end)
                    found.append((number, finding.type, text[start:end]))
        turns = turns.after(text)
    return list(dict.fromkeys(found))


@pytest.mark.parametrize(
    ("texts", "kind", "covered"),
    [
        (("My card is 4111 1111", "1111 1111 is the rest"), "CREDIT_CARD", "1111 1111"),
        (("my mail is ada.lovelace@orch", "ard.example"), "EMAIL_ADDRESS", "ard.example"),
        (("my mail is ada.lovelace", "@orchard.example ok?"), "EMAIL_ADDRESS", "@orchard.example"),
        (("SSN, first part: 536-90", "-4399"), "US_SSN", "-4399"),
        (("IBAN DE89 3704 0044", "0532 0130 00 it is"), "IBAN_CODE", "0532 0130 00"),
    ],
)
def test_the_end_of_a_value_is_found(texts: tuple[str, ...], kind: str, covered: str) -> None:
    assert (len(texts) - 1, kind, covered) in _found(*texts)


def test_a_value_in_parts_with_answers_between_is_found_in_its_last_part() -> None:
    texts = ("My card number starts with 4111", "Go on.", "then 1111", "Yes?", "then 1111", "And?", "and finally 1111. Thanks")  # fmt: skip
    assert _found(*texts) == [(6, "CREDIT_CARD", "1111")]


def test_an_earlier_text_is_never_touched() -> None:
    texts = ("My card is 4111 1111", "1111 1111 is the rest")
    turns = Turns().after(texts[0])
    for reading in turns.readings(texts[1]):
        assert reading.span(0, len(reading.text))[1] <= len(texts[1])
        assert reading.span(0, 2) == (0, 0), "what stands before lies in no place of this text"


def test_numbers_that_have_no_name_are_not_put_together() -> None:
    assert _found("We had 4111 rows", "1111 1111 1111 rows now") == []
    assert _found("order 12345", "67890 in total, 12 left") == []


def test_what_is_carried_on_is_bounded() -> None:
    turns = Turns()
    for number in range(50):
        turns = turns.after(f"part {number} " + "word " * 100)
        turns = turns.after(f"part {number}")
    assert len(turns.parts) <= MOST_PARTS
    assert sum(map(len, turns.tails)) <= 3 * TAIL
    assert len(turns.names) <= TAIL


def test_the_same_texts_carry_the_same_on() -> None:
    one, other = (Turns().after("SSN 536-90").after("so") for _ in range(2))
    assert one == other
