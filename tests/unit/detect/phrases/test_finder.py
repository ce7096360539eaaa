"""Every type finds its good lines, exactly, and nothing in its bad ones."""

from pathlib import Path

import pytest

from curtilage.detect.phrases.finder import CATEGORIES
from tests.unit.detect.phrases.phrase_lines import findings, found, phrases
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
