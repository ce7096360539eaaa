"""How well findings fit labels: what counts as masked, typed, exact, right and false."""

import pytest

from curtilage.core.models import Finding
from curtilage.detect.errors import BadLabels
from curtilage.detect.evaluation import Labelled, Report, Span, is_masked, parse_labelled

TEXT = "Ada Lovelace lives in Bern."
PERSON, LOCATION = Span(0, 12, "PERSON"), Span(22, 26, "LOCATION")


def finding(start: int, end: int, kind: str, score: float = 0.9) -> Finding:
    return Finding(start, end, kind, score, "user", "test")


def report(*findings: Finding) -> Report:
    made = Report()
    made.add(Labelled(TEXT, [PERSON, LOCATION], "en"), findings)
    return made


def test_two_findings_may_mask_one_span_together() -> None:
    assert is_masked(TEXT, PERSON, [finding(0, 3, "PERSON"), finding(4, 12, "NRP")])
    assert not is_masked(TEXT, PERSON, [finding(0, 3, "PERSON")])


def test_all_right_gives_all_ones() -> None:
    made = report(finding(0, 12, "PERSON"), finding(22, 26, "LOCATION"))
    tally = made.all
    assert (tally.masked_recall, tally.recall, tally.precision, tally.f2, tally.exact_f1) == (
        1,
    ) * 5


def test_another_type_masks_but_is_not_right() -> None:
    made = report(finding(0, 12, "LOCATION"))
    assert (made.all.masked, made.all.typed, made.all.right, made.all.mistyped) == (1, 0, 0, 1)
    assert made.by_type["PERSON"].masked_recall == 1
    assert made.by_type["LOCATION"].precision == 0


def test_half_a_name_is_typed_and_neither_masked_nor_exact() -> None:
    tally = report(finding(0, 3, "PERSON")).by_type["PERSON"]
    assert (tally.typed, tally.masked, tally.exact, tally.right) == (1, 0, 0, 1)


def test_a_miss_weighs_more_than_a_false_alarm() -> None:
    missed = report(finding(0, 12, "PERSON")).all.f2
    alarmed = report(
        finding(0, 12, "PERSON"),
        finding(22, 26, "LOCATION"),
        finding(13, 18, "NRP"),
        finding(19, 21, "NRP"),
    ).all.f2
    assert missed < alarmed < 1


def test_scores_are_held_against_the_truth() -> None:
    made = report(
        finding(0, 12, "PERSON", 0.97),
        finding(13, 18, "NRP", 0.85),
        finding(22, 26, "LOCATION", 0.4),
    )
    assert made.reliability == {0.95: (1, 1), 0.8: (1, 0), 0.4: (1, 1)}
    assert made.share_right(0.8) == 0.5


def test_nothing_labelled_and_nothing_found_is_no_division_by_zero() -> None:
    tally = Report().all
    assert (tally.masked_recall, tally.recall, tally.precision, tally.f2, tally.exact_f1) == (
        0,
    ) * 5
    assert Report().share_right(0.8) == 0


def test_languages_are_counted_apart() -> None:
    assert report().by_language["en"].spans == 2


def test_a_line_is_text_with_its_spans() -> None:
    line = b'{"text": "Ada", "spans": [{"start": 0, "end": 3, "type": "PERSON"}], "lang": "en"}'
    assert parse_labelled(line, 1) == Labelled("Ada", [Span(0, 3, "PERSON")], "en")
    assert parse_labelled(b'{"text": "Ada"}', 1) == Labelled("Ada", [], "")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"{", "not JSON"),
        (b"[]", "no `text`"),
        (b'{"text": 1}', "no `text`"),
        (b'{"text": "a", "spans": 3}', "a list of spans"),
        (b'{"text": "a", "lang": 3}', "a list of spans"),
        (b'{"text": "a", "spans": [3]}', "`start`, `end` and `type`"),
        (b'{"text": "a", "spans": [{"start": true, "end": 1, "type": "X"}]}', "`start`"),
        (b'{"text": "a", "spans": [{"start": 0, "end": 2, "type": "X"}]}', "outside"),
        (b'{"text": "a", "spans": [{"start": 1, "end": 1, "type": "X"}]}', "outside"),
    ],
)
def test_a_bad_line_is_named_by_its_number_and_not_by_its_text(line: bytes, says: str) -> None:
    with pytest.raises(BadLabels, match=says) as caught:
        parse_labelled(line, 7)
    assert "Line 7" in caught.value.detail
