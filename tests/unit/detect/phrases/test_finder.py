"""Every type finds its good lines, exactly, and nothing in its bad ones."""

from pathlib import Path

import pytest

from curtilage.detect.phrases.finder import CATEGORIES
from tests.unit.detect.phrases.phrase_lines import findings, found
from tests.unit.detect.vector_files import read_vectors

FOLDER = Path(__file__).parents[3] / "vectors" / "phrases"
VECTORS = list(read_vectors(FOLDER))
TYPES = {*CATEGORIES, "SPECIAL_CATEGORY"}


def test_every_type_has_a_vector_file() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == TYPES


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_good_lines_are_found_at_their_place_and_bad_ones_are_not(kind: str) -> None:
    wrong = []
    for vector in (item for item in VECTORS if item.type == kind):
        spans = [(item.start, item.end) for item in findings(vector.text, kind)]
        if spans != ([vector.span] if vector.span else []):
            wrong.append((vector.name, vector.text, found(vector.text, kind)))
    assert wrong == []


def test_findings_point_at_the_original_behind_escapes_and_wide_digits() -> None:
    text = "on \u200b１２.03.1987\\nshe left for Hauptstraße\u00a012, 10115 Berlin"
    assert found(text, "DATE_TIME") == ["１２.03.1987"]
    assert found(text, "STREET_ADDRESS") == ["Hauptstraße\u00a012, 10115 Berlin"]


def test_an_address_holds_the_date_in_its_name() -> None:
    (finding,) = findings("Straße des 17. Juni 135, 10623 Berlin")
    assert finding.type == "STREET_ADDRESS"


def test_a_special_category_says_which() -> None:
    categories = [item.category for item in findings("She is Muslim. He suffers from asthma.")]
    assert categories == ["user.demographic.religious_belief", "user.health_and_medical"]


def test_detectors_and_categories_are_named() -> None:
    for item in findings("Müller GmbH, born on 12.03.1987, aged 37, Berlin"):
        assert item.detector == f"phrases.{item.type}"
        assert item.category.startswith("user")


def test_more_of_an_address_is_surer() -> None:
    scores = [
        findings(text, "STREET_ADDRESS")[0].score
        for text in ("Baker Street", "12 Baker Street", "12 Baker Street, London NW1 6XE")
    ]
    assert scores == sorted(set(scores))


@pytest.mark.parametrize(
    "piece",
    [
        "Ab ",
        "12 Ab ",
        "Ab, 12345 ",
        "de la ",
        "May 12 ",
        "he is ",
        "age: ",
        "Ab Ltd ",
        "rue Ab ",
        "my asthma ",
    ],
)
def test_long_texts_of_one_piece_are_read_to_the_end(piece: str) -> None:
    text = piece * (30_000 // len(piece)) + "\n\nShe lives at 221B Baker Street, London NW1 6XE."
    assert any(item.end == len(text) - 1 for item in findings(text))


def test_nothing_is_nothing() -> None:
    assert findings("") == findings(" \n") == findings("?!") == []
