"""JSONL in, JSONL out: an answer to every line, in their order."""

import io
import json

import pytest

from curtilage.survey.errors import Unreadable
from curtilage.survey.examining import Wishes
from curtilage.survey.pools import Here
from curtilage.survey.streams import LONGEST, Answered, answer_stream, parse_line, read_bundles
from tests.fakes.detector import DenseDetector, MarkDetector


def answers(raw: bytes, wishes: Wishes | None = None) -> list[Answered]:
    return list(answer_stream(io.BytesIO(raw), MarkDetector, wishes or Wishes(), Here()))


def test_each_line_has_its_answer() -> None:
    first, second = answers(
        b'{"id": 1, "text": "a @ada"}\n\n{"id": "b", "text": "none", "lang": "en"}'
    )
    assert json.loads(first.line) == {
        "id": 1,
        "findings": [
            {"start": 2, "end": 6, "type": "EMAIL_ADDRESS", "category": "user.contact.email",
             "score": 0.9, "detector": "fake.EMAIL_ADDRESS"}
        ],
    }  # fmt: skip
    assert json.loads(second.line) == {"id": "b", "findings": []}


@pytest.mark.parametrize(
    "line", [b"nope", b"[]", b"{}", b'{"text": 1}', b'{"text": "a"', b"\xff\xfe", b"[" * 100_000]
)
def test_a_bad_line_is_told_with_its_number_and_the_rest_goes_on(line: bytes) -> None:
    first, bad, last = answers(b'{"text": "@a"}\n' + line + b'\n{"text": "@b"}\n')
    assert first.found == last.found == 1
    assert bad.line == "" and bad.problem.startswith("Line 2: it ")


def test_values_are_there_where_they_are_asked_for() -> None:
    (answer,) = answers(b'{"text": "@ada"}', Wishes(values=True))
    assert json.loads(answer.line)["findings"][0]["value"] == "@ada"


def test_lone_surrogates_and_zeros_are_texts_too() -> None:
    (answer,) = answers(b'{"id": "\\ud800", "text": "\\ud800 \\u0000 @ada"}')
    assert answer.found == 1 and answer.line.isascii()


def test_a_line_that_is_too_long_is_passed_over() -> None:
    raw = b'{"text": "' + b"x" * LONGEST + b'"}\n{"text": "@b"}\n'
    first, second = answers(raw)
    assert "longer than" in first.problem and second.found == 1
    with pytest.raises(Unreadable):
        parse_line(raw)


def test_bundles_hold_lines_in_order() -> None:
    raw = b"".join(b"%d\n" % number for number in range(100))
    bundles = list(read_bundles(io.BytesIO(raw), 50))
    assert [line for bundle in bundles for line in bundle] == [
        (number + 1, b"%d\n" % number) for number in range(100)
    ]
    assert len(bundles) > 3


def test_a_line_that_is_too_dense_is_told_with_its_number() -> None:
    given = answer_stream(io.BytesIO(b'{"text": "@a"}\n'), DenseDetector, Wishes(), Here())
    (answer,) = given
    assert answer.line == "" and answer.problem.startswith("Line 1: The text holds too many")
